/**
 * What every driver of measures must do, by the guarantees of src/ports/measures.ts, on the real thing.
 *
 * A death is simulated by a host that dies before the first effect, or after any of them with its answer lost: each such
 * boundary of engage and of release is tried, found by counting. An effect is a run that carries a fence, unless the rig
 * says otherwise.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../src/domain/measures/plan.ts';
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import type { Host, HowToRun } from '../../src/ports/host.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';

export interface MeasureRig {
  /** The host as it is; the suite lays deaths over it. */
  readonly host: Host;
  readonly order: MeasureOrder;
  open(host: Host): MeasureDriver;
  /** All that the measure or its undo may touch, as text, without what moves by itself (counters, remaining seconds). */
  world(): Promise<string>;
  /** A hand in it while it is engaged, which must be seen as `changed`. */
  meddle(tag: string): Promise<void>;
  /** Takes that hand's traces away after a release of `ours-only`, so that the world is as it was before. */
  mend(): Promise<void>;
  /** Whether a run has effects; where left out, those that carry a fence. */
  readonly hasEffect?: (argv: readonly string[], how: HowToRun) => boolean;
  stop(): Promise<void>;
}

class Death extends Error {}

export function keepsTheMeasureContract(start: () => Promise<MeasureRig>): void {
  let rig: MeasureRig;
  let driver: MeasureDriver;
  let before: string;
  let number = 0;
  let fence = 100;
  const next = (): number => (fence += 1);
  const planned = async (): Promise<MeasureTask> => {
    number += 1;
    const plan = await driver.plan(rig.order, `tq${number}`);
    return { tag: `tq${number}`, order: rig.order, prior: plan.prior };
  };
  const engaged = async (): Promise<{ task: MeasureTask; world: string }> => {
    const task = await planned();
    await driver.engage(task, next());
    return { task, world: await withoutTags(rig) };
  };
  const backToBefore = async (task: MeasureTask, what: string): Promise<void> => {
    expect(await driver.release(task, next(), 'exact'), what).toMatchObject({ kind: 'released' });
    expect(await rig.world(), what).toBe(before);
    expect((await driver.observe(task)).kind, what).toBe('absent');
  };

  beforeAll(async () => {
    rig = await start();
    driver = rig.open(rig.host);
    before = await rig.world();
  }, 60_000);
  afterAll(() => rig.stop());

  it('changes nothing by planning and observing, and says what it would do', async () => {
    const plan = await driver.plan(rig.order, 'tq9000');
    expect(plan.commands.length).toBeGreaterThan(0);
    expect(plan.undo.length).toBeGreaterThan(0);
    expect(plan.blastRadius.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(plan.prior)), 'prior is plain data').toEqual(plan.prior);
    const task = { tag: 'tq9000', order: rig.order, prior: plan.prior };
    expect((await driver.observe(task)).kind).toBe('absent');
    expect((await driver.verify(task)).kind).not.toBe('proved');
    expect(await rig.world()).toBe(before);
  });

  it('engages and releases, each as often as it is told, and restores what was there to the byte', async () => {
    const { task, world } = await engaged();
    expect(await rig.world(), 'it did nothing').not.toBe(before);
    expect((await driver.observe(task)).kind).toBe('in-force');
    expect(await driver.verify(task)).toMatchObject({ kind: 'proved' });
    await driver.engage(task, next());
    await driver.renew(task, next());
    expect(await withoutTags(rig)).toBe(world);
    expect((await driver.observe(task)).kind).toBe('in-force');
    await backToBefore(task, 'first release');
    await backToBefore(task, 'second release');
  }, 60_000);

  it('can be engaged again, or released, after a death at any boundary of engage', async () => {
    const reference = await engaged();
    await backToBefore(reference.task, 'reference');
    for (const goesOn of ['engage', 'release'] as const) {
      for (let boundary = 0; ; boundary += 1) {
        const task = await planned();
        const died = await dies(rig, boundary, (mortal) => mortal.engage(task, next()));
        if (!died) {
          expect(boundary, 'no effect was seen: does the driver pass the fence?').toBeGreaterThan(0);
          await backToBefore(task, `engage lived through boundary ${boundary}`);
          break;
        }
        const what = `${goesOn} after a death at boundary ${boundary} of engage`;
        const { kind } = await driver.observe(task);
        if (kind === 'absent') expect(await rig.world(), `${what}: said absent`).toBe(before);
        if (kind === 'in-force') expect(await withoutTags(rig), `${what}: said in force`).toBe(reference.world);
        if (goesOn === 'engage') {
          await driver.engage(task, next());
          expect(await withoutTags(rig), what).toBe(reference.world);
          expect((await driver.observe(task)).kind, what).toBe('in-force');
        }
        await backToBefore(task, what);
      }
    }
  }, 120_000);

  it('can be released again after a death at any boundary of release', async () => {
    for (let boundary = 0; ; boundary += 1) {
      const { task } = await engaged();
      const died = await dies(rig, boundary, async (mortal) => {
        await mortal.release(task, next(), 'exact');
      });
      await backToBefore(task, `death at boundary ${boundary} of release`);
      if (!died) {
        expect(boundary).toBeGreaterThan(0);
        break;
      }
    }
  }, 120_000);

  it('is refused by the host where a later hand has acted, and then does nothing', async () => {
    const task = await planned();
    const late = next();
    const other = await engaged();
    await backToBefore(other.task, 'the later hand');
    await expect(driver.engage(task, late)).rejects.toThrow(FenceLost);
    expect(await rig.world()).toBe(before);
    await driver.engage(task, next());
    const world = await rig.world();
    await expect(driver.release(task, late, 'exact')).rejects.toThrow(FenceLost);
    expect(await rig.world()).toBe(world);
    await backToBefore(task, 'with its own number');
  }, 60_000);

  it('sees a change by hand, refuses to restore over it with the differences, and takes back its own alone', async () => {
    const { task } = await engaged();
    await rig.meddle(task.tag);
    const meddled = await rig.world();
    const seen = await driver.observe(task);
    expect(seen).toMatchObject({ kind: 'changed' });
    expect(seen.kind === 'changed' && seen.differences.length).toBeGreaterThan(0);
    const refused = await driver.release(task, next(), 'exact');
    expect(refused).toMatchObject({ kind: 'refused' });
    expect(refused.kind === 'refused' && refused.differences.length).toBeGreaterThan(0);
    expect(await rig.world(), 'a refused release did something').toBe(meddled);
    expect(await driver.release(task, next(), 'ours-only')).toMatchObject({ kind: 'released' });
    await rig.mend();
    expect(await rig.world()).toBe(before);
  }, 60_000);

  it('says unknown, never absent, of a host that can not be reached', async () => {
    const task = await planned();
    const lost = rig.open(unreachable);
    expect((await lost.observe(task)).kind).toBe('unknown');
    expect((await lost.verify(task)).kind).toBe('unknown');
    await expect(lost.plan(rig.order, 'tq9001')).rejects.toThrow(HostUnknown);
    await expect(lost.engage(task, next())).rejects.toThrow(HostUnknown);
    await expect(lost.release(task, next(), 'exact')).rejects.toThrow(HostUnknown);
    expect(await rig.world()).toBe(before);
  });
}

/** The tag is part of what is left outside; without its number two engagements can be compared. */
async function withoutTags(rig: MeasureRig): Promise<string> {
  return (await rig.world()).replaceAll(/\btq\d+\b|(?<=_)tq\d+\b/g, 'tqN');
}

/** Carries out `act` on a host that dies at the boundary: 0 before the first effect, n after the n-th. Whether it died. */
async function dies(
  rig: MeasureRig,
  boundary: number,
  act: (mortal: MeasureDriver) => Promise<void>,
): Promise<boolean> {
  let effects = 0;
  const hasEffect = rig.hasEffect ?? ((_argv, how) => how.fence !== undefined);
  const mortal: Host = {
    lines: (argv, limits) => rig.host.lines(argv, limits),
    run: async (argv, how) => {
      if (!hasEffect(argv, how)) return rig.host.run(argv, how);
      if (boundary === 0) throw new Death();
      const ran = await rig.host.run(argv, how);
      effects += 1;
      if (effects === boundary) throw new Death();
      return ran;
    },
  };
  try {
    await act(rig.open(mortal));
    return false;
  } catch (error) {
    if (error instanceof Death) return true;
    throw error;
  }
}

const gone = (): never => {
  throw new HostUnknown('the host can not be reached');
};
const unreachable: Host = {
  run: async () => gone(),
  // oxlint-disable-next-line require-yield -- it ends before its first line
  async *lines() {
    gone();
  },
};
