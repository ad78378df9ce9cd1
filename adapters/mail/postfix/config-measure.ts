/**
 * A measure that is a few parameters of main.cf, in every instance.
 *
 * Rules:
 * 1. What was there is recorded whole by `plan`; a file that somebody has changed since then is not touched.
 * 2. The file is changed in one step, checked by Postfix itself before it is told to read it, and put back where the
 *    check fails.
 * 3. In force is what the file says and the running master does; where the two differ it is neither.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { judgeBlocks, withoutBlocks } from '../../../src/domain/measures/marked-block.ts';
import type { BlockState } from '../../../src/domain/measures/marked-block.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask, Observation } from '../../../src/domain/measures/plan.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { why } from './tools.ts';
import type { Instance, Tools } from './tools.ts';

export interface ConfigMeasure {
  /** What is to be set in this instance, and what it needs to know of it later. Throws MeasureRefused. */
  propose(order: MeasureOrder, instance: Instance, mainCf: string): Promise<Proposal>;
  /** Whom it touches. */
  blastRadius(order: MeasureOrder, plans: readonly InstancePlan[]): Promise<readonly Phrase[]>;
  edit(text: string, tag: string, plan: InstancePlan): string;
  /** Takes its own out again; where left out, every block of the tag. */
  takeOut?(text: string, tag: string, plan: InstancePlan): string;
  judge?(now: string, tag: string, plan: InstancePlan): BlockState;
  /** What the running Postfix still does otherwise than `engaged` says. */
  lagging(plan: InstancePlan, engaged: boolean): Promise<readonly string[] | 'cannot-tell'>;
  /** What must be done beside the file once Postfix has read it, and its commands in words. */
  readonly after?: { engage(plan: InstancePlan, fence: number): Promise<void>; readonly commands: readonly string[] };
  /** Each a look by other means; `right: false` disproves. */
  proofs(plan: InstancePlan, task: MeasureTask): Promise<readonly { readonly right: boolean; readonly by: Phrase }[]>;
}

export interface Proposal {
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly notes: Readonly<Record<string, string>>;
}

const planSchema = z.object({
  folder: z.string(),
  queue: z.string(),
  /** main.cf as it was without what is ours, one character per byte. */
  before: z.string(),
  sha256: z.string(),
  settings: z.array(z.tuple([z.string(), z.string()])),
  notes: z.record(z.string(), z.string()),
});
const priorSchema = z.object({ instances: z.array(planSchema) });

export type InstancePlan = z.output<typeof planSchema>;

const OBEYS_WITHIN_MS = 5000;

export function openConfigMeasure(tools: Tools, measure: ConfigMeasure): MeasureDriver {
  const { files, name } = tools;
  const read = async ({ folder }: { folder: string }): Promise<string> => {
    const text = await files.read(pathOf(folder));
    if (text === undefined) throw new HostUnknown(`There is no ${pathOf(folder)} on ${name}.`);
    return text;
  };
  const judge = (now: string, tag: string, plan: InstancePlan): BlockState =>
    measure.judge?.(now, tag, plan) ?? judgeBlocks(now, plan.before, measure.edit(plan.before, tag, plan), tag);
  const plansOf = (task: MeasureTask): readonly InstancePlan[] => priorSchema.parse(task.prior).instances;
  const obey = async (plan: InstancePlan, engaged: boolean, fence: number, changed: boolean): Promise<void> => {
    const lag = await measure.lagging(plan, engaged);
    if (!changed && lag !== 'cannot-tell' && lag.length === 0) return;
    await tools.reload(plan.folder, fence);
    const last = performance.now() + OBEYS_WITHIN_MS;
    for (;;) {
      const left = await measure.lagging(plan, engaged);
      if (left === 'cannot-tell' || left.length === 0) return;
      if (performance.now() > last)
        throw new HostUnknown(`Postfix on ${name} was told, and still: ${left.join(', ')}.`);
    }
  };
  const write = async (plan: InstancePlan, from: string, to: string, fence: number): Promise<void> => {
    await files.replace(pathOf(plan.folder), { from, to }, fence);
    try {
      await tools.check(plan.folder);
    } catch (error) {
      await files.replace(pathOf(plan.folder), { from: to, to: from }, fence);
      throw error;
    }
  };
  const observe = async (task: MeasureTask): Promise<Observation> => {
    const seen: { state: BlockState; lag: readonly string[] }[] = [];
    for (const plan of plansOf(task)) {
      const state = judge(await read(plan), task.tag, plan);
      const lag = state.kind === 'changed' ? [] : await measure.lagging(plan, state.kind === 'ours');
      seen.push({ state, lag: lag === 'cannot-tell' ? [] : lag });
    }
    const differences = seen.flatMap(({ state, lag }) => (state.kind === 'changed' ? state.differences : lag));
    const kinds = new Set(seen.map(({ state }) => state.kind));
    if (differences.length === 0 && kinds.size > 1) differences.push('some of its instances have it, others not');
    if (differences.length > 0) return { kind: 'changed', differences: differences.map((each) => [foreign(each)]) };
    if (kinds.has('ours')) return { kind: 'in-force', notes: [] };
    const others = seen.flatMap(({ state }) => (state.kind === 'absent' ? state.others : []));
    return { kind: 'absent', notes: others.map((each) => say`main.cf differs otherwise: ${foreign(each)}`) };
  };
  return {
    renew: async () => {},
    plan: async (order, tag) => {
      const plans: InstancePlan[] = [];
      for (const instance of await tools.instances()) {
        const now = await read(instance);
        const { settings, notes } = await measure.propose(order, instance, now);
        const before = withoutBlocks(now);
        plans.push({
          ...instance,
          before,
          sha256: sha256(before),
          settings: settings.map(([a, b]) => [a, b]),
          notes: { ...notes },
        });
      }
      return {
        order,
        prior: { instances: plans },
        commands: plans.flatMap((plan) => [
          `edit ${pathOf(plan.folder)}:`,
          ...newLines(plan.before, measure.edit(plan.before, tag, plan)).map((line) => `  + ${line}`),
          `postfix -c ${plan.folder} check`,
          `postfix -c ${plan.folder} reload`,
          ...(measure.after?.commands ?? []),
        ]),
        undo: plans.flatMap((plan) => [
          `take these lines out of ${pathOf(plan.folder)} again (sha256 then ${plan.sha256})`,
          `postfix -c ${plan.folder} check`,
          `postfix -c ${plan.folder} reload`,
        ]),
        blastRadius: await measure.blastRadius(order, plans),
      };
    },
    engage: async (task, fence) => {
      for (const plan of plansOf(task)) {
        const now = await read(plan);
        const state = judge(now, task.tag, plan);
        if (state.kind === 'changed' || (state.kind === 'absent' && state.others.length > 0))
          throw new MeasureRefused(
            `${pathOf(plan.folder)} on ${name} was changed since this was planned (${(state.kind === 'changed' ? state.differences : state.others).join('; ')}). Plan it anew.`,
          );
        if (state.kind === 'absent') await write(plan, now, measure.edit(now, task.tag, plan), fence);
        await obey(plan, true, fence, state.kind === 'absent');
        await measure.after?.engage(plan, fence);
      }
    },
    release: async (task, fence, way) => {
      const plans = plansOf(task);
      const found = [];
      for (const plan of plans) {
        const now = await read(plan);
        found.push({ plan, now, state: judge(now, task.tag, plan) });
      }
      const differences = found.flatMap(({ state }) => (state.kind === 'changed' ? state.differences : []));
      if (way === 'exact' && differences.length > 0)
        return { kind: 'refused', differences: differences.map((each) => [foreign(each)]) };
      for (const { plan, now, state } of found) {
        const without =
          state.kind === 'absent' ? now : (measure.takeOut?.(now, task.tag, plan) ?? withoutBlocks(now, task.tag));
        if (without !== now) await files.replace(pathOf(plan.folder), { from: now, to: without }, fence);
        await obey(plan, false, fence, without !== now);
      }
      return {
        kind: 'released',
        notes: differences.map((each) => say`left as somebody else has made it: ${foreign(each)}`),
      };
    },
    observe: (task) => orUnknown(() => observe(task)),
    verify: (task) =>
      orUnknown(async () => {
        const looks = [];
        for (const plan of plansOf(task)) looks.push(...(await measure.proofs(plan, task)));
        const wrong = looks.filter((look) => !look.right);
        return wrong.length > 0
          ? { kind: 'disproved', by: wrong.map((look) => look.by) }
          : { kind: 'proved', by: looks.map((look) => look.by) };
      }),
  };
}

export function pathOf(folder: string): string {
  return `${folder}/main.cf`;
}

async function orUnknown<T>(look: () => Promise<T>): Promise<T | { kind: 'unknown'; why: Phrase }> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { kind: 'unknown', why: why(error) };
  }
}

function newLines(before: string, after: string): readonly string[] {
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}
