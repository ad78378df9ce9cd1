/**
 * Wall time in a time zone of the IANA database.
 *
 * Rules:
 * 1. A wall time that a clock change skips (02:30 in the spring) is the instant that many minutes after the change; one
 *    that comes twice (02:30 in the autumn) is the first of the two. cron-parser, which lays the schedule, does the same.
 */
const DAY_MS = 86_400_000;

export interface WallTime {
  /** `2026-11-25` */
  readonly date: string;
  /** `08:05` */
  readonly time: string;
  /** 0 Sunday to 6 Saturday. */
  readonly weekday: number;
  /** Minutes since midnight, as the clock shows, 0 to 1439. */
  readonly minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock shows there at this instant (milliseconds since 1970 UTC). Throws RangeError for an unknown zone. */
export function wallTime(at: number, zone: string): WallTime {
  const shown = at + offsetAt(at, zone);
  const iso = new Date(shown).toISOString();
  const time = iso.slice(11, 16);
  return {
    date: iso.slice(0, 10),
    time,
    weekday: new Date(shown).getUTCDay(),
    minutes: Number(time.slice(0, 2)) * 60 + Number(time.slice(3)),
  };
}

/** The instant at which the clock there shows this date (`2026-11-25`) and time (`08:05`). */
export function instantOf(date: string, time: string, zone: string): number {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  const before = asUtc - offsetAt(asUtc - DAY_MS, zone);
  const after = asUtc - offsetAt(asUtc + DAY_MS, zone);
  const shows = (at: number): boolean => {
    const wall = wallTime(at, zone);
    return wall.date === date && wall.time === time;
  };
  return shows(before) || !shows(after) ? before : after;
}

/** The date that many days later (or earlier, where negative), as a calendar counts. */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Milliseconds that the clock there is ahead of UTC at this moment. `zone` is of the IANA database. */
export function offsetAt(at: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  return shown - Math.floor(at / 1000) * 1000;
}
