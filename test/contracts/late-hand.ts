/**
 * A worker that is paused just before any of its calls, and wakes up after another one is through, leaves nothing behind:
 * for devices whose interface has no fence of its own. For the device it is the same when a call is long on its way.
 */
import { expect, it } from 'vitest';
import type { DeviceApi } from '../../src/ports/device-api.ts';
import { FenceLost } from '../../src/ports/host.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask } from '../../src/domain/measures/plan.ts';

export interface LateRig {
  readonly api: DeviceApi;
  readonly order: MeasureOrder;
  open(api: DeviceApi): MeasureDriver;
  /** What stands on the device, without the fence. */
  world(): string;
  stop(): Promise<void>;
}

export function keepsALateHandOut(start: () => Promise<LateRig>): void {
  /** Every call of engage, one after the other, is where the late hand is paused. */
  const atEachCall = async (
    meanwhile: (driver: MeasureDriver, task: MeasureTask) => Promise<unknown>,
    after: (rig: LateRig, before: string, task: MeasureTask, what: string) => Promise<void>,
  ): Promise<void> => {
    let idle = 0;
    for (let call = 1; ; call += 1) {
      const rig = await start();
      try {
        const driver = rig.open(rig.api);
        const before = rig.world();
        const task = { tag: 'tq7', order: rig.order, prior: (await driver.plan(rig.order, 'tq7')).prior };
        const pause = pausedAt(rig.api, call);
        const late = rig
          .open(pause.api)
          .engage(task, 100)
          .then(
            () => 'done' as const,
            (error: unknown) => error,
          );
        if ((await Promise.race([pause.reached, late])) === 'done') {
          expect(call - idle, 'it was paused nowhere').toBeGreaterThan(5);
          return;
        }
        await meanwhile(driver, task);
        pause.wake();
        const end = await late;
        // Where it finds nothing left to do, it does nothing.
        if (end === 'done') idle += 1;
        else expect(end, `paused before call ${call}`).toBeInstanceOf(FenceLost);
        await after(rig, before, task, `paused before call ${call}`);
      } finally {
        await rig.stop();
      }
    }
  };

  it('does nothing once a later hand has taken the measure back', async () => {
    await atEachCall(
      (driver, task) => driver.release(task, 101, 'exact'),
      async (rig, before, task, what) => {
        expect(rig.world(), what).toBe(before);
        expect((await rig.open(rig.api).observe(task)).kind, what).toBe('absent');
      },
    );
  });

  it('does nothing once a later hand has carried it out and taken it back', async () => {
    await atEachCall(
      async (driver, task) => {
        await driver.engage(task, 101);
        await driver.release(task, 102, 'exact');
      },
      async (rig, before, _task, what) => expect(rig.world(), what).toBe(before),
    );
  });

  it('spoils nothing of what a later hand has carried out', async () => {
    await atEachCall(
      (driver, task) => driver.engage(task, 101),
      async (rig, _before, task, what) => {
        const driver = rig.open(rig.api);
        expect(await driver.observe(task), what).toMatchObject({ kind: 'in-force' });
      },
    );
  });
}

/** Before its n-th call it waits until it is woken. */
function pausedAt(
  api: DeviceApi,
  call: number,
): { readonly api: DeviceApi; readonly reached: Promise<void>; wake(): void } {
  const reached = Promise.withResolvers<void>();
  const woken = Promise.withResolvers<void>();
  let calls = 0;
  return {
    reached: reached.promise,
    wake: woken.resolve,
    api: {
      call: async (method, path, how) => {
        calls += 1;
        if (calls === call) {
          reached.resolve();
          await woken.promise;
        }
        return api.call(method, path, how);
      },
    },
  };
}
