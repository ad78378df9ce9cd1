/** Who is on duty: people in turn, each for so many days, with exceptions. */
import { wallTime } from '../calendar/zone.ts';

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
  const { date, time } = wallTime(at, rota.timezone);
  const days = Math.round((Date.parse(date) - Date.parse(rota.start)) / DAY_MS) - (time < rota.handover ? 1 : 0);
  const turn = Math.floor(days / rota.days);
  const count = rota.people.length;
  return rota.people[((turn % count) + count) % count];
}
