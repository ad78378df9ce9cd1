/**
 * What a final answer does to the cards above it.
 *
 * Rules:
 * 1. A card whose button was pressed gets its buttons back, with the outcome beneath, unless the house has said something
 *    else under its key meanwhile.
 * 2. On answers, which nobody will say again, what changes something is spent once it was pressed or a newer one offers it.
 * 3. It keeps the pace of the conversation, holds up nobody else, and is given up after a few tries: it is a nicety.
 */
import { keyItself } from '../../../src/domain/drill/place.ts';
import { plain, say } from '../../../src/domain/foreign.ts';
import type { Message } from '../../../src/messages/message.ts';
import { changes, offersChange, spend } from '../../../src/messages/spent.ts';
import type { Conversation, Utterance } from '../../../src/ports/conversation.ts';
import type { Place } from './place.ts';
import type { Pace } from './rates.ts';
import type { CardForm } from './render.ts';
import { isSame } from './shown.ts';
import type { Memory, Press, ShownCard } from './shown.ts';
import { cutText, harmless } from './text.ts';

/** By slot: an edit that is on its way. */
export type Settling = Map<string, Promise<void>>;

export interface SettleNeeds {
  readonly memory: Memory;
  readonly pace: Pace;
  readonly settling: Settling;
  readonly wait: (ms: number) => Promise<void>;
  edit(message: Message, form: CardForm, place: Place, id: string): Promise<unknown>;
}

export function slotOf(conversation: Conversation, key: string): string {
  return `${conversation.id} ${key}`;
}

/** Keys of answers: the event they answer. */
export const isAnswer = (key: string): boolean => /^teams-[0-9a-f]{40}$/.test(keyItself(key));
const TRIES = 4;
const BETWEEN_MS = 1500;

/** Never throws. */
export async function settle(utterance: Utterance, place: Place, needs: SettleNeeds): Promise<void> {
  const { conversation, key, message } = utterance;
  const press = await needs.memory.answered(keyItself(key));
  const did = press !== undefined && changes(press.command) && message.tone !== 'unknown';
  const offers = isAnswer(key) && offersChange(message);
  const older = offers || did ? await needs.memory.offer(conversation, offers ? key : undefined) : undefined;
  if (press) await giveBack(press, message, did, place, needs);
  if (older === undefined || older === key || older === press?.key) return;
  await change(conversation, older, place, needs, (card) => ({
    message: spend(card.message),
    footer: ['This was the step before; go on beneath.'],
  }));
}

function giveBack(press: Press, answer: Message, did: boolean, place: Place, needs: SettleNeeds): Promise<void> {
  const outcome = cutText(harmless(plain(answer.summary)), 160);
  return change(press.conversation, press.key, place, needs, (card) => {
    if (press.card && !isSame(card, press.card)) return undefined;
    const message = did && isAnswer(press.key) ? spend(card.message) : card.message;
    return { message, footer: say`${press.label}: ${outcome}` };
  });
}

type Changed = { readonly message: Message; readonly footer: NonNullable<CardForm['footer']> };

async function change(
  conversation: Conversation,
  key: string,
  place: Place,
  needs: SettleNeeds,
  make: (card: ShownCard) => Changed | undefined,
): Promise<void> {
  const { memory, pace, settling } = needs;
  const slot = slotOf(conversation, key);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const ahead = pace.take(place.address);
    if (ahead > 0) {
      await needs.wait(ahead);
      continue;
    }
    const card = await memory.find(conversation, key);
    const changed = card && make(card);
    if (!card || !changed) return;
    const edit = needs.edit(changed.message, { key, footer: changed.footer }, place, card.id).then(
      () => true,
      () => false,
    );
    settling.set(
      slot,
      edit.then(() => {}),
    );
    const done = await edit;
    settling.delete(slot);
    if (done) {
      const now = await memory.find(conversation, key);
      if (now && isSame(now, card)) await memory.keep(key, { ...card, message: changed.message });
      return;
    }
    await needs.wait(BETWEEN_MS);
  }
}
