/** Any sequence of presses, crashes, lost replies and repeats: each effect at most once, and nothing left after undo all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryMeasureOut } from '../../../jobs/measures/engine.ts';
import { releaseMeasure } from '../../../jobs/measures/release.ts';
import { change, openMeasures, readMeasure, standingMeasures } from '../../../jobs/measures/ledger.ts';
import { propose } from '../../../jobs/measures/propose.ts';
import { reconcile } from '../../../jobs/measures/reconcile.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { Who } from '../../../src/domain/measures/record.ts';
import { makeMeasureStage } from '../../support/measure-world.ts';
import type { MeasureStage } from '../../support/measure-world.ts';
import type { Fate } from '../../support/fake-device.ts';

const ana: Who = { person: 'ana', shown: { foreign: 'ana' } };
const ORDERS: readonly MeasureOrder[] = [
  { kind: 'freeze-outbound', server: 'mx1' },
  { kind: 'block-port-25', firewall: 'gateway', who: 'everyone', submissionToo: false },
  { kind: 'quarantine-host', firewall: 'gateway', address: '10.77.0.11' },
];

type Happening =
  | { readonly kind: 'propose'; readonly order: number }
  | { readonly kind: 'carry-out' | 'release' | 'reconcile'; readonly measure: number; readonly fate: Fate }
  | { readonly kind: 'time'; readonly seconds: number };

const fate = fc.constantFrom<Fate>('ok', 'unreachable', 'reply-lost', 'dies-before', 'dies-after');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('propose' as const), order: fc.nat(ORDERS.length - 1) }),
  fc.record({
    kind: fc.constantFrom('carry-out' as const, 'release' as const, 'reconcile' as const),
    measure: fc.integer({ min: 1, max: 4 }),
    fate,
  }),
  fc.record({ kind: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 30 }) }),
);

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
  const work =
    each.kind === 'reconcile'
      ? reconcile(stage.world)
      : each.kind === 'release'
        ? releaseMeasure(stage.world, each.measure, ana, 'exact')
        : carryMeasureOut(stage.world, each.measure);
  await work.catch(() => {});
  stage.device.fate.length = 0;
}

describe('the engine of measures under faults', () => {
  it('does each effect at most once, and leaves nothing in force after undo all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const stage = makeMeasureStage();
        for (const each of happenings) await happen(stage, each);
        // The house comes to rest, and somebody takes everything back.
        for (let round = 0; round < 3; round += 1) {
          stage.now += 60_000;
          await reconcile(stage.world);
          for (const record of (await standingMeasures(stage.world)).toReversed())
            await releaseMeasure(stage.world, record.number, ana, 'exact');
        }
        const { effects } = stage.device;
        expect(effects, 'no effect twice').toEqual([...new Set(effects)]);
        expect([...stage.device.inForce], 'nothing in force').toEqual([]);
        expect(await openMeasures(stage.world), 'every measure has come to an end').toEqual([]);
        const intents = stage.audit.filter((entry) => entry.kind === 'intent').map((entry) => entry.about);
        for (const effect of effects)
          expect(intents, 'intent before effect').toContain(`measure/${effect.replace(/.* tq/, '')}`);
      }),
      { numRuns: 400 },
    );
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
});
