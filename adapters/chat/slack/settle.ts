/**
 * What a final answer does to the messages above it: spent buttons are taken away.
 *
 * Rules:
 * 1. On answers, which nobody will say again, what changes something is spent once it was pressed and done, or once a
 *    newer answer in the same conversation offers it. What the house keeps saying (a headline) the house edits itself.
 * 2. A loud message offers only what the newest under its key still offers: who is called can take the incident for as
 *    long as nobody has.
 * 3. It holds nobody up and is given up after a few tries. Losing it (with this process) loses a nicety, never a
 *    decision: who presses what is spent is told so.
 */
import { keyItself } from '../../../src/domain/drill/place.ts';
import { foreign, plain, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { text } from '../../../src/messages/message.ts';
import { offersChange, offersOf, spend } from '../../../src/messages/spent.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { DeliveryLater } from '../../../src/ports/conversation.ts';
import type { Utterance } from '../../../src/ports/conversation.ts';
import { messageId, placeOf } from './place.ts';

export interface Settle {
  /** Told of everything that was delivered, with Slack's id of it. Never throws, waits for nothing. */
  said(utterance: Utterance, id: string): void;
}

const MOST = 1000;
const MOST_LOUD = 20;
const TRIES = 4;

/** `edit`: throws DeliveryLater where it can be tried again. */
export function openSettle(edit: (utterance: Utterance, id: string) => Promise<void>, clock: Clock): Settle {
  const answers = new Map<string, Utterance>();
  /** By conversation: the newest answer that offers something to change. */
  const offers = new Map<string, string>();
  /** By conversation and key: the loud messages beneath what the house keeps saying that still offer something. */
  const louds = new Map<string, readonly { readonly id: string; readonly utterance: Utterance }[]>();
  const change = (before: Utterance, id: string, still: ReadonlySet<string>, footer?: Phrase): boolean => {
    const spent = spend(before.message, still);
    if (JSON.stringify(spent) === JSON.stringify(before.message)) return false;
    const { file: _file, ...said } = before;
    const blocks = [...spent.blocks, ...(footer ? [text(footer)] : [])];
    void patiently(() => edit({ ...said, message: { ...spent, blocks } }, id), clock);
    return true;
  };
  const take = (id: string, footer: Phrase): void => {
    const answer = answers.get(id);
    answers.delete(id);
    if (answer) change(answer, id, new Set(), footer);
  };
  const saidByTheHouse = (utterance: Utterance, id: string): void => {
    const slot = `${utterance.conversation.id} ${utterance.key}`;
    const still = offersOf(utterance.message);
    const before = (louds.get(slot) ?? []).filter((each) => !change(each.utterance, each.id, still));
    const now = utterance.loud && offersChange(utterance.message) ? [...before, { id, utterance }] : before;
    keep(louds, slot, now.slice(-MOST_LOUD));
  };
  const answered = (utterance: Utterance, id: string): void => {
    const { conversation, message } = utterance;
    keep(answers, id, utterance);
    const place = placeOf(conversation);
    const { pressed } = place;
    const standing = pressed?.event === keyItself(utterance.key) ? messageId(place.channel, pressed.ts) : undefined;
    const did = standing !== undefined && message.tone !== 'unknown';
    if (did && standing !== id)
      take(standing, say`${foreign(pressed?.label ?? '', 80)}: ${foreign(plain(message.summary), 160)}`);
    const offersMore = offersChange(message);
    if (!did && !offersMore) return;
    const older = offers.get(conversation.id);
    if (offersMore) keep(offers, conversation.id, id);
    else offers.delete(conversation.id);
    if (older !== undefined && older !== id && older !== standing)
      take(older, ['This was the step before; go on beneath.']);
  };
  return {
    said: (utterance, id) => {
      if (!isAnswer(utterance.key)) saidByTheHouse(utterance, id);
      else if (utterance.final && !utterance.loud) answered(utterance, id);
    },
  };
}

/** Keys of answers are the ids of the events that they answer. */
function isAnswer(key: string): boolean {
  return /^slack-(command|event|action)-/.test(keyItself(key));
}

async function patiently(work: () => Promise<void>, clock: Clock): Promise<void> {
  for (let turn = 0; turn < TRIES; turn += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DeliveryLater)) return;
      await clock.wait(error.afterMs);
    }
  }
}

/** Keeps the newest; the oldest is forgotten. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
