/**
 * Taking measures back when the ledger is gone: from the audit log's file, which has the order, the prior state and so the
 * exact undo of whatever was begun.
 *
 * Rules:
 * 1. What the file says was begun and not taken back may stand; it is looked at, never presumed.
 * 2. The ledger, once it is back, finds the measure absent and tells so; nothing is written into it here.
 */
import { z } from 'zod';
import { MEASURE_KINDS } from '../../src/domain/measures/order.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask, Observation, Plain, Released, ReleaseWay } from '../../src/domain/measures/plan.ts';
import { tagOf } from '../../src/domain/measures/record.ts';
import type { World } from '../../src/ports/world.ts';

const intent = z.looseObject({
  kind: z.literal('intent'),
  about: z.string().regex(/^measure\/[1-9]\d*$/),
  what: z.string().startsWith('engage '),
  data: z.looseObject({
    order: z.looseObject({ kind: z.enum(MEASURE_KINDS) }),
    prior: z.custom<Plain>((value) => value !== undefined),
    undo: z.array(z.string()),
  }),
});
const fenced = z.looseObject({ data: z.looseObject({ fence: z.number() }) });
const released = z.looseObject({
  kind: z.literal('outcome'),
  about: z.string(),
  what: z.enum(['released', 'not carried out', 'rescued']),
});

export interface Begun {
  readonly number: number;
  readonly task: MeasureTask;
  readonly undo: readonly string[];
  /** The largest number of any hand in the file: every host has seen at most this one. */
  readonly lastFence: number;
}

/** What the lines of the audit log's file say was begun and not ended, the newest first. */
export function begunMeasures(lines: Iterable<string>): readonly Begun[] {
  const begun = new Map<number, Omit<Begun, 'lastFence'>>();
  let lastFence = 0;
  for (const line of lines) {
    const entry = readLine(line);
    const hand = fenced.safeParse(entry);
    if (hand.success) lastFence = Math.max(lastFence, hand.data.data.fence);
    const start = intent.safeParse(entry);
    const end = released.safeParse(entry);
    if (start.success) {
      const number = Number(start.data.about.slice('measure/'.length));
      const { prior, undo } = start.data.data;
      // Written by this house itself, in the form of MeasureOrder; its driver reads it as it reads any order.
      const order = start.data.data.order as unknown as MeasureOrder;
      begun.set(number, { number, undo, task: { tag: tagOf(number), order, prior } });
    }
    if (end.success) begun.delete(Number(end.data.about.slice('measure/'.length)));
  }
  return [...begun.values()].toSorted((a, b) => b.number - a.number).map((each) => ({ ...each, lastFence }));
}

export type Rescued =
  | { readonly kind: 'seen'; readonly seen: Observation }
  | { readonly kind: 'released'; readonly released: Released }
  | { readonly kind: 'failed'; readonly why: string };

type Rescuing = Pick<World, 'measureDrivers' | 'auditLog' | 'clock'>;

/** How it stands now. */
export async function lookAtBegun(world: Rescuing, begun: Begun): Promise<Rescued> {
  const driver = world.measureDrivers.find(begun.task.order);
  if ('refused' in driver) return { kind: 'failed', why: `${driver.refused}; ${driver.remedy}` };
  return guarded(async () => ({ kind: 'seen', seen: await driver.observe(begun.task) }));
}

/**
 * Takes it back. The fence is the wall clock, which the ledger's own fences never fall behind; where that was set back, the
 * next after the last one in the file.
 */
export async function takeBack(world: Rescuing, begun: Begun, who: string, way: ReleaseWay): Promise<Rescued> {
  const driver = world.measureDrivers.find(begun.task.order);
  if ('refused' in driver) return { kind: 'failed', why: `${driver.refused}; ${driver.remedy}` };
  const about = `measure/${begun.number}`;
  return guarded(async () => {
    await world.auditLog.write({ kind: 'intent', about, who, what: `rescue: release ${begun.task.order.kind}` }, 'one');
    const done = await driver.release(begun.task, Math.max(world.clock.now(), begun.lastFence + 1), way);
    if (done.kind === 'released')
      await world.auditLog.write({ kind: 'outcome', about, who, what: 'rescued' }, 'one').catch(() => {});
    return { kind: 'released', released: done };
  });
}

async function guarded(work: () => Promise<Rescued>): Promise<Rescued> {
  try {
    return await work();
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

function readLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
