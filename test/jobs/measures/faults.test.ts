/**
 * Any sequence of presses, crashes, lost replies, a Redis that fails at any call, a wall clock that is set, and repeats:
 * each effect at most once, nothing left after undo all, and nothing held that would refuse the next one.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostUnknown } from '../../../src/ports/host.ts';
import { carryMeasureOut } from '../../../jobs/measures/engine.ts';
import { releaseMeasure } from '../../../jobs/measures/release.ts';
import { change, openMeasures, readMeasure, standingMeasures } from '../../../jobs/measures/ledger.ts';
import { lookAtMeasure, renewMeasure } from '../../../jobs/measures/look.ts';
import { propose } from '../../../jobs/measures/propose.ts';
import { reconcile, settle } from '../../../jobs/measures/reconcile.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { Who } from '../../../src/domain/measures/record.ts';
import { makeMeasureStage } from '../../support/measure-world.ts';
import type { MeasureStage, MeasureWorld } from '../../support/measure-world.ts';
import type { Fate } from '../../support/fake-device.ts';

const ana: Who = { person: 'ana', shown: { foreign: 'ana' } };
const ORDERS: readonly MeasureOrder[] = [
  { kind: 'freeze-outbound', server: 'mx1' },
  { kind: 'block-port-25', firewall: 'gateway', who: 'everyone', submissionToo: false },
  { kind: 'quarantine-host', firewall: 'gateway', address: '10.77.0.11' },
];

type Happening =
  | { readonly kind: 'propose'; readonly order: number }
  | {
      readonly kind: 'carry-out' | 'release' | 'reconcile';
      readonly measure: number;
      readonly fate: Fate;
      readonly redis?: RedisFate | undefined;
    }
  | { readonly kind: 'time'; readonly seconds: number };

/** The call (counted from 0) at which Redis fails, and whether it did what it was told. */
interface RedisFate {
  readonly at: number;
  readonly how: 'refuses' | 'answer-lost';
}

const redis = fc.option(
  fc.record({ at: fc.nat(9), how: fc.constantFrom<RedisFate['how']>('refuses', 'answer-lost') }),
  { nil: undefined, freq: 2 },
);
const fate = fc.constantFrom<Fate>('ok', 'unreachable', 'reply-lost', 'dies-before', 'dies-after');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('propose' as const), order: fc.nat(ORDERS.length - 1) }),
  fc.record({
    kind: fc.constantFrom('carry-out' as const, 'release' as const, 'reconcile' as const),
    measure: fc.integer({ min: 1, max: 4 }),
    fate,
    redis,
  }),
  fc.record({ kind: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 30 }) }),
  // The wall clock is set, forward or back.
  fc.record({ kind: fc.constant('time' as const), seconds: fc.constantFrom(-3600, -300, -20, 300, 3600) }),
);

/** The world with a Redis that fails at one call. */
function withRedis(world: MeasureWorld, fails: RedisFate | undefined): MeasureWorld {
  if (!fails) return world;
  let calls = 0;
  const failing = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const call: unknown = Reflect.get(target, name);
        if (typeof call !== 'function') return call;
        return async (...args: unknown[]): Promise<unknown> => {
          const isIt = calls === fails.at;
          calls += 1;
          if (isIt && fails.how === 'refuses') throw new Error('Redis is away');
          const answer: unknown = await Reflect.apply(call, target, args);
          if (isIt) throw new Error('Redis is away');
          return answer;
        };
      },
    });
  return { ...world, ledger: failing(world.ledger), holds: failing(world.holds), fences: failing(world.fences) };
}

async function happen(stage: MeasureStage, each: Happening): Promise<void> {
  if (each.kind === 'time') {
    stage.now += each.seconds * 1000;
    return;
  }
  if (each.kind === 'propose') {
    const order = ORDERS[each.order];
    if (!order) return;
    const proposed = await propose(stage.world, order, ana);
    if (proposed.kind === 'proposed')
      await change(stage.world, proposed.record.number, () => [
        { kind: 'approved', at: stage.now, by: { person: 'ben', shown: { foreign: 'ben' } } },
      ]);
    return;
  }
  stage.device.fate.splice(0, stage.device.fate.length, each.fate);
  // A death ends the hand; whatever it threw, nobody was there to hear it.
  const world = withRedis(stage.world, each.redis);
  const work =
    each.kind === 'reconcile'
      ? reconcile(world)
      : each.kind === 'release'
        ? releaseMeasure(world, each.measure, ana, 'exact')
        : carryMeasureOut(world, each.measure);
  await work.catch(() => {});
  stage.device.fate.length = 0;
}

/** The house comes to rest, and somebody takes everything back. */
async function rest(stage: MeasureStage): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    stage.now += 60_000;
    await reconcile(stage.world);
    for (const record of (await standingMeasures(stage.world)).toReversed())
      await releaseMeasure(stage.world, record.number, ana, 'exact');
  }
}

describe('the engine of measures under faults', () => {
  it('does each effect at most once, and leaves nothing in force after undo all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const stage = makeMeasureStage();
        for (const each of happenings) await happen(stage, each);
        await rest(stage);
        const { effects } = stage.device;
        expect(effects, 'no effect twice').toEqual([...new Set(effects)]);
        expect([...stage.device.inForce], 'nothing in force').toEqual([]);
        expect(await openMeasures(stage.world), 'every measure has come to an end').toEqual([]);
        const intents = stage.audit.filter((entry) => entry.kind === 'intent').map((entry) => entry.about);
        for (const effect of effects)
          expect(intents, 'intent before effect').toContain(`measure/${effect.replace(/.* tq/, '')}`);
        for (const [order] of ORDERS.entries()) await happen(stage, { kind: 'propose', order });
        const again = await openMeasures(stage.world);
        for (const { number } of again)
          expect((await carryMeasureOut(stage.world, number)).state, 'it can be done again').toBe('in-force');
        expect(again).toHaveLength(ORDERS.length);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([-3600, -60, 3600])(
    'is continued at the house’s next look though the wall clock was set by %i s just after it began',
    async (seconds) => {
      const stage = makeMeasureStage();
      await happen(stage, { kind: 'propose', order: 0 });
      await happen(stage, { kind: 'carry-out', measure: 1, fate: 'dies-before' });
      stage.now += seconds * 1000 + 15_000;
      await settle(stage.world);
      expect((await readMeasure(stage.world, 1))?.record.state).toBe('in-force');
      await happen(stage, { kind: 'release', measure: 1, fate: 'dies-before' });
      stage.now += seconds * 1000 + 15_000;
      await settle(stage.world);
      expect((await readMeasure(stage.world, 1))?.record.state).toBe('released');
    },
  );

  it('is looked at again within the minute while it is not known, and only then', async () => {
    const stage = makeMeasureStage();
    await happen(stage, { kind: 'propose', order: 0 });
    await happen(stage, { kind: 'carry-out', measure: 1, fate: 'ok' });
    stage.device.hand = 'changed';
    await settle(stage.world);
    expect((await readMeasure(stage.world, 1))?.record.lastSeen?.seen, 'known: left to the minute').toBe('in-force');
    stage.device.hand = 'none';
    await change(stage.world, 1, () => [{ kind: 'observed', at: stage.now, seen: 'unknown', notes: [] }]);
    await settle(stage.world);
    expect((await readMeasure(stage.world, 1))?.record.lastSeen?.seen).toBe('in-force');
  });

  it('does not end a lease that somebody begins anew while it is found to be over', async () => {
    const stage = makeMeasureStage();
    const leased: MeasureOrder = {
      kind: 'block-port-25',
      firewall: 'gateway',
      who: 'everyone',
      submissionToo: false,
      leaseMinutes: 5,
    };
    const proposed = await propose(stage.world, leased, ana);
    if (proposed.kind === 'refused') throw new Error(proposed.why);
    const { number } = proposed.record;
    await change(stage.world, number, () => [{ kind: 'approved', at: stage.now, by: ana }]);
    await carryMeasureOut(stage.world, number);
    stage.now += 300_000;
    const find = stage.world.measureDrivers.find.bind(stage.world.measureDrivers);
    let hasRaced = false;
    const racing = {
      ...stage.world,
      measureDrivers: {
        find: (order: MeasureOrder) => {
          const driver = find(order);
          if ('refused' in driver) return driver;
          const observe: typeof driver.observe = async (task) => {
            if (hasRaced) return driver.observe(task);
            hasRaced = true;
            await renewMeasure(stage.world, number, ana);
            return { kind: 'absent', notes: [] };
          };
          return { ...driver, observe };
        },
      },
    };
    await lookAtMeasure(racing, number);
    expect(hasRaced).toBe(true);
    expect((await readMeasure(stage.world, number))?.record).toMatchObject({
      state: 'in-force',
      until: stage.now + 300_000,
    });
    expect(stage.device.effects).not.toContain(`release tq${number}`);
  });

  it('is never believed in force while that is not known', async () => {
    const stage = makeMeasureStage();
    await happen(stage, { kind: 'propose', order: 0 });
    await happen(stage, { kind: 'carry-out', measure: 1, fate: 'reply-lost' });
    const entry = await readMeasure(stage.world, 1);
    expect(entry?.record).toMatchObject({ state: 'engaging', lastSeen: { seen: 'unknown' } });
  });

  it('lets a hand that was paused do nothing once another has continued', async () => {
    const stage = makeMeasureStage();
    await happen(stage, { kind: 'propose', order: 0 });
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    const find = stage.world.measureDrivers.find.bind(stage.world.measureDrivers);
    const slow = {
      ...stage.world,
      measureDrivers: {
        find: (order: MeasureOrder) => {
          const driver = find(order);
          if ('refused' in driver) return driver;
          return {
            ...driver,
            engage: async (...args: Parameters<typeof driver.engage>) => {
              await asleep;
              await driver.engage(...args);
            },
          };
        },
      },
    };
    const paused = carryMeasureOut(slow, 1);
    await Promise.resolve();
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    stage.now += 10_000;
    await carryMeasureOut(stage.world, 1);
    await releaseMeasure(stage.world, 1, ana, 'exact');
    wake();
    await paused;
    expect(stage.device.effects).toEqual(['engage tq1', 'release tq1']);
    expect([...stage.device.inForce]).toEqual([]);
  });

  it('is not called failed by a hand that could not look, while another has carried it out meanwhile', async () => {
    const stage = makeMeasureStage();
    await happen(stage, { kind: 'propose', order: 0 });
    const find = stage.world.measureDrivers.find.bind(stage.world.measureDrivers);
    const blind = {
      ...stage.world,
      measureDrivers: {
        find: (order: MeasureOrder) => {
          const driver = find(order);
          if ('refused' in driver) return driver;
          const plan = async (): Promise<never> => {
            await carryMeasureOut(stage.world, 1);
            throw new HostUnknown('mx1 did not answer.');
          };
          return { ...driver, plan };
        },
      },
    };
    expect((await carryMeasureOut(blind, 1)).state).toBe('in-force');
    expect([...stage.device.inForce]).toEqual(['tq1']);
    expect(await stage.world.holds.take('mx1/way-out', 99), 'its hold is not given away').toBe(1);
  });
});
