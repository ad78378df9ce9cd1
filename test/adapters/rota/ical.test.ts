import { describe, expect, it } from 'vitest';
import { readCalendar } from '../../../adapters/rota/ical.ts';

const BERLIN = `BEGIN:VTIMEZONE
TZID:Office
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE`;

function calendar(...parts: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...parts, 'END:VCALENDAR']
    .join('\n')
    .replaceAll('\n', '\r\n');
}

function event(...lines: readonly string[]): string {
  return ['BEGIN:VEVENT', 'UID:one', 'DTSTAMP:20261101T000000Z', ...lines, 'END:VEVENT'].join('\n');
}

const FROM = Date.UTC(2026, 9, 1);
const TO = Date.UTC(2026, 11, 1);
const read = (text: string): readonly string[] =>
  readCalendar(text, 'Europe/Berlin', FROM, TO).map(
    ({ from, to, title }) =>
      `${new Date(from).toISOString().slice(0, 16)} ${new Date(to).toISOString().slice(0, 16)} ${title}`,
  );

describe('a rota in a calendar', () => {
  it('repeats by the clock of its zone, over the night in which the clock is set', () => {
    const weekly = event(
      'SUMMARY:anna',
      'DTSTART;TZID=Office:20261017T090000',
      'DTEND;TZID=Office:20261018T090000',
      'RRULE:FREQ=WEEKLY;COUNT=3',
    );
    expect(read(calendar(BERLIN, weekly))).toEqual([
      '2026-10-17T07:00 2026-10-18T07:00 anna',
      '2026-10-24T07:00 2026-10-25T08:00 anna',
      '2026-10-31T08:00 2026-11-01T08:00 anna',
    ]);
  });

  it('keeps its exceptions: one left out, one moved and given to somebody else, one called off', () => {
    const series = event(
      'SUMMARY:anna',
      'DTSTART:20261102T080000Z',
      'DTEND:20261103T080000Z',
      'RRULE:FREQ=DAILY;COUNT=4',
      'EXDATE:20261103T080000Z',
    );
    const moved = event(
      'SUMMARY:ben',
      'RECURRENCE-ID:20261104T080000Z',
      'DTSTART:20261104T120000Z',
      'DTEND:20261105T080000Z',
    );
    const off = event(
      'SUMMARY:anna',
      'RECURRENCE-ID:20261105T080000Z',
      'DTSTART:20261105T080000Z',
      'DTEND:20261106T080000Z',
      'STATUS:CANCELLED',
    );
    expect(read(calendar(series, moved, off))).toEqual([
      '2026-11-02T08:00 2026-11-03T08:00 anna',
      '2026-11-04T12:00 2026-11-05T08:00 ben',
    ]);
  });

  it('reads whole days, and times without a zone, by the rota’s own clock; a zone that is only named, by its name', () => {
    const days = event('SUMMARY:anna', 'DTSTART;VALUE=DATE:20261107', 'DTEND;VALUE=DATE:20261109');
    const floating = event('SUMMARY:ben', 'DTSTART:20261110T090000', 'DURATION:PT24H');
    const named = event('SUMMARY:carl', 'DTSTART;TZID=America/New_York:20261112T090000', 'DURATION:PT1H');
    expect(read(calendar(days, floating, named))).toEqual([
      '2026-11-06T23:00 2026-11-08T23:00 anna',
      '2026-11-10T08:00 2026-11-11T08:00 ben',
      '2026-11-12T14:00 2026-11-12T15:00 carl',
    ]);
  });

  it('gives what lies in the span, though it began years ago and never ends', () => {
    const endless = event(
      'SUMMARY:anna',
      'DTSTART:20160104T080000Z',
      'DTEND:20160111T080000Z',
      'RRULE:FREQ=WEEKLY;INTERVAL=4',
    );
    expect(read(calendar(endless)).map((line) => line.slice(0, 10))).toEqual([
      '2026-09-28',
      '2026-10-26',
      '2026-11-23',
    ]);
  });

  it('names whom an event invites', () => {
    const invited = event(
      'SUMMARY:On call',
      'DTSTART:20261102T080000Z',
      'DTEND:20261103T080000Z',
      'ATTENDEE;CN=Anna Example:mailto:Anna@example.com',
    );
    expect(readCalendar(calendar(invited), 'UTC', FROM, TO)[0]?.ids).toEqual(['Anna@example.com', 'Anna Example']);
  });

  it.each(['', 'not a calendar', '<html></html>', 'BEGIN:VCARD\r\nEND:VCARD', '\u0000\u0000'])(
    'refuses %j with why',
    (text) => {
      expect(() => readCalendar(text, 'UTC', FROM, TO)).toThrow(/no calendar/);
    },
  );

  it('refuses what repeats without measure rather than give half of it', () => {
    const rapid = event('SUMMARY:x', 'DTSTART:19700101T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=MINUTELY');
    expect(() => read(calendar(rapid))).toThrow(/repeats more than/);
  });
});
