/** Own pace per thread, so that Teams need not refuse: the windows of limits.ts. */
import { LIMITS } from './limits.ts';

export interface Pace {
  /** Milliseconds to wait before the next message here; 0: now, and it is counted. */
  take(conversation: string): number;
}

const MOST_CONVERSATIONS = 2000;

/** `now` in milliseconds that never jump. */
export function openPace(now: () => number): Pace {
  const sent = new Map<string, number[]>();
  const longest = Math.max(...LIMITS.rates.map(({ ms }) => ms));
  return {
    take(conversation) {
      const at = now();
      const times = (sent.get(conversation) ?? []).filter((time) => at - time < longest);
      const wait = Math.max(0, ...LIMITS.rates.map(({ most, ms }) => (times.at(-most) ?? -Infinity) + ms - at));
      sent.delete(conversation);
      if (wait <= 0) times.push(at);
      sent.set(conversation, times);
      if (sent.size > MOST_CONVERSATIONS) {
        const [oldest] = sent.keys();
        if (oldest !== undefined) sent.delete(oldest);
      }
      return Math.max(0, Math.ceil(wait));
    },
  };
}
