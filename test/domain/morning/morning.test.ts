import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../src/domain/calendar/zone.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { judgeMorning } from '../../../src/domain/morning/judge.ts';
import { dueSlot, nextSlot } from '../../../src/domain/morning/plan.ts';
import { exceeded, exceededInLog } from '../../../src/domain/morning/threshold.ts';
import { sayMorning } from '../../../src/messages/morning.ts';
import { LISTED, WELL, difference, listed, morningLook } from '../../support/looks.ts';

const PLAN = { site: 'hq', timezone: 'Europe/Berlin', times: ['07:30', '12:00'], days: [1, 2, 3, 4, 5] };
const at = (date: string, time: string): number => instantOf(date, time, 'Europe/Berlin');

describe('the time of a morning', () => {
  it.each([
    ['before it', '2026-11-25', '07:29', undefined],
    ['at it', '2026-11-25', '07:30', '07:30'],
    ['hours later, because nothing ran', '2026-11-25', '11:59', '07:30'],
    ['after the next look of the day', '2026-11-25', '18:00', '12:00'],
    ['on a Saturday', '2026-11-28', '09:00', undefined],
  ])('%s', (_what, date, time, due) => {
    expect(dueSlot(PLAN, at(date, time))?.time).toBe(due);
  });

  it.each([
    ['2026-11-25', '07:30', '2026-11-25', '12:00'],
    ['2026-11-25', '12:00', '2026-11-26', '07:30'],
    ['2026-11-27', '13:00', '2026-11-30', '07:30'],
  ])('after %s %s is next at %s %s', (date, time, nextDate, nextTime) => {
    expect(nextSlot(PLAN, at(date, time))).toMatchObject({ date: nextDate, time: nextTime });
  });

  it('is once in the night in which it is skipped, and once in the night in which it comes twice', () => {
    const plan = { ...PLAN, times: ['02:30'], days: [0] };
    const slots = (from: string, to: string) => {
      const seen = new Set<string>();
      for (let now = Date.parse(from); now < Date.parse(to); now += 60_000) {
        const slot = dueSlot(plan, now);
        if (slot) seen.add(`${slot.date} ${slot.time} ${new Date(slot.at).toISOString()}`);
      }
      return [...seen];
    };
    expect(slots('2027-03-27T22:00:00Z', '2027-03-28T12:00:00Z')).toEqual([
      '2027-03-28 02:30 2027-03-28T01:30:00.000Z',
    ]);
    expect(slots('2027-10-30T21:00:00Z', '2027-10-31T12:00:00Z')).toEqual([
      '2027-10-31 02:30 2027-10-31T00:30:00.000Z',
    ]);
  });
});

describe('a morning', () => {
  const said = (look: Parameters<typeof judgeMorning>[0]) => {
    const morning = judgeMorning(look);
    return { morning, line: plain(sayMorning({ look, morning }).summary) };
  };

  it('is one line where all is well, with how much was seen', () => {
    const { morning, line } = said(morningLook(WELL));
    expect(morning).toMatchObject({ tone: 'good', news: [] });
    expect(line).toBe('hq: all well. 5 of 5 list answers, 3 messages waiting.');
  });

  it('does not call it well where something could not be looked at', () => {
    const { morning, line } = said(morningLook(WELL, { failed: ['queue of mx1: no answer'] }));
    expect(morning.tone).toBe('unknown');
    expect(line).toContain('not everything could be looked at');
    expect(morning.notSeen.map(plain)).toEqual(['queue of mx1: no answer']);
  });

  it('makes an alert of what could not be looked at twice in a row', () => {
    const look = morningLook(WELL, { failed: ['queue of mx1: no answer'], failedBefore: ['queue of mx1'] });
    expect(said(look).line).toContain('still not to be looked at, as the last time: queue of mx1');
  });

  it('opens an incident for a new listing that matters, and wakes somebody only where another look confirms it', () => {
    const look = morningLook(WELL, { listings: difference({ appeared: [listed('zen.test')] }) });
    expect(said(look).morning.incident).toMatchObject({ urgency: 'can-wait' });
    expect(said({ ...look, confirmed: ['zen.test'] }).morning.incident).toMatchObject({ urgency: 'wake' });
    expect(said(look).line).toContain('newly listed by zen.test (high, unconfirmed): 198.51.100.10');
    expect(said({ ...look, confirmed: ['zen.test'] }).line).toContain('newly listed by zen.test (high): 198.51.100.10');
  });

  it('wakes nobody for a verdict that rests on a listing nobody else sees', () => {
    const look = morningLook(LISTED, {
      verdictBefore: 'healthy',
      listings: difference({ appeared: [listed('zen.test')] }),
    });
    expect(said(look).morning.incident).toMatchObject({ cause: 'compromised-workstation', urgency: 'can-wait' });
    expect(said({ ...look, confirmed: ['zen.test'] }).morning.incident?.urgency).toBe('wake');
  });

  it.each([
    ['a policy list', listed('pbl.test', { nature: 'policy' })],
    ['a minor list', listed('small.test', { weight: 'low' })],
    ['an informational list', listed('info.test', { nature: 'informational' })],
  ])('only mentions a listing by %s', (_what, news) => {
    const { morning } = said(morningLook(WELL, { listings: difference({ appeared: [news] }) }));
    expect(morning).toMatchObject({ news: [], tone: 'good' });
    expect(morning.incident).toBeUndefined();
    expect(plain(morning.mentioned[0] ?? '')).toContain('no reason to wake anybody');
  });

  it('does not tell again what stands, nor what flaps', () => {
    const look = morningLook(LISTED, {
      listings: difference({ standing: [listed('zen.test')], flapping: [listed('nervous.test')] }),
    });
    const { morning, line } = said(look);
    expect(morning.news).toEqual([]);
    expect(morning.incident).toBeUndefined();
    expect(line).toContain('as it was, compromised-workstation');
    expect(morning.mentioned.map(plain)).toEqual(['nervous.test can’t make up its mind; it is told once']);
  });

  it('mentions what ends soon and what is in force', () => {
    const look = morningLook(
      { ...WELL, certificates: [{ name: 'mx1', daysLeft: 9.5 }] },
      { standing: [{ number: 7, kind: 'freeze-outbound' }] },
    );
    expect(said(look).morning.mentioned.map(plain)).toEqual([
      'the certificate of mx1 ends in 9 days',
      'measure 7 (freeze-outbound) is in force',
    ]);
  });
});

describe('what the morning mentions of lists', () => {
  it('a list that fails its own test points, once, also where it is a list of domains', () => {
    const rows = [
      { zone: 'a.test', state: 'unknown', why: 'dead-list' },
      { zone: 'b.test', state: 'unknown', why: 'timeout' },
    ] as const;
    const evidence = {
      ...WELL,
      listings: ['x', 'y'].map((subject) => ({ subject, state: 'clear' as const, lists: rows })),
    };
    const domains = [
      {
        subject: 'example.com',
        state: 'unknown' as const,
        lists: [{ zone: 'd.test', state: 'unknown' as const, why: 'answers-everything' as const }],
      },
    ];
    const { mentioned, news } = judgeMorning(morningLook(evidence, { domains }));
    expect(mentioned.map(plain)).toEqual([
      'a.test no longer works as a list (dead-list); where that lasts, switch it off under blocklists: off',
      'd.test no longer works as a list (answers-everything); where that lasts, switch it off under blocklists: off',
    ]);
    expect(news).toEqual([]);
  });

  it('lists that fail alike, together, with the first of their names', () => {
    const rows = (why: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({ zone: `${why}${index}.test`, state: 'unknown' as const, why }));
    const lists = [...rows('dead-list', 2), ...rows('timeout', 7), ...rows('refused', 1)];
    const evidence = { ...WELL, listings: [{ subject: 'x', state: 'unknown' as const, lists }] };
    const { mentioned, notSeen } = judgeMorning(morningLook(evidence));
    expect(mentioned.map(plain)).toEqual([
      'dead-list0.test, dead-list1.test no longer work as lists (dead-list); where that lasts, switch them off under blocklists: off',
    ]);
    expect(notSeen.map(plain)).toEqual([
      '7 lists (timeout): timeout0.test, timeout1.test, timeout2.test, timeout3.test, timeout4.test and 2 more',
      'a list (refused): refused0.test',
    ]);
  });

  it('a list of weight high that keeps silent, as an alert', () => {
    const { news, tone } = judgeMorning(morningLook(WELL, { silent: ['zen.test'] }));
    expect(news.map(plain)).toEqual(['still not to be asked, as the last time: zen.test']);
    expect(tone).toBe('warning');
  });
});

describe('a threshold', () => {
  const LIMITS = { queue: 500, growthPerHour: 300, nullSender: 100, loginPerHour: 200, bouncesPerMinute: 30 };
  const look = (messages: number, nulls = 0, minutesAgo = 0) => ({
    at: 100_000_000 - minutesAgo * 60_000,
    messages,
    nulls,
    oldestSeconds: 1,
    byQueue: {},
  });
  it.each([
    ['an ordinary queue', look(80), [], 0],
    ['a deep one', look(500), [], 1],
    ['one that grows', look(400), [look(90, 0, 50)], 1],
    ['one that grew longer ago', look(400), [look(90, 0, 70)], 0],
    ['bounces', look(150, 100), [], 1],
    ['bounces among much else', look(400, 100), [], 0],
    ['all at once', look(900, 800), [look(10, 0, 30)], 3],
  ])('%s', (_what, now, before, count) => {
    expect(exceeded('mx1', now, before, LIMITS)).toHaveLength(count);
  });
});

describe('what a log exceeds', () => {
  const limits = { queue: 500, growthPerHour: 300, nullSender: 100, loginPerHour: 200, bouncesPerMinute: 30 };
  const quiet = {
    logins: [],
    localSenders: [],
    insideClients: [],
    unknownRecipientsPerMinute: 0,
    bouncesPerMinute: 0,
    relayedForStrangers: 0,
  };
  const login = (messages: number, usualPerHour?: number) => ({
    ...quiet,
    logins: [{ account: 'finance', messages, ...(usualPerHour !== undefined && { usualPerHour }) }],
  });
  it.each([
    ['a quiet hour', quiet, 0],
    ['a login that sends much for once', login(200, 3), 1],
    ['one whose past is not known', login(200), 1],
    ['a newsletter that sends as much every week', login(2000, 1900), 0],
    ['less than the limit', login(199, 0), 0],
    ['a wave of bounces', { ...quiet, bouncesPerMinute: 30 }, 1],
  ])('%s', (_what, evidence, count) => {
    expect(exceededInLog('mx1', evidence, limits)).toHaveLength(count);
  });
});
