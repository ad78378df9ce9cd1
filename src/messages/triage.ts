/** The verdict: first in one sentence that a manager understands, then the evidence, the next step, what wasn't looked at. */
import type { CauseId } from '../domain/causes.ts';
import type { Diagnosis, RankedCause } from '../domain/diagnosis/diagnose.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
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
  blocks.push(...causes.slice(0, 3).map(evidenceOf));
  blocks.push(
    notice(verdict === 'healthy' ? 'good' : 'neutral', say`Next: ${stepInWords(next.step)}. ${capital(next.why)}.`),
  );
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
  blocks.push(...notes.map((note) => notice('unknown', [foreign(note, 400)])));
  return message(toneOf(verdict), say`${headline(verdict)}${sure}`, ...blocks);
}

function headline(verdict: CauseId): string {
  switch (verdict) {
    case 'compromised-workstation':
      return 'A machine in the network sends spam by itself; the mail server is most likely innocent.';
    case 'compromised-server':
      return 'The mail server itself sends spam: something on it was broken into.';
    case 'authenticated-relay':
      return 'Somebody sends spam through the mail server with a stolen password.';
    case 'ndr-attack':
      return 'The mail server is made to bounce mail to forged senders (NDR attack).';
    case 'open-relay':
      return 'The mail server relays for anybody.';
    case 'smart-host-refusal':
      return 'The ISP’s relay refuses the mail.';
    case 'configuration-error':
      return 'Mail is stuck by an error or a change of configuration; this is not an attack.';
    case 'policy-listing':
      return 'The address is in a range that must not send directly; this is not abuse.';
    case 'healthy':
      return 'Nothing is wrong that can be seen from here.';
    case 'undetermined':
      return 'What happened can not be told yet.';
    default:
      return verdict satisfies never;
  }
}

function explain(diagnosis: Diagnosis): Phrase {
  const { signs, verdict, causes } = diagnosis;
  if (
    verdict === 'compromised-workstation' ||
    (verdict === 'undetermined' && signs.listings === 'abuse' && signs.queue === 'clear')
  ) {
    return say`The address is listed, but the queues are clear: the spam does not go through the mail server. Either a workstation behind the same address sends by itself, or malware on the server does, past its own queues. Freezing outbound mail and blocking port 25 tells the two apart.`;
  }
  if (verdict === 'undetermined') {
    const best = causes[0];
    return best
      ? say`The likeliest is ${best.cause} (${Math.round(best.confidence * 100)} %), and that is not enough to act on.`
      : say`No look that was taken shows anything that decides.`;
  }
  return say`${queueInWords(signs.queue)}; ${listingsInWords(signs.listings)}.`;
}

function evidenceOf(cause: RankedCause): Block {
  return {
    kind: 'evidence',
    title: `${cause.cause}, ${Math.round(cause.confidence * 100)} %`,
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

function stepInWords(step: Diagnosis['next']['step']): string {
  return step === 'none' ? 'nothing to do' : step.replaceAll('-', ' ');
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
  return typeof first === 'string' ? [first.charAt(0).toUpperCase() + first.slice(1), ...rest] : words;
}
