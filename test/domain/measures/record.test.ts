import { describe, expect, it } from 'vitest';
import { holdOf, quorumOf, targetOf } from '../../../src/domain/measures/order.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { foldMeasure, isOpen, isStanding, taskOf } from '../../../src/domain/measures/record.ts';
import type { MeasureEvent, Who } from '../../../src/domain/measures/record.ts';

const ana: Who = { person: 'ana', shown: { foreign: 'Ana' } };
const ben: Who = { person: 'ben', shown: { foreign: 'Ben' } };
const order: MeasureOrder = { kind: 'freeze-outbound', server: 'mx1' };
const plan = { order, commands: ['postfix reload'], undo: ['postfix reload'], blastRadius: [], prior: { main: 'x' } };
const proposed = (quorum = 1): MeasureEvent => ({
  kind: 'proposed',
  at: 1,
  by: ana,
  order,
  plan,
  hash: 'h',
  nonce: 'n',
  quorum,
  expiresAt: 100,
});
const fold = (...events: readonly MeasureEvent[]) => foldMeasure(7, events);

describe('what became of a measure', () => {
  it('is nothing where it was never proposed', () => {
    expect(fold({ kind: 'approved', at: 1, by: ben })).toBeUndefined();
  });

  it('is approved once as many agreed as are needed', () => {
    expect(fold(proposed(2), { kind: 'approved', at: 2, by: ben })?.state).toBe('proposed');
    const both = fold(proposed(2), { kind: 'approved', at: 2, by: ben }, { kind: 'approved', at: 3, by: ana });
    expect(both).toMatchObject({ state: 'approved', decidedAt: 3 });
  });

  it('stands from the moment that something was begun until it was taken back', () => {
    const begun = [proposed(), { kind: 'approved', at: 2, by: ben }] as const;
    const states = [
      [],
      [{ kind: 'engaging', at: 3, fence: 1 }],
      [{ kind: 'engaged', at: 4 }],
      [{ kind: 'releasing', at: 5, by: ben, way: 'exact', fence: 2 }],
      [{ kind: 'released', at: 6, notes: [] }],
    ] as const;
    const seen = states.map((_each, index) => fold(...begun, ...states.slice(0, index + 1).flat()));
    expect(seen.map((record) => record && isStanding(record))).toEqual([false, true, true, true, false]);
    expect(seen.map((record) => record && isOpen(record))).toEqual([true, true, true, true, false]);
  });

  it('is in force again where its release was refused, and says why', () => {
    const record = fold(
      proposed(),
      { kind: 'engaged', at: 4 },
      { kind: 'releasing', at: 5, by: ben, way: 'exact', fence: 2 },
      { kind: 'release-refused', at: 6, differences: [['- relayhost']] },
    );
    expect(record).toMatchObject({ state: 'in-force', refused: [['- relayhost']], lastSeen: { seen: 'changed' } });
  });

  it('gives its driver what was recorded, under its own tag', () => {
    const record = fold(proposed());
    expect(record && taskOf(record)).toEqual({ tag: 'tq7', order, prior: { main: 'x' } });
  });
});

describe('an order', () => {
  it('holds the way out for freezing and rerouting alike, and each host apart', () => {
    expect(holdOf({ kind: 'reroute', server: 'mx1' })).toBe(holdOf(order));
    expect(holdOf({ kind: 'quarantine-host', firewall: 'gw', address: '10.0.0.1' })).not.toBe(
      holdOf({ kind: 'quarantine-host', firewall: 'gw', address: '10.0.0.2' }),
    );
  });

  it('needs two people for the plug, and one for the others', () => {
    const unplug: MeasureOrder = { kind: 'unplug', firewall: 'gw', leaseMinutes: 30 };
    expect([quorumOf(unplug), quorumOf(order)]).toEqual([2, 1]);
    expect([targetOf(unplug), targetOf(order)]).toEqual(['gw', 'mx1']);
  });
});
