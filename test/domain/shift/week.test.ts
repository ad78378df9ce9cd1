import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/blocklists/history.ts';
import { handovers, nextHandover } from '../../../src/domain/escalation/rota.ts';
import type { Rota } from '../../../src/domain/escalation/rota.ts';
import { say } from '../../../src/domain/foreign.ts';
import { foldIncident } from '../../../src/domain/incidents/incident.ts';
import type { Incident } from '../../../src/domain/incidents/incident.ts';
import { summarize } from '../../../src/domain/shift/week.ts';
import type { Records } from '../../../src/domain/shift/week.ts';

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 10, 16);
const SPAN = { from: FROM, to: FROM + 7 * DAY };
const NOTHING: Records = { incidents: [], measures: [], histories: [] };

function incident(number: number, at: number, more: { drill?: true; closedAt?: number } = {}): Incident {
  const by = { person: 'ana', shown: { foreign: 'ana' } };
  const folded = foldIncident(number, [
    { kind: 'opened', at, by, site: 'hq', title: { foreign: 'x' }, ...(more.drill && { drill: true as const }) },
    ...(more.closedAt === undefined ? [] : [{ kind: 'closed' as const, at: more.closedAt, by }]),
  ]);
  if (!folded) throw new Error('not an incident');
  return folded;
}

describe('a week', () => {
  it('has its own incidents, and those that are open from before; drills are left out', () => {
    const week = summarize(
      {
        ...NOTHING,
        incidents: [
          incident(1, FROM - DAY),
          incident(2, FROM - DAY, { closedAt: FROM + DAY }),
          incident(3, FROM + DAY),
          incident(4, FROM + DAY, { drill: true }),
          incident(5, FROM + 8 * DAY),
        ],
      },
      SPAN,
    );
    expect(week.incidents.map((each) => each.number)).toEqual([3]);
    expect(week.stillOpen).toEqual([1]);
  });

  it.each<[string, readonly Change[], string | undefined]>([
    ['new', [listed(1)], 'appeared'],
    ['gone', [listed(-3), clear(2)], 'gone'],
    ['there before and after', [listed(-3)], undefined],
    ['other codes meanwhile', [listed(-3), { ...listed(2), codes: ['127.0.0.4'] }], undefined],
    ['come and gone', [clear(-3), listed(1), clear(2)], 'came-and-went'],
    ['gone and back', [listed(-3), clear(1), listed(2)], undefined],
    ['of the week after', [listed(9)], undefined],
  ])('tells a listing that is %s', (_what, changes, kind) => {
    const week = summarize({ ...NOTHING, histories: [{ subject: '203.0.113.7', list: 'one', changes }] }, SPAN);
    expect(week.listings.map((each) => each.kind)).toEqual(kind === undefined ? [] : [kind]);
  });

  it('names what drifted once, however often it was seen', () => {
    const order = { kind: 'freeze-outbound', server: 'mx1' } as const;
    const seen = (day: number, what: 'changed' | 'in-force') =>
      ({ kind: 'observed', at: FROM + day * DAY, seen: what, notes: [say`by hand`] }) as const;
    const record = { number: 4, drill: false, order } as Records['measures'][number]['record'];
    const events = [
      seen(1, 'in-force'),
      seen(2, 'changed'),
      seen(3, 'changed'),
      seen(4, 'in-force'),
      seen(5, 'changed'),
    ];
    const week = summarize({ ...NOTHING, measures: [{ record, events }] }, SPAN);
    expect(week.drifted.map((each) => (each.at - FROM) / DAY)).toEqual([2, 5]);
  });
});

function listed(day: number): Change {
  return { at: FROM + day * DAY, state: 'listed', codes: ['127.0.0.2'] };
}

function clear(day: number): Change {
  return { at: FROM + day * DAY, state: 'clear', codes: [] };
}

describe('the handovers of a rota', () => {
  const rota: Rota = {
    name: 'mail',
    timezone: 'Europe/Berlin',
    people: ['anna', 'ben'],
    start: '2026-03-02',
    handover: '02:30',
    days: 7,
    overrides: [],
  };

  it('are where the clock there shows it, also over the night that has no half past two', () => {
    const found = handovers({ ...rota, start: '2027-03-28' }, Date.UTC(2027, 2, 27), Date.UTC(2027, 2, 29));
    expect(found.map((each) => new Date(each.at).toISOString())).toEqual(['2027-03-28T01:30:00.000Z']);
  });

  it('are one in the night in which half past two comes twice', () => {
    const found = handovers({ ...rota, start: '2027-10-31' }, Date.UTC(2027, 9, 30), Date.UTC(2027, 10, 1));
    expect(found.map((each) => new Date(each.at).toISOString())).toEqual(['2027-10-31T00:30:00.000Z']);
  });

  it('are none for one person alone, and the next is found ten weeks ahead', () => {
    expect(nextHandover({ ...rota, people: ['anna'] }, Date.UTC(2026, 5, 1))).toBeUndefined();
    expect(nextHandover({ ...rota, days: 60 }, Date.UTC(2026, 2, 3))?.to).toBe('ben');
  });

  it('begin and end an exception, and leave out one that changes nothing', () => {
    const from = Date.UTC(2026, 2, 4);
    const one = handovers(
      { ...rota, overrides: [{ from, to: from + DAY, person: 'carl' }] },
      from - DAY,
      from + 2 * DAY,
    );
    expect(one.map(({ from: before, to }) => `${before} ${to}`)).toEqual(['anna carl', 'carl anna']);
    const same = { ...rota, overrides: [{ from, to: from + DAY, person: 'anna' }] };
    expect(handovers(same, from - DAY, from + 2 * DAY)).toEqual([]);
  });
});
