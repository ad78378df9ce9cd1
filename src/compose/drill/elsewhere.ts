/**
 * What is said in a conversation whose drill is played by another process: never taken for real.
 *
 * Rules:
 * 1. While that process lives, everything is handed on to it (line.ts): a drill lives in one process.
 * 2. Once it is gone, the drill is over. The first that is said is refused and told so; from then on it is real.
 * 3. A button of a drill that is over, and the thread beneath its messages, never become real.
 */
import type { DrillMarks } from '../../../adapters/redis/drill-marks.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { message, notice } from '../../messages/message.ts';
import { readDrillKey } from '../../domain/drill/place.ts';
import type { Conversation } from '../../ports/conversation.ts';

const OVER =
  'The drill that was played here ended with its process; nothing was done. What you say from now on is real.';
const ENDED = 'The drill that this was said in is over; nothing was done. What you say from now on is real.';
const LONG_OVER =
  'That belongs to a drill that is over; nothing was done. What is meant for real is said outside its thread.';

export type Elsewhere =
  /** No other process plays one here. */
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'played'; readonly owner: string }
  | { readonly kind: 'over'; readonly answer: Answer };

/** `isAlive`: whether the process of this name was seen lately. */
export async function playedElsewhere(
  marks: DrillMarks,
  conversation: Conversation,
  isAlive: (owner: string) => Promise<boolean>,
): Promise<Elsewhere> {
  const owner = await marks.elsewhere(conversation);
  if (owner === undefined) return { kind: 'nowhere' };
  if (await isAlive(owner)) return { kind: 'played', owner };
  await marks.clear(conversation);
  return { kind: 'over', answer: refusal(OVER) };
}

/** How long may be asked who plays: whoever is refused waits for it. Milliseconds. */
const ASK_MS = 500;

/** Whether another process has a drill here. Never throws, nor waits for a Redis that is away: then it is not known. */
export async function isPlayedElsewhere(
  marks: Pick<DrillMarks, 'elsewhere'>,
  conversation: Conversation,
): Promise<boolean> {
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), ASK_MS).unref();
  });
  const owner = await Promise.race([marks.elsewhere(conversation).catch(() => undefined), late]);
  return owner !== undefined;
}

/** What was handed on to a drill that has ended meanwhile. */
export function refuseHandedOn(): Answer {
  return refusal(ENDED);
}

/** What is left of a drill: its cards, the threads beneath them. */
export function refuseIfOver(conversation: Conversation): Answer | undefined {
  return readDrillKey(conversation.beneath) ? refusal(LONG_OVER) : undefined;
}

function refusal(words: string): Answer {
  return { status: 'refused', message: message('warning', words, notice('warning', words)) };
}
