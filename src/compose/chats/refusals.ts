/**
 * Requests that were refused, written down: the first of each reason at once, then once a minute how many there were.
 * Whoever knocks a thousand times a second fills no disk; whoever has set a wrong secret finds it here.
 */
import type { Log } from '../../../adapters/log/log.ts';
import type { Clock } from '../../ports/clock.ts';

const EVERY_MS = 60_000;
const MOST_REASONS = 100;

export function noteRefusals(clock: Clock, log: Pick<Log, 'warn'>, path: string): (why: string) => void {
  const told = new Map<string, { at: number; since: number }>();
  return (why) => {
    const now = clock.monotonic();
    const before = told.get(why);
    if (before && now - before.at < EVERY_MS) {
      before.since += 1;
      return;
    }
    if (!before && told.size >= MOST_REASONS) told.clear();
    log.warn(
      { path, why, ...(before && before.since > 0 && { more: before.since }) },
      'a request of a chat was refused',
    );
    told.set(why, { at: now, since: 0 });
  };
}
