/**
 * What stands in Teams now, as all processes remember it: for the card that is shown while a press is worked on, and to
 * give it back afterwards, though another process delivers what answers the press.
 */
import type { Message } from '../../../src/messages/message.ts';
import type { Conversation } from '../../../src/ports/conversation.ts';
import type { Recall } from '../../../src/ports/recall.ts';

export interface ShownCard {
  readonly id: string;
  readonly message: Message;
  readonly conversation: Conversation;
}

export interface Press {
  readonly card?: ShownCard;
  readonly conversation: Conversation;
  readonly key: string;
  readonly label: string;
  /** The command in words. */
  readonly command: string;
}

/** None of these throws: losing it loses a nicety, never a decision. */
export interface Memory {
  keep(key: string, card: ShownCard): Promise<void>;
  forget(conversation: Conversation, key: string): Promise<void>;
  find(conversation: Conversation, key: string): Promise<ShownCard | undefined>;
  /** The key of the newest answer that offers something to change here; naming one gives the one before. */
  offer(conversation: Conversation, key: string | undefined): Promise<string | undefined>;
  /** A press that is being worked on, by the id of its event. */
  pressed(event: string, press: Press): Promise<void>;
  /** The press this answers, once. */
  answered(event: string): Promise<Press | undefined>;
}

/** A card shows far less: what is longer is not worth remembering. In characters. */
const LARGEST = 200_000;

export function openMemory(recall: Recall): Memory {
  const slot = (conversation: Conversation, key: string): string => `card ${conversation.id} ${key}`;
  return {
    keep: async (key, card) => {
      const words = JSON.stringify(card);
      const name = slot(card.conversation, key);
      if (words.length > LARGEST) await recall.take(name);
      else await recall.keep(name, words);
    },
    forget: async (conversation, key) => void (await recall.take(slot(conversation, key))),
    find: async (conversation, key) => {
      const words = await recall.find(slot(conversation, key));
      const card: ShownCard | undefined = words === undefined ? undefined : JSON.parse(words);
      return card;
    },
    offer: async (conversation, key) => {
      const before = await recall.take(`offer ${conversation.id}`);
      if (key !== undefined) await recall.keep(`offer ${conversation.id}`, key);
      return before;
    },
    pressed: (event, press) => recall.keep(`press ${event}`, JSON.stringify(press)),
    answered: async (event) => {
      const words = await recall.take(`press ${event}`);
      const press: Press | undefined = words === undefined ? undefined : JSON.parse(words);
      return press;
    },
  };
}

/** Whether it is the same message still, as it was kept. */
export function isSame(one: ShownCard, other: ShownCard): boolean {
  return one.id === other.id && JSON.stringify(one.message) === JSON.stringify(other.message);
}

const MOST = 1000;

/** Keeps the newest; the oldest is forgotten. */
export function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
