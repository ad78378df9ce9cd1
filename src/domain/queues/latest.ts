/**
 * The last that a listing says of each message, held back until the listing has moved on.
 *
 * A listing takes seconds and messages move meanwhile: one that was active when it was listed is listed again as deferred,
 * now with its reason. What is said last holds.
 *
 * Rules:
 * 1. Messages in queues that they leave within seconds are held back apart, so that a long backlog behind them doesn't
 *    push them out.
 * 2. What is held back is bounded; what was let go counts as it was listed first.
 */
import type { QueuedMessage } from './message.ts';

/** qmgr_message_active_limit (postconf(5)) is 20,000. */
const MOST_MOVING = 25_000;
/** What rests is seldom listed twice, and most of a backlog is of this kind. */
const MOST_RESTING = 4000;
const MOST_RECIPIENTS = 100_000;
const LEFT_SOON: ReadonlySet<string> = new Set(['maildrop', 'incoming', 'active']);

export interface LatestMessages {
  /** True where the message was held back already: what is said now stands in its place. */
  replace(message: QueuedMessage): boolean;
  hold(message: QueuedMessage): void;
  /** Lets everything go. */
  settle(): void;
}

/** `settled` is told each message once, as it was listed last. */
export function holdLatest(settled: (message: QueuedMessage) => void): LatestMessages {
  const moving = startHolding(MOST_MOVING, settled);
  const resting = startHolding(MOST_RESTING, settled);
  const hold = (message: QueuedMessage): void => (LEFT_SOON.has(message.queue) ? moving : resting).put(message);
  return {
    replace(message) {
      if (!moving.drop(message.id) && !resting.drop(message.id)) return false;
      hold(message);
      return true;
    },
    hold,
    settle() {
      moving.letGo();
      resting.letGo();
    },
  };
}

interface Holding {
  put(message: QueuedMessage): void;
  drop(id: string): boolean;
  letGo(): void;
}

function startHolding(most: number, settled: (message: QueuedMessage) => void): Holding {
  const held = new Map<string, QueuedMessage>();
  let recipients = 0;
  const drop = (id: string): boolean => {
    recipients -= held.get(id)?.recipients.length ?? 0;
    return held.delete(id);
  };
  return {
    drop,
    put(message) {
      held.set(message.id, message);
      recipients += message.recipients.length;
      if (held.size <= most && recipients <= MOST_RECIPIENTS) return;
      // The older half at once: a map whose first is taken again and again is searched from its start each time.
      for (const [id, oldest] of held) {
        if (held.size <= most / 2 && recipients <= MOST_RECIPIENTS / 2) break;
        drop(id);
        settled(oldest);
      }
    },
    letGo() {
      for (const message of held.values()) settled(message);
      held.clear();
      recipients = 0;
    },
  };
}
