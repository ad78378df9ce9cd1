/** Who is on duty: people in turn, each for so many days, with exceptions. */
import { dateAfter, instantOf, wallTime } from '../calendar/zone.ts';

export interface Rota {
  readonly name: string;
  /** IANA time zone in which the handover is. */
  readonly timezone: string;
  /** In turn. */
  readonly people: readonly string[];
  /** The day on which the first person's first turn begins: `2026-01-05`. */
  readonly start: string;
  /** When a turn begins: `09:00`. */
  readonly handover: string;
  /** Days of a turn, 1 to 60. */
  readonly days: number;
  /** The last one that holds counts. Milliseconds since 1970 UTC; `to` is not in it. */
  readonly overrides: readonly { readonly from: number; readonly to: number; readonly person: string }[];
}

const DAY_MS = 86_400_000;

/** The person on duty at this instant; undefined where the rota has nobody. */
export function onDuty(rota: Rota, at: number): string | undefined {
  const override = rota.overrides.findLast((each) => each.from <= at && at < each.to);
  if (override) return override.person;
  const { date } = wallTime(at, rota.timezone);
  // By instants: in the night in which the clock is set, what it shows goes back, and nobody's turn does.
  const isBefore = at < instantOf(date, rota.handover, rota.timezone);
  const days = Math.round((Date.parse(date) - Date.parse(rota.start)) / DAY_MS) - (isBefore ? 1 : 0);
  const turn = Math.floor(days / rota.days);
  const count = rota.people.length;
  return rota.people[((turn % count) + count) % count];
}

export interface Handover {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Who looks further ahead than this sees nobody, in days. */
const MOST_DAYS = 70;

/** The next moment after `now` at which somebody else is on duty; undefined where there is none in ten weeks. */
export function nextHandover(rota: Rota, now: number): Handover | undefined {
  return handovers(rota, now, now + MOST_DAYS * DAY_MS)[0];
}

/** Each change of who is on duty in (`after`, `until`], the earliest first. */
export function handovers(rota: Rota, after: number, until: number): readonly Handover[] {
  const first = wallTime(after, rota.timezone).date;
  const days = Math.ceil((until - after) / DAY_MS) + 1;
  const turns = Array.from({ length: days + 1 }, (_none, day) =>
    instantOf(dateAfter(first, day), rota.handover, rota.timezone),
  );
  const moments = [...turns, ...rota.overrides.flatMap(({ from, to }) => [from, to])]
    .filter((at) => at > after && at <= until)
    .toSorted((a, b) => a - b);
  return [...new Set(moments)].flatMap((at) => {
    const [from, to] = [onDuty(rota, at - 1), onDuty(rota, at)];
    return from === to ? [] : [{ at, from, to }];
  });
}
