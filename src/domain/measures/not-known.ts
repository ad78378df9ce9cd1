/**
 * Since when it is not known how a measure stands.
 *
 * Rules:
 * 1. It is not known from the moment it was begun or last seen unknown, until it was seen again. What is only said of it
 *    meanwhile changes nothing.
 * 2. For a minute that is part of the work; for longer it is a state that somebody has to be called for.
 * 3. Where somebody was asked to do it by hand it is known what it waits for: nobody is called.
 */
import type { MeasureEvent } from './record.ts';

/** Not known for longer than this, in milliseconds, counts as unknown. */
const UNKNOWN_AFTER_MS = 60_000;

/** The start of the not-knowing, in milliseconds since 1970 UTC, where it has lasted for more than a minute at `now`. */
export function unknownSince(events: readonly MeasureEvent[], now: number): number | undefined {
  const since = notKnownSince(events);
  // Also where the clock was set back since.
  return since !== undefined && Math.abs(now - since) > UNKNOWN_AFTER_MS ? since : undefined;
}

function notKnownSince(events: readonly MeasureEvent[]): number | undefined {
  return events.reduce<number | undefined>((since, event) => {
    switch (event.kind) {
      case 'engaging':
      case 'releasing':
        return since ?? event.at;
      case 'observed':
        return event.seen === 'unknown' && event.awaits === undefined ? (since ?? event.at) : undefined;
      case 'engaged':
      case 'release-refused':
        return undefined;
      default:
        return since;
    }
  }, undefined);
}
