/** The verdict: first in one sentence that a manager understands, then the evidence, the next step, what wasn't looked at. */
import type { CauseId } from '../domain/causes.ts';
import type { Diagnosis, RankedCause } from '../domain/diagnosis/diagnose.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import { message, notice, text } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

/** `failed`: looks that were tried in vain, each with why. `notes`: what else has to be said. */
export function sayTriage(
  diagnosis: Diagnosis,
  failed: readonly string[] = [],
  notes: readonly string[] = [],
): Message {
  const { verdict, causes, missing, next } = diagnosis;
  const sure = verdict === 'undetermined' ? '' : ` (${Math.round(diagnosis.confidence * 100)} % sure)`;
  const blocks: Block[] = [text(explain(diagnosis))];
  blocks.push(
    ...causes
      .filter((cause, index) => index === 0 || cause.confidence >= WORTH_TELLING)
      .slice(0, 3)
      .map(evidenceOf),
  );
  blocks.push(notice(verdict === 'healthy' ? 'good' : 'neutral', nextInWords(next)));
  if (missing.length + failed.length > 0) {
    blocks.push({
      kind: 'evidence',
      title: 'Not looked at, and would settle it',
      items: [...failed.map((words): Phrase => [foreign(words, 400)]), ...missing].map((words) => ({
        side: 'missing',
        text: words,
      })),
    });
  }
  if (diagnosis.faults.length > 0) {
    blocks.push({
      kind: 'evidence',
      title: 'Also found, whether or not it is the cause',
      items: diagnosis.faults.map((fault) => ({ side: 'neutral', text: fault.text })),
    });
  }
  blocks.push(...notes.map((note) => notice('unknown', worded(note, 400))));
  return message(toneOf(verdict), say`${headline(diagnosis)}${sure}`, ...blocks);
}

/** What a queue alone suggests, beneath what is in it. */
export function sayOfQueueAlone(diagnosis: Diagnosis): readonly Block[] {
  const { verdict, next } = diagnosis;
  const sure = verdict === 'undetermined' ? '' : ` (${Math.round(diagnosis.confidence * 100)} % sure)`;
  return [text(say`By this queue alone: ${headline(diagnosis)}${sure}`), notice('neutral', nextInWords(next))];
}

/** A cause that is less likely than this is in the JSON, not in the message, unless it is the likeliest. */
const WORTH_TELLING = 0.1;

/** One sentence that somebody understands who has never heard of a queue. */
function headline({ verdict, signs, next }: Diagnosis): Phrase {
  switch (verdict) {
    case 'compromised-workstation': {
      const [client] = signs.oddClients;
      if (client && signs.queue === 'full')
        return say`The machine ${foreign(client.address, 60)} in the network sends spam through the mail server; it is most likely infected.`;
      if (next.step === 'quarantine-host')
        return say`A machine in the network sends spam by itself and has shown itself; the mail server is innocent.`;
      return say`A workstation or the server itself sends spam past the mail queues, most likely a workstation; the mail server is most likely innocent.`;
    }
    case 'compromised-server':
      return say`The mail server itself sends spam: something on it was broken into.`;
    case 'authenticated-relay':
      return say`Somebody sends spam through the mail server with a stolen password.`;
    case 'ndr-attack':
      return say`Strangers make the mail server bounce mail to people who never wrote to it (NDR attack).`;
    case 'open-relay':
      return say`The mail server passes on mail for anybody, and strangers use that.`;
    case 'smart-host-refusal':
      return say`The ISP’s relay refuses the mail: ask the ISP; nothing on this side shows why.`;
    case 'configuration-error':
      return say`Mail is stuck by an error or a change of configuration; this is not an attack.`;
    case 'policy-listing':
      return say`The address is in a range that must not send directly; this is not abuse.`;
    case 'healthy':
      return say`Nothing is wrong that can be seen from here.`;
    case 'undetermined':
      return next.step === 'ask-the-isp'
        ? say`Nothing is seen to be wrong on this side: ask the ISP, whose relay sends the mail and may refuse or limit it.`
        : say`What happened can not be told yet.`;
    default:
      return verdict satisfies never;
  }
}

function explain(diagnosis: Diagnosis): Phrase {
  const { signs, verdict, causes, next } = diagnosis;
  const aroundTheQueues = signs.listings === 'abuse' && signs.queue === 'clear';
  if (aroundTheQueues && verdict === 'undetermined' && signs.usualSender)
    return say`The address is listed, and what waits in the queues is what ${foreign(signs.usualSender.name, 60)} always sends. Either that mailing got the address listed, or a machine sends past the mail server. Ask the lists why they list it; freezing outbound mail and blocking port 25 shows a machine.`;
  if (aroundTheQueues && (verdict === 'compromised-workstation' || verdict === 'undetermined')) {
    return say`The address is listed, but the queues are clear: the spam does not go through the mail server. Either a workstation behind the same address sends by itself, or malware on the server does, past its own queues. Freezing outbound mail and blocking port 25 tells the two apart.`;
  }
  const seen = say`${queueInWords(signs.queue)}; ${listingsInWords(signs.listings)}.`;
  if (verdict !== 'undetermined' || next.step === 'ask-the-isp') return seen;
  const [best] = causes;
  return best && best.confidence >= WORTH_TELLING
    ? say`${seen} The likeliest is ${CAUSE_WORDS[best.cause]} (${Math.round(best.confidence * 100)} %), and that is not enough to act on.`
    : say`${seen} No look that was taken shows anything that decides.`;
}

/** Short, so that a title with the id fits any screen. */
const CAUSE_WORDS: Readonly<Record<CauseId, string>> = {
  'compromised-workstation': 'a workstation that sends',
  'compromised-server': 'a server that sends by itself',
  'authenticated-relay': 'a stolen password',
  'ndr-attack': 'provoked bounces',
  'open-relay': 'a relay for anybody',
  'smart-host-refusal': 'a refusal of the ISP’s',
  'configuration-error': 'a mistake or a change',
  'policy-listing': 'a range that must not send',
  healthy: 'nothing wrong',
  undetermined: 'nothing that can be told',
};

function nextInWords({ step, why }: Diagnosis['next']): Phrase {
  switch (step) {
    case 'look':
      return say`Next: ${why}.`;
    case 'none':
      return say`Nothing is to be done.`;
    case 'freeze-outbound':
      return say`Next: freeze outbound mail, then block port 25 on the firewall and wait. ${capital(why)}.`;
    case 'quarantine-host':
      return say`Next: quarantine the machine. ${capital(why)}.`;
    case 'pull-the-plug':
      return say`Next: pull the plug. ${capital(why)}.`;
    case 'disable-account':
      return say`Next: disable the account. ${capital(why)}.`;
    case 'reject-unknown-recipients':
      return say`Next: ${why}.`;
    case 'close-relay':
      return say`Next: ${why}.`;
    case 'use-isp-relay':
      return say`Next: use the ISP’s relay. ${capital(why)}.`;
    case 'ask-the-isp':
      return say`Next: ${why}.`;
    case 'fix-configuration':
      return say`Next: mend the configuration. ${capital(why)}.`;
    default:
      return step satisfies never;
  }
}

function evidenceOf(cause: RankedCause): Block {
  return {
    kind: 'evidence',
    // What a phone cuts off is the end.
    title: `${Math.round(cause.confidence * 100)} %: ${CAUSE_WORDS[cause.cause]} (${cause.cause})`,
    items: [
      ...cause.for.map((words) => ({ side: 'for' as const, text: words })),
      ...cause.against.map((words) => ({ side: 'against' as const, text: words })),
    ],
  };
}

function queueInWords(queue: Diagnosis['signs']['queue']): string {
  switch (queue) {
    case 'full':
      return 'The queues are full';
    case 'some':
      return 'There is some mail in the queues';
    case 'clear':
      return 'The queues are clear';
    case 'not-looked':
      return 'The queues were not looked at';
    default:
      return queue satisfies never;
  }
}

function listingsInWords(listings: Diagnosis['signs']['listings']): string {
  switch (listings) {
    case 'abuse':
      return 'the address is listed for abuse';
    case 'policy':
      return 'only policy lists list the address';
    case 'minor':
      return 'only minor lists list the address';
    case 'clear':
      return 'no list lists the address';
    case 'unknown':
      return 'too few lists could be asked';
    case 'not-looked':
      return 'the lists were not asked';
    default:
      return listings satisfies never;
  }
}

function toneOf(verdict: CauseId): Tone {
  switch (verdict) {
    case 'healthy':
      return 'good';
    case 'configuration-error':
    case 'policy-listing':
    case 'smart-host-refusal':
      return 'warning';
    case 'undetermined':
      return 'unknown';
    case 'compromised-workstation':
    case 'compromised-server':
    case 'authenticated-relay':
    case 'ndr-attack':
    case 'open-relay':
      return 'critical';
    default:
      return verdict satisfies never;
  }
}

function capital(words: Phrase): Phrase {
  const [first, ...rest] = words;
  return typeof first === 'string' ? [capitalized(first), ...rest] : words;
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
