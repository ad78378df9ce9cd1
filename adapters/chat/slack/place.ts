/**
 * Where something is said in Slack: a channel, or a thread in it. The id alone is enough to speak there; the reference
 * adds to whom to turn where the bot isn't in the channel.
 */
import type { Conversation } from '../../../src/ports/conversation.ts';
import { textAt } from './record.ts';

export interface Place {
  readonly channel: string;
  /** Time stamp of the thread's first message. */
  readonly thread?: string;
  /** Who asked; answered directly where the channel can't be written to. */
  readonly user?: string;
  /** The button that this answers, where it is one that changes something. */
  readonly pressed?: PressedButton;
}

export interface PressedButton {
  /** Its event's id: the answer's key. */
  readonly event: string;
  /** Time stamp of the message that it stood on. */
  readonly ts: string;
  readonly label: string;
}

export function conversationOf(place: Place): Conversation {
  const id = place.thread === undefined ? place.channel : `${place.channel}/${place.thread}`;
  const alone = place.channel.startsWith('D') ? ({ alone: true } as const) : {};
  return { surface: 'slack', id, reference: JSON.stringify(place), ...alone };
}

/** Reads it back; a conversation without a reference (one that the house made from a configured channel) does as well. */
export function placeOf(conversation: Conversation): Place {
  const [channel = '', thread] = conversation.id.split('/');
  const { user, pressed } = readReference(conversation.reference);
  return {
    channel,
    ...(thread !== undefined && { thread }),
    ...(user !== undefined && { user }),
    ...(pressed && { pressed }),
  };
}

function readReference(reference: string | undefined): Pick<Place, 'user' | 'pressed'> {
  if (reference === undefined) return {};
  try {
    const read: unknown = JSON.parse(reference);
    const user = textAt(read, 'user');
    const [event, ts, label] = ['event', 'ts', 'label'].map((name) => textAt(read, 'pressed', name));
    return {
      ...(user !== undefined && { user }),
      ...(event !== undefined && ts !== undefined && { pressed: { event, ts, label: label ?? '' } }),
    };
  } catch {
    return {};
  }
}

/** Slack's id of a message, as the outbox keeps it. */
export function messageId(channel: string, ts: string): string {
  return `${channel}/${ts}`;
}

export function readMessageId(id: string): { readonly channel: string; readonly ts: string } | undefined {
  const [channel, ts] = id.split('/');
  return channel !== undefined && ts !== undefined && /^\d+\.\d+$/.test(ts) ? { channel, ts } : undefined;
}
