/**
 * What every driver of measures must do, by the guarantees of src/ports/measures.ts, on the real thing.
 *
 * A death is simulated by a host that dies before the first effect, or after any of them with its answer lost: each such
 * boundary of engage and of release is tried, found by counting. An effect is a run that carries a fence, unless the rig
 * says otherwise.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask, Observation } from '../../src/domain/measures/plan.ts';
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
  const engaged = async (): Promise<{ task: MeasureTask; world: string; effects: number }> => {
    const task = await planned();
    const effects = await countEffects(rig, (counted) => counted.engage(task, next()));
    return { task, world: await withoutTags(rig), effects };
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
  });
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
  });

  it('goes on after a death at any boundary of engage', async () => {
    const reference = await engaged();
    await backToBefore(reference.task, 'reference');
    for (let boundary = 0; boundary <= reference.effects; boundary += 1) {
      const what = `engaged again after a death at boundary ${boundary} of engage`;
      const task = await planned();
      await dies(rig, boundary, (mortal) => mortal.engage(task, next()));
      const { kind } = await driver.observe(task);
      expect(isHonest(kind, await withoutTags(rig), before, reference.world), `${what}: said ${kind}`).toBe(true);
      await driver.engage(task, next());
      expect(await withoutTags(rig), what).toBe(reference.world);
      expect((await driver.observe(task)).kind, what).toBe('in-force');
      await backToBefore(task, what);
    }
  });

  it('can be released after a death at any boundary of engage', async () => {
    const reference = await engaged();
    await backToBefore(reference.task, 'reference');
    for (let boundary = 0; boundary <= reference.effects; boundary += 1) {
      const task = await planned();
      await dies(rig, boundary, (mortal) => mortal.engage(task, next()));
      await backToBefore(task, `released after a death at boundary ${boundary} of engage`);
      expect(await rig.world()).toBe(before);
    }
  });

  it('goes on after a death at any boundary of release', async () => {
    const reference = await engaged();
    const effects = await countEffects(rig, (counted) => counted.release(reference.task, next(), 'exact'));
    for (let boundary = 0; boundary <= effects; boundary += 1) {
      const { task } = await engaged();
      await dies(rig, boundary, (mortal) => mortal.release(task, next(), 'exact'));
      await backToBefore(task, `released again after a death at boundary ${boundary} of release`);
      expect(await rig.world()).toBe(before);
    }
  });

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
  });

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
  });

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

/** `absent` is said of the world as it was, `in-force` of the whole measure; of what lies between, neither. */
function isHonest(kind: Observation['kind'], world: string, before: string, engaged: string): boolean {
  if (kind === 'absent') return world === before;
  return kind !== 'in-force' || world === engaged;
}

/** Carries it out, and counts its effects; there is at least one. */
async function countEffects(rig: MeasureRig, act: (counted: MeasureDriver) => Promise<unknown>): Promise<number> {
  let effects = 0;
  await act(
    rig.open({
      ...rig.host,
      run: async (argv, how) => {
        if (isEffect(rig, argv, how)) effects += 1;
        return rig.host.run(argv, how);
      },
    }),
  );
  if (effects === 0) throw new Error('no effect was seen; does the driver hand on the fence?');
  return effects;
}

/** Carries it out on a host that dies at the boundary: 0 before the first effect, n after the n-th. */
async function dies(
  rig: MeasureRig,
  boundary: number,
  act: (mortal: MeasureDriver) => Promise<unknown>,
): Promise<void> {
  let effects = 0;
  const mortal: Host = {
    ...rig.host,
    run: async (argv, how) => {
      if (!isEffect(rig, argv, how)) return rig.host.run(argv, how);
      if (boundary === 0) throw new Death();
      const ran = await rig.host.run(argv, how);
      effects += 1;
      if (effects === boundary) throw new Death();
      return ran;
    },
  };
  await expect(act(rig.open(mortal)), `death at boundary ${boundary}`).rejects.toThrow(Death);
}

function isEffect(rig: MeasureRig, argv: readonly string[], how: HowToRun): boolean {
  return rig.hasEffect?.(argv, how) ?? how.fence !== undefined;
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
