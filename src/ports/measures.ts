/**
 * The way to carry out a measure on a server or a firewall.
 *
 * Guarantees of every driver (test/contracts/measure-driver.ts):
 * 1. `plan` and `observe` change nothing.
 * 2. `engage`, `renew` and `release` are idempotent: run again after a crash at any point, they end in the same state.
 *    They work from the task's `prior`; the undo is never computed from a world that was changed already.
 * 3. Each effect carries the fence's number; a host that has seen a larger one refuses (FenceLost).
 * 4. `release` restores the exact prior state, or refuses with the differences and does nothing.
 * 5. What can't be found out is `unknown`, never `absent`.
 */
import type { MeasureOrder } from '../domain/measures/order.ts';
import type { MeasurePlan, MeasureTask, Observation, Proof, Released, ReleaseWay } from '../domain/measures/plan.ts';

export interface MeasureDriver {
  /** Looks, and says exactly what would be done. Throws MeasureRefused (never possible so) or HostUnknown (not now). */
  plan(order: MeasureOrder, tag: string): Promise<MeasurePlan>;
  /** Throws HostUnknown where the outcome isn't known: it is observed again and continued. */
  engage(task: MeasureTask, fence: number): Promise<void>;
  /** Begins the device's own lease anew, or holds again what has slipped; else it does nothing. */
  renew(task: MeasureTask, fence: number): Promise<void>;
  observe(task: MeasureTask): Promise<Observation>;
  release(task: MeasureTask, fence: number, way: ReleaseWay): Promise<Released>;
  /** Looks whether it does what it says, by other means than `observe`. */
  verify(task: MeasureTask): Promise<Proof>;
  /** Where the device can't refuse what arrives late: what has come of this measure since it ended. */
  readonly late?: LateCalls;
}

/** `others` are the open measures of the same device: what is theirs is left alone. */
export interface LateCalls {
  /** What there is of it, a line each. Throws HostUnknown. */
  look(task: MeasureTask, others: readonly MeasureTask[]): Promise<readonly string[]>;
  /** Takes that away. */
  takeAway(task: MeasureTask, others: readonly MeasureTask[], fence: number): Promise<void>;
}

export interface MeasureDrivers {
  /** The driver for this order; or why there is none, and what can be done. */
  find(order: MeasureOrder): MeasureDriver | { readonly refused: string; readonly remedy: string };
}

/** A number per target that only grows, also over a loss of Redis. */
export interface Fences {
  next(target: string): Promise<number>;
}

/** This measure can't be carried out here; the message names the subject and the remedy. */
export class MeasureRefused extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'MeasureRefused';
  }
}
