/**
 * Times as firewalls write them: with an offset, in the device's own zone, or without even a year.
 *
 * Rule: a time without a year is the last one that isn't more than a day in the future; clocks of devices run wrong.
 */
import { offsetAt } from '../../calendar/zone.ts';

export interface LogTime {
  readonly year?: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Minutes east of UTC; undefined: the device's own zone. */
  readonly offset?: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_MS = 86_400_000;

/** The time that a line begins with: RFC 5424, RFC 3164 (with or without a year), or a plain date and time. */
export function timeAtHead(line: string): LogTime | undefined {
  // EMBLEM of Cisco has a colon before it.
  const head = line.replace(/^<\d{1,3}>(?:\d+ )?/, '').replace(/^:\s*/, '');
  const plain = /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?/.exec(head);
  if (plain) {
    const [, year, month, day, hour, minute, second, zone] = plain;
    return timeOf([year, month, day, hour, minute, second], offsetOf(zone));
  }
  const named = /^([A-Za-z]{3})[ /]+(\d{1,2})[ /]+(?:(\d{4}) +)?(\d\d):(\d\d):(\d\d)(?:\.\d+)?( UTC\b| GMT\b)?/.exec(
    head,
  );
  const month = MONTHS.indexOf(named?.[1]?.toLowerCase() ?? '') + 1;
  if (!named || month === 0) return undefined;
  return timeOf(
    [named[3], String(month), named[2], named[4], named[5], named[6]],
    named[7] === undefined ? undefined : 0,
  );
}

/** Parts in the order year, month, day, hour, minute, second. Undefined where one is out of its range. */
export function timeOf(parts: readonly (string | undefined)[], offset: number | undefined): LogTime | undefined {
  const [year, month = 0, day = 0, hour = -1, minute = -1, second = -1] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return undefined;
  if (second < 0 || second > 60) return undefined;
  return {
    ...(year !== undefined && { year }),
    month,
    day,
    hour,
    minute,
    second,
    ...(offset !== undefined && { offset }),
  };
}

/** `+02:00`, `+0200` or `Z` in minutes east of UTC. */
export function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'Z') return 0;
  const found = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  return found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : undefined;
}

/** Milliseconds since 1970 UTC. `zone` is the device's own, of the IANA database; `now` decides a missing year. */
export function momentOf(time: LogTime, zone: string, now: number): number {
  const at = (year: number): number => {
    const utc = Date.UTC(year, time.month - 1, time.day, time.hour, time.minute, time.second);
    return utc - (time.offset ?? offsetOfZone(utc, zone)) * 60_000;
  };
  if (time.year !== undefined) return at(time.year);
  const year = new Date(now).getUTCFullYear();
  const isToCome = (candidate: number): boolean =>
    Date.UTC(candidate, time.month - 1, time.day, time.hour) > now + 2 * DAY_MS || at(candidate) > now + DAY_MS;
  return at([year + 1, year].find((each) => !isToCome(each)) ?? year - 1);
}

/** The last one that was found: the lines of a log follow one another, and no clock is set within a quarter of an hour. */
let found: { readonly zone: string; readonly quarter: number; readonly offset: number } | undefined;

/** Minutes east of UTC that the zone's clocks show at this local time (given as if it were UTC). */
function offsetOfZone(local: number, zone: string): number {
  const quarter = Math.floor(local / 900_000);
  if (found?.zone === zone && found.quarter === quarter) return found.offset;
  const offset = offsetAt(local - offsetAt(local, zone), zone) / 60_000;
  found = { zone, quarter, offset };
  return offset;
}
