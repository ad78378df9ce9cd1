/** A machine that sends by itself: a workstation behind the shared address, or the mail server. */
import { foreign, say } from '../../foreign.ts';
import type { BlockedAttempts, Evidence } from '../evidence.ts';
import { pointsOf } from '../rule.ts';
import type { Point, Rule } from '../rule.ts';
import { makesBounces, triesAgainAndAgain } from '../signs.ts';
import type { Signs } from '../signs.ts';

const workstation = pointsOf('compromised-workstation');
const server = pointsOf('compromised-server');

/** Listed, though the queues are clear: whoever sends does not use the mail server's queues. */
export const listedButClear: Rule = (evidence, signs) => {
  if (signs.listings !== 'abuse' || signs.queue !== 'clear') return [];
  const refused = signs.reason?.kind === 'blocked' && signs.messages >= WORTH_A_WORD;
  const few = refused ? 'hold only little, and that is refused for the listing itself' : 'are clear';
  const zones = signs.zones.length === 0 ? '' : say` (${foreign(signs.zones.slice(0, 4).join(', '), 120)})`;
  const text = say`the address is listed${zones} though the queues ${few}: what sends does not go through the mail server`;
  const shared = evidence.site?.sharedAddress;
  const points: Point[] = [];
  if (shared === false) {
    points.push(server.supports('listed-but-clear', 0.6, text));
    points.push(server.supports('own-address', 0.15, say`nothing else is behind this address`));
    points.push(
      workstation.opposes(
        'own-address',
        0.9,
        say`the mail server has this address for itself; a workstation can not get it listed`,
      ),
    );
  } else {
    points.push(workstation.supports('listed-but-clear', shared === true ? 0.68 : 0.58, text));
    points.push(server.supports('listed-but-clear', 0.3, text));
    if (shared === true)
      points.push(workstation.supports('shared-address', 0.3, say`the whole LAN goes out through this address`));
  }
  if (signs.hints.has('compromised-workstation')) {
    const hint = say`the list says that an infected machine or open proxy is behind the address`;
    points.push(
      shared === false ? server.supports('list-hint', 0.3, hint) : workstation.supports('list-hint', 0.4, hint),
    );
  }
  return [...points, ...otherReasonsToBeListed(evidence, signs)];
};

/** Of fewer messages it is not said that they are refused. */
const WORTH_A_WORD = 30;

/** What is seen to leave through the server gets an address listed as well. */
function otherReasonsToBeListed(evidence: Evidence, signs: Signs): readonly Point[] {
  const points: Point[] = [];
  if (signs.usualSender && signs.messages >= MAILING) {
    const text = say`${foreign(signs.usualSender.name, 60)} sends a mailing through the server: that it got the address listed can't be ruled out`;
    points.push(...[workstation, server].map((each) => each.opposes('mailing', 0.4, text)));
  }
  if (makesBounces(evidence)) {
    const text = say`the server bounces mail for users that do not exist, ${evidence.bouncesPerMinute ?? 0} times a minute: that gets an address listed as well`;
    points.push(...[workstation, server].map((each) => each.opposes('bounces-made', 0.5, text)));
  }
  return points;
}

/** A mailing of fewer messages does not get noticed. */
const MAILING = 100;

/** Full queues speak for something that goes through the server. */
export const queuesAreFull: Rule = (evidence, signs) => {
  // A machine inside that uses the server as its relay fills them as well; one that was seen trying is not acquitted.
  if (signs.queue !== 'full' || signs.oddClients.length > 0) return [];
  if (evidence.blockedAttempts?.sources.some(triesAgainAndAgain) || isOrdinaryMailRefused(evidence, signs)) return [];
  return [
    workstation.opposes(
      'queues-full',
      0.6,
      say`the queues are full; a workstation’s own mail engine leaves them clear`,
    ),
  ];
};

/** Ordinary mail waits because of the listing itself: it fills the queues, and says nothing of who got the address listed. */
export const refusedForTheListing: Rule = (evidence, signs) => {
  if (!isOrdinaryMailRefused(evidence, signs)) return [];
  const text = say`what waits is refused because of the listing itself, and nobody sends more than usual: what got the address listed does not go through the mail server`;
  const shared = evidence.site?.sharedAddress;
  if (shared === false) return [server.supports('refused-for-it', 0.55, text)];
  return [
    workstation.supports('refused-for-it', shared === true ? 0.62 : 0.52, text),
    server.supports('refused-for-it', 0.25, text),
  ];
};

/** Nobody sending more than usual is known only where the log was read. */
function isOrdinaryMailRefused(evidence: Evidence, signs: Signs): boolean {
  const refused = signs.reason?.kind === 'blocked' && signs.reason.share >= 0.8;
  const nobody = signs.oddLogins.length + signs.oddLocals.length + signs.oddClients.length === 0;
  const strangers = (evidence.relayedForStrangers ?? 0) > 0 || evidence.openRelayTest === 'accepted';
  const known = evidence.logins !== undefined && evidence.logins.every((login) => login.usualPerHour !== undefined);
  const waiting = signs.queue === 'full' || signs.queue === 'some';
  return signs.listings === 'abuse' && waiting && refused && nobody && known && !strangers && !signs.backscatter;
}

/**
 * Nothing is listed: nobody outside has noticed a machine that sends by itself. Of one that was seen trying far and wide
 * that says nothing: what is refused at the firewall gets no address listed.
 */
export const notListed: Rule = (evidence, signs) => {
  if (signs.listings !== 'clear') return [];
  const isSeen = evidence.blockedAttempts?.sources.some((source) => (source.destinations ?? 0) >= FAR_AND_WIDE);
  return [...(isSeen ? [] : [workstation]), server].map((each) =>
    each.opposes('not-listed', 0.3, say`no list lists the address`),
  );
};

/** Destinations: more than any printer, scanner or program of one's own has to write to. */
const FAR_AND_WIDE = 20;

/** With the server's outbound mail frozen, every blocked attempt is guilty. */
export const attempts: Rule = (evidence) => {
  const seen = evidence.blockedAttempts;
  if (!seen) return [];
  const points: Point[] = [];
  for (const source of seen.sources) {
    const many = triesAgainAndAgain(source);
    if (source.mailServer === true) {
      if (seen.outboundFrozen !== true) continue;
      const text = say`${source.attempts} attempts at port 25 came from the mail server itself while its outbound mail was frozen`;
      points.push(server.supports('server-attempts', source.attempts >= 3 ? 0.93 : 0.5, text));
      // A second machine that was seen is guilty as well; the server comes first, as it holds everybody's mail.
      const other = otherGuilty(seen);
      const why = other ? say`the mail server was seen sending by itself too, and comes first` : text;
      if (source.attempts >= 3) points.push(workstation.opposes('server-attempts', other ? 0.15 : 0.7, why));
    } else {
      const text = say`${foreign(source.address, 60)} tried port 25 ${source.attempts} times at ${source.destinations ?? 'an unknown number of'} destinations within ${span(seen.watchedSeconds)}`;
      points.push(
        workstation.supports('workstation-attempts', many ? (seen.outboundFrozen === true ? 0.93 : 0.85) : 0.2, text),
      );
      if (many) points.push(server.opposes('workstation-attempts', serverGuilty(seen) ? 0 : 0.7, text));
    }
  }
  if (seen.sources.length === 0 && seen.watchedSeconds >= 120) {
    const text = say`nobody tried port 25 within ${span(seen.watchedSeconds)} of watching`;
    const strength = seen.watchedSeconds >= 600 ? 0.5 : 0.3;
    points.push(workstation.opposes('silence', strength, text));
    if (seen.outboundFrozen === true && seen.serversLetThrough !== true)
      points.push(server.opposes('silence', strength, text));
  }
  return points;
};

function span(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function otherGuilty(seen: BlockedAttempts): boolean {
  return seen.sources.some((source) => source.mailServer !== true && source.attempts >= 10);
}

function serverGuilty(seen: BlockedAttempts): boolean {
  return (
    seen.outboundFrozen === true && seen.sources.some((source) => source.mailServer === true && source.attempts >= 3)
  );
}

/** A local program on the server (a web script) hands mail to the queue. */
export const localProgram: Rule = (_evidence, signs) =>
  signs.oddLocals.slice(0, 2).flatMap((sender) => {
    const domains = sender.recipientDomains === undefined ? '' : ` to ${sender.recipientDomains} domains`;
    const usual = sender.usualPerHour === undefined ? '' : `; usual are ${sender.usualPerHour} an hour`;
    const text = say`the local user ${foreign(sender.uid, 40)} handed in ${sender.messages} messages${domains}${usual}: a program on the server sends, most likely a web script`;
    // Without its past it may be a newsletter of the web site's.
    if (sender.usualPerHour !== undefined) return [server.supports('local-program', 0.78, text)];
    const listed = say`the address is listed for abuse`;
    return [
      server.supports('local-program', 0.5, text),
      ...(signs.listings === 'abuse' ? [server.supports('local-program-listed', 0.35, listed)] : []),
    ];
  });

/** A machine inside uses the mail server as its relay: no login is asked of the network that it is in. */
export const insideClient: Rule = (_evidence, signs) =>
  signs.oddClients.slice(0, 2).flatMap((client) => {
    const domains = client.recipientDomains === undefined ? '' : ` to ${client.recipientDomains} domains`;
    const isKnown = client.usualPerHour !== undefined;
    const usual = isKnown ? `; usual are ${client.usualPerHour} an hour` : '';
    const text = say`${foreign(client.address, 60)}, inside, handed in ${client.messages} messages${domains} without a login${usual}: a machine of the LAN sends through the server`;
    const points: Point[] = [workstation.supports('inside-client', isKnown ? 0.75 : 0.4, text)];
    if (signs.listings === 'abuse')
      points.push(workstation.supports('inside-client-listed', 0.3, say`the address is listed for abuse`));
    return points;
  });
