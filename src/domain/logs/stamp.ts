/**
 * The time at the start of a log line.
 *
 * Read are `Nov 24 04:13:05` (RFC 3164, the host's local time, no year), ISO 8601 with its own offset (rsyslog, journal),
 * and `2026-11-24 04:13:05` with or without an offset (Exim). A time without a zone is the host's.
 */
export interface HostClock {
  /** The host's own time when the log was read, seconds since 1970 UTC. */
  readonly now: number;
  /** East of UTC, minutes. */
  readonly offsetMinutes: number;
}

export interface Stamped {
  /** Seconds since 1970 UTC. */
  readonly at: number;
  readonly rest: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SYSLOG = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) /;
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d{1,9})?(?:Z| ?([+-])(\d\d):?(\d\d))?,? ?/;
/** A line from the future by more than this, without a year, is last year's. Seconds. */
const AHEAD = 86_400;

/** The time and what follows it, or undefined where the line does not begin with a time. */
export function readStamp(line: string, clock: HostClock): Stamped | undefined {
  const iso = ISO.exec(line);
  if (iso) {
    const [whole, year, month, day, hour, minute, second, sign, zoneHours, zoneMinutes] = iso;
    const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    const own =
      sign === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
    const offset = own ?? (whole.includes('Z') ? 0 : clock.offsetMinutes);
    return { at: utc / 1000 - offset * 60, rest: line.slice(whole.length) };
  }
  const old = SYSLOG.exec(line);
  if (!old) return undefined;
  const [whole, name = '', day, hour, minute, second] = old;
  const month = MONTHS.indexOf(name);
  if (month < 0) return undefined;
  const local = new Date((clock.now + clock.offsetMinutes * 60) * 1000);
  const inYear = (year: number): number =>
    Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second)) / 1000 - clock.offsetMinutes * 60;
  const thisYear = inYear(local.getUTCFullYear());
  return {
    at: thisYear > clock.now + AHEAD ? inYear(local.getUTCFullYear() - 1) : thisYear,
    rest: line.slice(whole.length),
  };
}
