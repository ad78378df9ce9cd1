/** A device for measures, in memory: a driver that counts its effects, can lose replies, die, be meddled with, and is fenced. */
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import { targetOf } from '../../src/domain/measures/order.ts';
import type { Observation } from '../../src/domain/measures/plan.ts';
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import type { MeasureDriver, MeasureDrivers } from '../../src/ports/measures.ts';

/** The process dies here: nothing of the house runs on. */
export class Died extends Error {}

export interface FakeDevice {
  readonly drivers: MeasureDrivers;
  /** Tags that are in force on it. */
  readonly inForce: Set<string>;
  /** Each change that really happened, in order: `engage tq1`, `release tq1`. */
  readonly effects: string[];
  /** What the next calls do: `ok` where it is empty. */
  readonly fate: Fate[];
  state: string;
  hand: 'none' | 'removed' | 'changed';
  /** The largest number that each target has seen. */
  readonly seenFences: Map<string, number>;
}

export type Fate = 'ok' | 'unreachable' | 'reply-lost' | 'dies-before' | 'dies-after';

export function makeFakeDevice(now: () => number = () => 0): FakeDevice {
  const device: FakeDevice = {
    inForce: new Set(),
    effects: [],
    fate: [],
    state: 'as it was',
    hand: 'none',
    seenFences: new Map(),
    drivers: { find: (order) => driverFor(device, order, now) },
  };
  return device;
}

function driverFor(device: FakeDevice, order: MeasureOrder, now: () => number): MeasureDriver {
  const touch = (fence: number, what: string, effect: () => boolean): void => {
    const fate = device.fate.shift() ?? 'ok';
    if (fate === 'unreachable') throw new HostUnknown(`${targetOf(order)} can't be reached`);
    if (fate === 'dies-before') throw new Died();
    if (fence < (device.seenFences.get(targetOf(order)) ?? 0)) throw new FenceLost(targetOf(order));
    device.seenFences.set(targetOf(order), fence);
    if (effect()) device.effects.push(what);
    if (fate === 'reply-lost') throw new HostUnknown(`no answer from ${targetOf(order)}`);
    if (fate === 'dies-after') throw new Died();
  };
  const lease = 'leaseMinutes' in order ? order.leaseMinutes : undefined;
  return {
    plan: async (wanted, tag) => ({
      order: wanted,
      prior: { state: device.state },
      commands: [`engage ${tag}`],
      undo: [`release ${tag}`],
      blastRadius: [['holds 3 messages']],
    }),
    engage: async (task, fence) =>
      touch(fence, `engage ${task.tag}`, () => {
        const fresh = !device.inForce.has(task.tag);
        device.inForce.add(task.tag);
        return fresh;
      }),
    renew: async (_task, fence) => touch(fence, 'renew', () => false),
    observe: async (task): Promise<Observation> => {
      if (device.hand === 'changed') return { kind: 'changed', differences: [['- a line']] };
      if (device.inForce.has(task.tag))
        return { kind: 'in-force', notes: [], ...(lease !== undefined && { until: now() + lease * 60_000 }) };
      return { kind: 'absent', notes: [] };
    },
    release: async (task, fence, way) => {
      if (device.hand === 'changed' && way === 'exact') return { kind: 'refused', differences: [['- a line']] };
      touch(fence, `release ${task.tag}`, () => device.inForce.delete(task.tag));
      return { kind: 'released', notes: [] };
    },
    verify: async (task) =>
      device.inForce.has(task.tag) ? { kind: 'proved', by: [['seen']] } : { kind: 'disproved', by: [['not there']] },
  };
}
