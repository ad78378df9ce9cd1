/**
 * A rota in an iCalendar file (RFC 5545): recurrences with their exceptions, time zones of the file, whole days.
 *
 * A time with a zone that the file does not define is read in the IANA zone of that name; one without any zone, and a
 * whole day, in the rota's own.
 */
import ICAL from 'ical.js';
import { instantOf } from '../../src/domain/calendar/zone.ts';
import type { Shift } from '../../src/domain/escalation/shifts.ts';

/** Repetitions of one event that are looked through. */
const MOST_REPETITIONS = 20_000;

/** Throws an Error with why where the text is no calendar. `timezone`: the rota's own (IANA). */
export function readCalendar(text: string, timezone: string, from: number, to: number): readonly Shift[] {
  const calendar = parse(text);
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents('vevent');
  const exceptions = events.filter((event) => event.hasProperty('recurrence-id'));
  return events
    .filter((event) => !event.hasProperty('recurrence-id'))
    .flatMap((event) => {
      const uid = event.getFirstPropertyValue('uid');
      const own = exceptions.filter((each) => each.getFirstPropertyValue('uid') === uid);
      return shiftsOf(new ICAL.Event(event, { exceptions: own }), timezone, from, to);
    })
    .toSorted((a, b) => a.from - b.from);
}

function parse(text: string): ICAL.Component {
  try {
    const parsed: unknown = ICAL.parse(text);
    if (!Array.isArray(parsed) || parsed[0] !== 'vcalendar') throw new Error('it has no VCALENDAR');
    return new ICAL.Component(parsed);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`this is no calendar (${why.slice(0, 120)})`, { cause });
  }
}

function shiftsOf(event: ICAL.Event, timezone: string, from: number, to: number): readonly Shift[] {
  const instant = (time: ICAL.Time, item: ICAL.Event): number => instantIn(time, zoneOf(item) ?? timezone);
  if (!event.isRecurring()) {
    const shift = shiftOf(event, instant(event.startDate, event), instant(event.endDate, event));
    return shift && shift.from < to && shift.to > from ? [shift] : [];
  }
  const found: Shift[] = [];
  const repeated = event.iterator();
  for (let count = 0; count < MOST_REPETITIONS; count += 1) {
    const next = repeated.next();
    if (!next) return found;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    const shift = shiftOf(item, instant(startDate, item), instant(endDate, item));
    if (instant(next, event) >= to) return found;
    if (shift && shift.from < to && shift.to > from) found.push(shift);
  }
  throw new Error(`${event.summary} repeats more than ${MOST_REPETITIONS} times; end it and begin it anew`);
}

/** Undefined for what was called off or has no length. */
function shiftOf(item: ICAL.Event, from: number, to: number): Shift | undefined {
  const status = item.component.getFirstPropertyValue('status');
  if (status === 'CANCELLED' || !(to > from)) return undefined;
  const ids = item.attendees.flatMap((attendee) => {
    const value = attendee.getFirstValue();
    const name = attendee.getFirstParameter('cn');
    return [...(typeof value === 'string' ? [value.replace(/^mailto:/i, '')] : []), ...(name === '' ? [] : [name])];
  });
  const title = item.component.getFirstPropertyValue('summary');
  return { from, to, title: typeof title === 'string' ? title : '', ids };
}

function zoneOf(item: ICAL.Event): string | undefined {
  const zone = item.component.getFirstProperty('dtstart')?.getFirstParameter('tzid');
  return zone !== undefined && zone !== '' && isZone(zone) ? zone : undefined;
}

function instantIn(time: ICAL.Time, timezone: string): number {
  const isFloating = time.isDate || time.zone === ICAL.Timezone.localTimezone;
  if (!isFloating) return time.toUnixTime() * 1000;
  const pad = (number: number): string => String(number).padStart(2, '0');
  const date = `${String(time.year).padStart(4, '0')}-${pad(time.month)}-${pad(time.day)}`;
  return instantOf(date, time.isDate ? '00:00' : `${pad(time.hour)}:${pad(time.minute)}`, timezone);
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
