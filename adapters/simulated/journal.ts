/** The records of a drill: the same streams, holds and fences, in memory. */
import type { Holds, Journal } from '../../src/ports/journal.ts';
import type { Fences } from '../../src/ports/measures.ts';

export function makeJournal<Event>(): Journal<Event> {
  const streams = new Map<number, Event[]>();
  let last = 0;
  const settled = new Set<number>();
  return {
    reserve: async () => (last += 1),
    begin: async (events, reserved) => {
      const number = reserved ?? (last += 1);
      streams.set(number, events.map(asKept));
      return number;
    },
    read: async (number) => {
      const kept = streams.get(number) ?? [];
      return { version: kept.length, events: [...kept] };
    },
    append: async (number, expected, events) => {
      const kept = streams.get(number);
      if (kept?.length !== expected) return 'conflict';
      kept.push(...events.map(asKept));
      return 'appended';
    },
    numbers: async (which) =>
      [...streams.keys()].filter((number) => which === 'all' || !settled.has(number)).toSorted((a, b) => b - a),
    settle: async (number) => void settled.add(number),
  };
}

/** As it would come back from a record: what JSON doesn't keep is lost here too. */
function asKept<Event>(event: Event): Event {
  return JSON.parse(JSON.stringify(event));
}

export function makeHolds(): Holds {
  const held = new Map<string, number>();
  return {
    take: async (what, measure) => {
      const holder = held.get(what) ?? measure;
      held.set(what, holder);
      return holder;
    },
    free: async (what, measure) => {
      if (held.get(what) === measure) held.delete(what);
    },
  };
}

/** `now`: the wall clock in milliseconds since 1970 UTC. */
export function makeFences(now: () => number): Fences {
  const last = new Map<string, number>();
  return {
    next: async (target) => {
      const number = Math.max((last.get(target) ?? 0) + 1, now());
      last.set(target, number);
      return number;
    },
  };
}
