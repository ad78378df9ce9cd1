/**
 * Looks, folded: what each source has tried since the hunt's counting began.
 *
 * Rules:
 * 1. Counters only grow here: where the firewall's own began anew (its rules were flushed and set again), what was seen
 *    before is added, not forgotten.
 * 2. A look that failed adds nothing and takes nothing away: how long was watched ends at the last look that succeeded.
 * 3. Where the firewall doesn't tell when a source tried last, it is the look at which its counter had grown.
 * 4. "First" is the earliest time by which the source is known to have tried.
 * 5. When it tried last for sure is kept beside: a source that was there at the first look may have tried before a freeze.
 */
import type { Phrase } from '../foreign.ts';
import type { Attempts, Look } from './look.ts';

export interface Hunt {
  /** When the firewall began to count. */
  readonly since: number;
  readonly sources: ReadonlyMap<string, Tried>;
  /** The last look that succeeded. */
  readonly lookedAt?: number;
  readonly full: boolean;
  /** Why the last look failed, where it did. */
  readonly blind?: Phrase;
}

export interface Tried extends Attempts {
  readonly first: number;
  readonly last: number;
  /** At this moment or later it tried for sure. */
  readonly sure: number;
  /** The firewall's counter at the last look, and what it had counted before it began anew. */
  readonly counter: number;
  readonly carried: number;
}

/** `since`: when counting began, milliseconds since 1970 UTC. */
export function beginHunt(since: number): Hunt {
  return { since, sources: new Map(), full: false };
}

/** Adds a look. A counter that begins anew is carried on; a look that failed changes nothing but that it is said. */
export function addLook(hunt: Hunt, look: Look): Hunt {
  if (look.kind === 'unknown') return { ...hunt, blind: look.why };
  const sources = new Map(hunt.sources);
  for (const each of look.sources) sources.set(each.source, carry(hunt, each, look.at));
  const { blind: _seen, ...sighted } = hunt;
  return { ...sighted, sources, full: hunt.full || look.full, lookedAt: Math.max(hunt.lookedAt ?? 0, look.at) };
}

/** Whole seconds that were really watched. */
export function watchedSeconds(hunt: Hunt): number {
  return Math.max(0, Math.round(((hunt.lookedAt ?? hunt.since) - hunt.since) / 1000));
}

function carry(hunt: Hunt, now: Attempts, at: number): Tried {
  const was = hunt.sources.get(now.source);
  const grew = was !== undefined && now.attempts !== was.counter;
  const atLeast = now.last ?? now.lastAtLeast ?? now.first ?? hunt.since;
  const via = [...new Set([...(was?.via ?? []), ...(now.via ?? [])])];
  const anew = was !== undefined && now.attempts < was.counter;
  const carried = (was?.carried ?? 0) + (anew ? was.counter : 0);
  return {
    source: now.source,
    counter: now.attempts,
    carried,
    attempts: carried + now.attempts,
    destinations: Math.max(was?.destinations ?? 0, now.destinations),
    ports: [...new Set([...(was?.ports ?? []), ...now.ports])].toSorted((a, b) => a - b),
    first: Math.min(was?.first ?? Infinity, now.first ?? now.last ?? at),
    last: Math.max(was?.last ?? 0, now.last ?? (was === undefined || grew ? at : was.last)),
    sure: Math.max(was?.sure ?? 0, atLeast, grew ? (hunt.lookedAt ?? hunt.since) : 0),
    macs: [...new Set([...(was?.macs ?? []), ...now.macs])],
    ...(via.length > 0 && { via }),
  };
}
