/**
 * By what an agent knows its own plans again. What a plan recorded (which file, what stood in it) comes back to it over the
 * line with every later errand, and passes through hands that are not its host's.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MeasureTask, Plain } from '../../src/domain/measures/plan.ts';

export interface PlanSeal {
  of(planned: Omit<MeasureTask, 'seal'>): string;
  isOn(task: MeasureTask): boolean;
}

/** `key`: only this host's. The seal is HMAC-SHA-256 (RFC 2104) of tag, order and prior state. */
export function makePlanSeal(key: Buffer): PlanSeal {
  const of: PlanSeal['of'] = ({ tag, order, prior }) =>
    createHmac('sha256', key)
      .update(inOneForm({ tag, order: { ...order } as Plain, prior }))
      .digest('base64url');
  return {
    of,
    isOn: (task) => {
      const [wanted, given] = [Buffer.from(of(task)), Buffer.from(task.seal ?? '')];
      return wanted.length === given.length && timingSafeEqual(wanted, given);
    },
  };
}

/** JSON whose names stand in one order, whoever has carried it. */
export function inOneForm(value: Plain): string {
  return JSON.stringify(value, (_name, each: Plain) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
