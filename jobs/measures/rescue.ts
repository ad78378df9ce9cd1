/**
 * Taking measures back when the ledger is gone: from the audit log's file, which has the order, the prior state and so the
 * exact undo of whatever was begun.
 *
 * Rules:
 * 1. What the file says was begun and not taken back may stand; it is looked at, never presumed.
 * 2. The ledger, once it is back, finds the measure absent and tells so; nothing is written into it here.
 * 3. An agent's own log is read in the same way on its host: what is reached through an agent is taken back there.
 */
import { z } from 'zod';
import { MEASURE_KINDS, targetOf } from '../../src/domain/measures/order.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask, Observation, Plain, Released, ReleaseWay } from '../../src/domain/measures/plan.ts';
import { tagOf } from '../../src/domain/measures/record.ts';
import { writeIfPossible } from './audit-if-possible.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import type { World } from '../../src/ports/world.ts';

/** The bot's entries are about `measure/7`, an agent's about `agent/gateway/tq7`. */
const ABOUT = /^(?:measure\/|agent\/[^/]+\/tq)([1-9]\d*)$/;

const intent = z.looseObject({
  kind: z.literal('intent'),
  about: z.string().regex(ABOUT),
  what: z.string().startsWith('engage '),
  data: z.looseObject({
    order: z.looseObject({ kind: z.enum(MEASURE_KINDS) }),
    prior: z.custom<Plain>((value) => value !== undefined),
    undo: z.array(z.string()).default([]),
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
  /** What the log's entries of it are about. */
  readonly about: string;
  readonly task: MeasureTask;
  /** By hand; an agent's log doesn't hold it. */
  readonly undo: readonly string[];
  /** The largest number of any hand in the file: every host has seen at most this one. */
  readonly lastFence: number;
}

/** What the lines of the audit log's file say was begun and not ended, the newest first. */
export function begunMeasures(lines: Iterable<string>): readonly Begun[] {
  const begun = new Map<string, Started>();
  let lastFence = 0;
  for (const line of lines) {
    const entry = readLine(line);
    const hand = fenced.safeParse(entry);
    if (hand.success) lastFence = Math.max(lastFence, hand.data.data.fence);
    const start = readIntent(entry);
    const end = released.safeParse(entry);
    if (start) begun.set(start.about, start);
    if (end.success) begun.delete(end.data.about);
  }
  return [...begun.values()].toSorted((a, b) => b.number - a.number).map((each) => ({ ...each, lastFence }));
}

/** All that was ever begun by this log, ended or not, as `gateway/7`. */
export function everBegun(lines: Iterable<string>): ReadonlySet<string> {
  return new Set([...lines].flatMap((line) => readIntent(readLine(line)) ?? []).map(nameOf));
}

/** `gateway/7`: the same measure in the bot's log and in its agent's. */
export function nameOf({ number, task }: Pick<Begun, 'number' | 'task'>): string {
  return `${targetOf(task.order)}/${number}`;
}

type Started = Omit<Begun, 'lastFence'>;

function readIntent(entry: unknown): Started | undefined {
  const read = intent.safeParse(entry);
  if (!read.success) return undefined;
  const { about, data } = read.data;
  const number = Number(ABOUT.exec(about)?.[1]);
  // Written by this house itself, in the form of MeasureOrder; its driver reads it as it reads any order.
  const order = data.order as unknown as MeasureOrder;
  return { number, about, undo: data.undo, task: { tag: tagOf(number), order, prior: data.prior } };
}

export type Rescued =
  | { readonly kind: 'seen'; readonly seen: Observation }
  | { readonly kind: 'released'; readonly released: Released }
  | { readonly kind: 'failed'; readonly why: string };

type Rescuing = Pick<World, 'measureDrivers' | 'auditLog' | 'clock'>;

/** How it stands now. */
export async function lookAtBegun(world: Rescuing, begun: Begun): Promise<Rescued> {
  return withDriver(world, begun, async (driver) => ({ kind: 'seen', seen: await driver.observe(begun.task) }));
}

/**
 * Takes it back. The fence is the wall clock, which the ledger's own fences never fall behind; where that was set back, the
 * next after the last one in the file.
 */
export async function takeBack(world: Rescuing, begun: Begun, who: string, way: ReleaseWay): Promise<Rescued> {
  const { about } = begun;
  return withDriver(world, begun, async (driver) => {
    const what = `rescue: release ${begun.task.order.kind}`;
    const unwritten = await writeIfPossible(world.auditLog, { kind: 'intent', about, who, what });
    const done = await driver.release(begun.task, Math.max(world.clock.now(), begun.lastFence + 1), way);
    if (done.kind === 'released')
      await world.auditLog.write({ kind: 'outcome', about, who, what: 'rescued' }, 'one').catch(() => {});
    return {
      kind: 'released',
      released: done.kind === 'released' ? { ...done, notes: [...done.notes, ...unwritten] } : done,
    };
  });
}

/** One that can't be reached keeps none of the others. */
async function withDriver(
  world: Rescuing,
  { task }: Begun,
  work: (driver: MeasureDriver) => Promise<Rescued>,
): Promise<Rescued> {
  try {
    const driver = world.measureDrivers.find(task.order);
    return 'refused' in driver ? { kind: 'failed', why: `${driver.refused}; ${driver.remedy}` } : await work(driver);
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
