/** Which slots were looked at, in memory. Two who share the same memory are two schedulers over one Redis. */
import type { MorningPlan } from '../../src/domain/morning/plan.ts';
import type { Mornings, SlotName, WatchPlan } from '../../src/ports/mornings.ts';

/** `now`: the wall clock in milliseconds since 1970 UTC. */
export function makeMornings(
  now: () => number,
  plans: readonly MorningPlan[] = [],
  watches: readonly WatchPlan[] = [],
  digest?: MorningPlan,
): Mornings {
  const slots = new Map<string, 'taken' | 'done'>();
  const last = new Map<string, { date: string; time: string; at: number }>();
  const hands = new Map<string, number>();
  const until = new Map<string, number>();
  const nameOf = ({ site, date, time }: SlotName): string => `${site} ${date} ${time}`;
  return {
    plans,
    watches,
    ...(digest && { digest }),
    claim: async (slot) => {
      const state = slots.get(nameOf(slot));
      if (state) return state;
      slots.set(nameOf(slot), 'taken');
      return 'yours';
    },
    done: async (slot, at) => {
      slots.set(nameOf(slot), 'done');
      last.set(slot.site, { date: slot.date, time: slot.time, at });
    },
    release: async (slot) => void slots.delete(nameOf(slot)),
    once: async (name, ms) => {
      if ((until.get(name) ?? 0) > now()) return false;
      until.set(name, now() + ms);
      return true;
    },
    byHand: async (site, at) => void hands.set(site, at),
    last: async (site) => last.get(site),
    lastByHand: async (site) => hands.get(site),
  };
}
