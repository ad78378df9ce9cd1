import { describe, expect, it } from 'vitest';
import { dateAfter, instantOf, wallTime } from '../../../src/domain/calendar/zone.ts';

const BERLIN = 'Europe/Berlin';
const utc = (text: string): number => Date.parse(text);

describe('wall time', () => {
  it.each([
    ['2026-11-25T07:05:30Z', BERLIN, { date: '2026-11-25', time: '08:05', weekday: 3, minutes: 485 }],
    ['2026-07-01T22:30:00Z', BERLIN, { date: '2026-07-02', time: '00:30', weekday: 4, minutes: 30 }],
    ['2026-07-01T00:15:00Z', 'America/New_York', { date: '2026-06-30', time: '20:15', weekday: 2, minutes: 1215 }],
    ['2026-07-01T00:15:00Z', 'Asia/Kathmandu', { date: '2026-07-01', time: '06:00', weekday: 3, minutes: 360 }],
  ])('at %s in %s is what the clock there shows', (at, zone, wall) => {
    expect(wallTime(utc(at), zone)).toEqual(wall);
  });

  it.each([
    ['an ordinary morning', '2026-11-25', '08:00', '2026-11-25T07:00:00Z'],
    ['the morning after the spring change', '2027-03-28', '08:00', '2027-03-28T06:00:00Z'],
    ['a time that the spring change skips', '2027-03-28', '02:30', '2027-03-28T01:30:00Z'],
    ['a time that comes twice in the autumn', '2027-10-31', '02:30', '2027-10-31T00:30:00Z'],
    ['the morning after the autumn change', '2027-10-31', '08:00', '2027-10-31T07:00:00Z'],
  ])('on %s is one instant', (_what, date, time, instant) => {
    expect(new Date(instantOf(date, time, BERLIN)).toISOString()).toBe(new Date(utc(instant)).toISOString());
  });

  it('counts days as a calendar does, over clock changes and years', () => {
    expect(dateAfter('2027-03-27', 1)).toBe('2027-03-28');
    expect(dateAfter('2026-12-31', 1)).toBe('2027-01-01');
    expect(dateAfter('2028-03-01', -1)).toBe('2028-02-29');
  });
});
