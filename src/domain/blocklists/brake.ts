/**
 * The mass-flip brake: many subjects that change sides on one list at once say more about the list than about them.
 *
 * Rules:
 * 1. From three subjects on: where at least half of all are listed and weren't known to be, or at least half of those
 *    that were listed are suddenly clear, the list must prove itself again before any of it counts.
 * 2. It is then asked also for a name that nobody can have asked before, so that no cache answers for it: a random
 *    loopback address, or a random name under `invalid` (RFC 5782 section 5, RFC 6761): such a one listed, it lists
 *    everything.
 * 3. Not proved again, the changes are held: unknown, with why.
 */
import type { Blocklist, UnknownWhy } from './blocklist.ts';
import type { Liveness } from './liveness.ts';
import type { ListVerdict } from './verdict.ts';

/** What was last known of a subject on this list. */
export type Before = 'listed' | 'clear' | undefined;

const FEWEST = 3;

/** `nowOf`, `beforeOf`: of the subject at this place, 0 to `subjects` - 1. */
export function isMassFlip(
  subjects: number,
  nowOf: (place: number) => ListVerdict['state'] | undefined,
  beforeOf: (place: number) => Before,
): boolean {
  let newlyListed = 0;
  let gone = 0;
  let wereListed = 0;
  for (let place = 0; place < subjects; place += 1) {
    const now = nowOf(place);
    const before = beforeOf(place);
    if (before === 'listed') wereListed += 1;
    if (now === 'listed' && before !== 'listed') newlyListed += 1;
    if (now === 'clear' && before === 'listed') gone += 1;
  }
  return (newlyListed >= FEWEST && newlyListed * 2 >= subjects) || (gone >= FEWEST && gone * 2 >= wereListed);
}

/** The name that nobody has asked before. `hex`: at least 8 random hexadecimal digits. */
export function probeName(list: Blocklist, hex: string): string {
  if (list.kind === 'domain') return `tq-${hex}.invalid.${list.zone}`;
  const octets = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  // From 127.64.0.0 on: no test entry lies there.
  return `${octets[0]}.${octets[1]}.${64 + ((octets[2] ?? 0) % 128)}.127.${list.zone}`;
}

/** Why the changes are held, or undefined where the list has proved itself again. */
export function heldBecause(list: Blocklist, again: Liveness, probe: Liveness['negative']): UnknownWhy | undefined {
  if (again.negative === 'listed' || probe === 'listed') return 'answers-everything';
  if (again.negative === 'failed') return again.negativeWhy ?? 'timeout';
  if (list.test && again.positive === 'silent') return 'dead-list';
  if (list.test && again.positive === 'failed') return again.why ?? 'timeout';
  return undefined;
}

/** A change that is held is unknown; whatever did not change stays as it is. */
export function hold(verdict: ListVerdict, before: Before, why: UnknownWhy): ListVerdict {
  const changed = (verdict.state === 'listed' || verdict.state === 'clear') && verdict.state !== before;
  return changed || why === 'answers-everything' ? { state: 'unknown', why } : verdict;
}
