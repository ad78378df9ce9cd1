/**
 * What stands in Teams now, as far as this process remembers: for the card that is shown while a press is worked on, and
 * to give it back afterwards. Losing it loses a nicety, never a decision.
 */
import type { Message } from '../../../src/messages/message.ts';
import type { Conversation } from '../../../src/ports/conversation.ts';

export interface ShownCard {
  readonly id: string;
  readonly message: Message;
  readonly conversation: Conversation;
}

export interface Press {
  readonly card: ShownCard | undefined;
  readonly conversation: Conversation;
  readonly key: string;
  readonly label: string;
  /** The command in words. */
  readonly command: string;
}

export interface Memory {
  keep(key: string, card: ShownCard): void;
  find(conversation: Conversation, key: string): ShownCard | undefined;
  /** The key of the newest answer that offers something to change here; naming one gives the one before. */
  offer(conversation: Conversation, key: string | undefined): string | undefined;
  /** A press that is being worked on, by the id of its event. */
  pressed(event: string, press: Press): void;
  /** The press this answers, once. */
  answered(event: string): Press | undefined;
}

const MOST = 1000;

export function openMemory(): Memory {
  const cards = new Map<string, ShownCard>();
  const presses = new Map<string, Press>();
  const offers = new Map<string, string>();
  const slot = (conversation: Conversation, key: string): string => `${conversation.id} ${key}`;
  return {
    keep: (key, card) => put(cards, slot(card.conversation, key), card),
    find: (conversation, key) => cards.get(slot(conversation, key)),
    offer: (conversation, key) => {
      const before = offers.get(conversation.id);
      if (key === undefined) offers.delete(conversation.id);
      else put(offers, conversation.id, key);
      return before;
    },
    pressed: (event, press) => put(presses, event, press),
    answered: (event) => {
      const press = presses.get(event);
      presses.delete(event);
      return press;
    },
  };
}

/** Keeps the newest; the oldest is forgotten. */
export function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
