import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../../../src/domain/drill/invariants.ts';
import type { DrillHistory } from '../../../src/domain/drill/invariants.ts';
import type { MeasureRecord, MeasureState } from '../../../src/domain/measures/record.ts';

const measure = (state: MeasureState, leaseMinutes?: number): MeasureRecord => ({
  number: 1,
  state,
  order:
    leaseMinutes === undefined
      ? { kind: 'freeze-outbound', server: 'mx1' }
      : { kind: 'unplug', firewall: 'gw', leaseMinutes },
  plan: { order: { kind: 'freeze-outbound', server: 'mx1' }, commands: [], undo: [], blastRadius: [], prior: {} },
  hash: '',
  nonce: '',
  quorum: 1,
  expiresAt: 0,
  proposedBy: { person: 'a', shown: { foreign: 'a' } },
  proposedAt: 0,
  approvedBy: [],
  told: [],
  drill: true,
});
type Act = DrillHistory['acts'][number];
const act = (at: number, before: boolean, after: boolean, by: Act['by'] = 'command'): Act => ({
  at,
  device: 'mx1',
  file: 'way-out',
  fence: by === 'command' ? at : undefined,
  before: before ? 'frozen  # tq1\n' : 'direct\n',
  after: after ? 'frozen  # tq1\n' : 'direct\n',
  by,
});
const good: DrillHistory = {
  acts: [act(100, false, true), act(200, true, false)],
  measures: [measure('released')],
  ledger: [],
  audit: [
    { at: 90, kind: 'intent', about: 'measure/1', fence: 100 },
    { at: 190, kind: 'intent', about: 'measure/1', fence: 200 },
  ],
  isAuditWhole: true,
  unanswered: [],
  away: [],
  told: [
    { at: 150, number: 1, as: 'in-force' },
    { at: 250, number: 1, as: 'taken-back' },
  ],
  end: 1000,
};
const numbers = (history: Partial<DrillHistory>): readonly string[] =>
  brokenInvariants({ ...good, ...history }).map((line) => line.slice(0, 2));
const event = (at: number, kind: 'engaging' | 'engaged'): DrillHistory['ledger'][number] => ({
  at,
  number: 1,
  event: kind === 'engaging' ? { kind, at, fence: 1 } : { kind, at },
});

describe('the invariants of a drill', () => {
  it('hold for a measure that was laid, told, taken back and told', () => {
    expect(numbers({})).toEqual([]);
  });

  it('are broken, each by its number, by what they forbid', () => {
    expect(numbers({ measures: [measure('engaging')] })).toEqual(['1:']);
    const left = [act(100, false, true)];
    expect(numbers({ acts: left, measures: [measure('failed')], told: [] })).toEqual(['1:']);
    expect(numbers({ acts: left, measures: [measure('in-force')], told: [] })).toEqual([]);
    expect(numbers({ unanswered: ['do hunt'] })).toEqual(['1:']);
    const twice = [act(100, false, true), act(150, true, false), act(160, false, true), act(200, true, false)];
    const audit = twice.map(({ at }) => ({ at, kind: 'intent', about: 'measure/1', fence: at }));
    expect(numbers({ acts: twice, audit, told: [] })).toEqual(['2:', '2:']);
    expect(numbers({ ledger: [event(100, 'engaging')], end: 200_000 })).toEqual(['3:']);
    expect(numbers({ audit: [], told: [] })).toEqual(['5:', '5:']);
    expect(numbers({ audit: good.audit.map((entry) => ({ ...entry, at: entry.at + 50 })), told: [] })).toEqual([
      '5:',
      '5:',
    ]);
    expect(numbers({ isAuditWhole: false })).toEqual(['5:']);
    expect(numbers({ told: [{ at: 50, number: 1, as: 'in-force' }] })).toEqual(['6:']);
    expect(numbers({ told: [{ at: 150, number: 1, as: 'taken-back' }] })).toEqual(['6:']);
  });

  it('do not count the time in which nothing could be reached', () => {
    const ledger = [event(0, 'engaging'), event(200_000, 'engaged')];
    expect(numbers({ ledger, end: 300_000 })).toEqual(['3:']);
    expect(numbers({ ledger, end: 300_000, away: [{ from: 10_000, to: 180_000 }] })).toEqual([]);
    const twice = { from: 10_000, to: 100_000 };
    expect(numbers({ ledger, end: 300_000, away: [twice, twice] }), 'what overlaps counts once').toEqual(['3:']);
  });

  it('want a lease to end by the device’s own timer, in time', () => {
    const ends = (at: number): readonly string[] =>
      numbers({
        acts: [act(0, false, true), act(at, true, false, 'timer')],
        measures: [measure('lapsed', 1)],
        audit: [{ at: 0, kind: 'intent', about: 'measure/1', fence: 0 }],
        told: [],
      });
    expect(ends(62_000)).toEqual([]);
    expect(ends(70_000)).toEqual(['4:']);
  });

  it('let another’s hand take away what was told to be in force', () => {
    const acts = [act(100, false, true), act(140, true, false, 'hand')];
    expect(numbers({ acts, told: [{ at: 150, number: 1, as: 'in-force' }] })).toEqual([]);
  });
});
