/** What to do next, and which looks would settle it. */
import { parseIp } from '../address/ip.ts';
import type { CauseId } from '../causes.ts';
import { foreign, say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';
import type { BlockedAttempts, Evidence } from './evidence.ts';
import type { Signs } from './signs.ts';

export type StepId =
  | 'freeze-outbound'
  | 'quarantine-host'
  | 'pull-the-plug'
  | 'disable-account'
  | 'reject-unknown-recipients'
  | 'close-relay'
  | 'use-isp-relay'
  | 'ask-the-isp'
  | 'fix-configuration'
  | 'look'
  | 'none';

export interface NextStep {
  readonly step: StepId;
  readonly why: Phrase;
}

export function nextStep(verdict: CauseId, evidence: Evidence, signs: Signs, likeliest: CauseId | undefined): NextStep {
  switch (verdict) {
    case 'compromised-workstation': {
      const found = guilty(evidence, false) ?? signs.oddClients[0]?.address;
      if (found !== undefined)
        return {
          step: 'quarantine-host',
          why: say`${foreign(found, 60)} sends by itself: take it off the network and wipe it; a scanner that finds nothing proves nothing`,
        };
      if (isWatched(evidence)) return WATCH_ON;
      return {
        step: 'freeze-outbound',
        why: say`with outbound mail frozen and port 25 blocked for everyone, the machine shows itself as it fails to connect; an attempt from the mail server means the server`,
      };
    }
    case 'compromised-server': {
      const machine = evidence.blockedAttempts?.outboundFrozen === true ? guilty(evidence, false) : undefined;
      return {
        step: 'pull-the-plug',
        why:
          machine === undefined
            ? say`the server itself sends: nothing more goes out, and there is room to think; it has to be rebuilt`
            : say`both the mail server and ${foreign(machine, 60)} send by themselves: nothing more goes out, and there is room to deal with both; both have to be rebuilt`,
      };
    }
    case 'authenticated-relay': {
      const account = signs.oddLogins[0]?.login.account;
      return {
        step: 'disable-account',
        why:
          account === undefined
            ? say`find the account that sends, disable it, end its open sessions, then clean the queue`
            : say`stop ${foreign(account, 60)} and its open sessions (a changed password leaves them sending), then clean the queue`,
      };
    }
    case 'ndr-attack':
      return {
        step: 'reject-unknown-recipients',
        why: say`refuse unknown recipients during the SMTP session, tarpit, then clean the queue of null-sender mail`,
      };
    case 'open-relay':
      return {
        step: 'close-relay',
        why: say`let only known networks and logins relay; freeze outbound mail until that is proved from outside`,
      };
    case 'smart-host-refusal':
      return {
        step: 'ask-the-isp',
        why: say`ask the ISP since when and why it blocks, and for a sample with headers: the ISP often blocks first and asks later`,
      };
    case 'configuration-error':
      return {
        step: 'fix-configuration',
        why: say`this is an error or a change, not an attack; blocking or freezing would only hide it`,
      };
    case 'policy-listing':
      return {
        step: 'use-isp-relay',
        why: say`the range must not send directly; in the long run a static address with a reverse name does as well`,
      };
    case 'healthy':
      return { step: 'none', why: say`nothing is wrong that can be seen from here` };
    case 'undetermined':
      return undetermined(evidence, signs, likeliest);
    default:
      return verdict satisfies never;
  }
}

function undetermined(evidence: Evidence, signs: Signs, likeliest: CauseId | undefined): NextStep {
  if (signs.queue === 'not-looked')
    return { step: 'look', why: say`look at the queues first: clear or full decides which way this goes` };
  const [domain] = signs.listedDomains;
  if (domain !== undefined && (signs.listings === 'clear' || signs.listings === 'minor'))
    return {
      step: 'look',
      why: say`see by whom ${foreign(domain, 80)} is listed and why (check says it): most often a page on its web site that somebody else put there, or spam that advertises it`,
    };
  if (onlyNamesAsked(evidence))
    return { step: 'look', why: say`ask the blocklists about the address that mail leaves from: check ADDRESS` };
  if (signs.listings === 'not-looked' || signs.listings === 'unknown')
    return { step: 'look', why: say`ask the blocklists through a resolver that they answer` };
  const isp = evidence.site?.smartHost === true || evidence.smartHost?.configured === true;
  if (isp && signs.queue === 'clear')
    return {
      step: 'ask-the-isp',
      why: say`ask the ISP whether it blocks or limits this site, since when and why, and for a sample with headers: queues and lists are clear and the mail leaves through its relay, so that only the ISP can see what becomes of it`,
    };
  if (signs.receivers.length > 0)
    return {
      step: 'look',
      why: say`see whether mail to anybody else leaves; if it does, ask ${receiversInWords(signs)} (their status and postmaster pages) whether they are down or refuse this address`,
    };
  if (signs.queue === 'full' && evidence.logins === undefined)
    return {
      step: 'look',
      why: say`look at who logs in and sends: the mail log tells a stolen login from a newsletter`,
    };
  if (signs.perhapsStuck)
    return {
      step: 'look',
      why: say`send a mail to somebody outside and watch whether it leaves: what waits is little, but all of it for one reason`,
    };
  if ((likeliest === 'compromised-server' || likeliest === 'compromised-workstation') && isWatched(evidence))
    return WATCH_ON;
  if (likeliest === 'compromised-server' || likeliest === 'compromised-workstation')
    return {
      step: 'freeze-outbound',
      why: say`freezing outbound mail and blocking port 25 tells a workstation from the server`,
    };
  return { step: 'look', why: say`take the looks that are missing; nothing is stopped on a guess` };
}

function onlyNamesAsked({ listings = [] }: Evidence): boolean {
  return listings.length > 0 && listings.every((each) => parseIp(each.subject).kind === 'bad');
}

/** Outbound mail is frozen already, and somebody watches who tries. */
function isWatched({ blockedAttempts }: Evidence): boolean {
  return blockedAttempts?.outboundFrozen === true;
}

const WATCH_ON: NextStep = {
  step: 'look',
  why: say`keep the freeze and the block, and watch on: nobody has tried port 25 yet; some machines wait for hours, and a listing outlasts its cause`,
};

function receiversInWords({ receivers }: Signs): Phrase {
  return [foreign(receivers.join(' and '), 160)];
}

/** The looks that were not taken and would matter, each as what it would settle. */
export function missingLooks(evidence: Evidence, signs: Signs, verdict: CauseId): readonly Phrase[] {
  const missing: Phrase[] = [];
  if (signs.queue === 'not-looked')
    missing.push(say`the queues were not looked at: full means through the server, clear means around it`);
  const unread = evidence.queue?.malformed ?? 0;
  if (unread > 0 && unread >= (evidence.queue?.messages ?? 0) * 0.1)
    missing.push(say`${unread} lines of the queue’s listing could not be read: what they hold is not counted`);
  if (verdict === 'undetermined' && signs.receivers.length > 0)
    missing.push(
      say`whether mail to anybody but ${receiversInWords(signs)} leaves: if it does, nothing is broken here`,
    );
  if (verdict === 'undetermined' && signs.perhapsStuck)
    missing.push(
      say`whether a mail to somebody outside leaves: it tells a fault here from a handful of dead addresses`,
    );
  if (signs.listings === 'not-looked') missing.push(say`the blocklists were not asked`);
  if (signs.listings === 'unknown')
    missing.push(
      onlyNamesAsked(evidence)
        ? say`the blocklists about the address: only about a name were they asked`
        : say`too few blocklists could be asked to call the address clear`,
    );
  const attack = verdict !== 'healthy' && verdict !== 'configuration-error' && verdict !== 'policy-listing';
  if (attack && evidence.logins === undefined && (signs.queue !== 'clear' || signs.reason?.kind === 'blocked'))
    missing.push(say`who logs in and sends (the mail log): it tells a stolen login from a newsletter`);
  if (attack && signs.listings === 'abuse' && signs.queue === 'clear' && evidence.blockedAttempts === undefined) {
    missing.push(say`who tries port 25 while outbound mail is frozen: it tells a workstation from the server itself`);
  }
  if (evidence.site?.sharedAddress === undefined && signs.listings === 'abuse')
    missing.push(say`whether workstations share the public address`);
  const isp = evidence.site?.smartHost === true || evidence.smartHost?.configured === true;
  if (isp && evidence.smartHost?.answer === undefined)
    missing.push(say`what the ISP’s relay answers: ask the ISP whether it blocks, since when, and for a sample`);
  if (attack && evidence.openRelayTest === undefined && signs.queue === 'full')
    missing.push(say`whether the server relays for anybody (a test from outside)`);
  return missing.length === 0 && verdict === 'undetermined' ? [whatElse(evidence)] : missing;
}

/** No look that decides is missing: the next that would tell more. */
function whatElse(evidence: Evidence): Phrase {
  if (evidence.logins === undefined)
    return say`who logs in and sends (the mail log): it tells a stolen login from a newsletter`;
  if (evidence.blockedAttempts === undefined)
    return say`who tries port 25 at the firewall: a machine that sends by itself shows there and nowhere else`;
  return say`the same looks again in a quarter of an hour: a queue that grows and one that drains mean different things`;
}

function guilty(evidence: Evidence, mailServer: boolean): string | undefined {
  const seen = evidence.blockedAttempts?.sources.filter(
    (source) => (source.mailServer === true) === mailServer && source.attempts >= 10,
  );
  // The one that tries furthest: a printer that fails at its one relay again and again may be seen beside it.
  return seen?.toSorted((a, b) => reachOf(b) - reachOf(a))[0]?.address;
}

/** How far a machine tries. */
export function reachOf(source: BlockedAttempts['sources'][number]): number {
  return source.destinations ?? source.attempts;
}
