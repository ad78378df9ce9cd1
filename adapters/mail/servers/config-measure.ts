/**
 * A measure that is a few lines in a server's configuration, in one or several places.
 *
 * Rules:
 * 1. What was there is recorded whole by `plan`, without what is ours; a file that somebody has changed since then is not
 *    touched.
 * 2. The server itself checks the new configuration; one that it refuses does not stay.
 * 3. Room for its undo is taken on the disk before anything is changed: a frozen server's disk fills up, and thawing it is
 *    what would help.
 * 4. In force is what the file says and the running server does; where the two differ it is neither.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { judgeBlocks, withoutBlocks } from '../../../src/domain/measures/marked-block.ts';
import type { BlockState } from '../../../src/domain/measures/marked-block.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask, Observation } from '../../../src/domain/measures/plan.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { FileChange, HostFiles } from '../../../src/ports/host-files.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { orUnknown } from './or-unknown.ts';
import { POLL_MS } from './options.ts';

/** A server whose configuration is a file; each instance of it is a place. */
export interface ConfigServer {
  readonly name: string;
  readonly files: HostFiles;
  places(order: MeasureOrder): Promise<readonly Place[]>;
  /** Replaces the text of a place (undefined: no file yet), checked by the server. Throws HostUnknown with what it says. */
  install(place: Place, change: FileChange & { readonly to: string }, fence: number): Promise<void>;
  /** Whether it must be told to read it also where nothing was changed, as it can't be seen whether it has. */
  readonly tellsEachTime: boolean;
  /** Has the running server read it; does nothing where it isn't running. */
  reload(place: Place, fence: number): Promise<void>;
  /** The commands of install and reload, as they are shown. */
  words(place: Place): { readonly check: string; readonly reload: string };
}

export interface Place {
  /** What the server calls it: a folder of Postfix, the configuration of Exim. */
  readonly id: string;
  readonly path: string;
}

export interface ConfigMeasure {
  /** What needs to be known of this place later. Throws MeasureRefused. */
  propose(order: MeasureOrder, place: Place, text: string): Promise<Readonly<Record<string, string>>>;
  /** Whom it touches. */
  blastRadius(order: MeasureOrder, plans: readonly PlacePlan[]): Promise<readonly Phrase[]>;
  edit(text: string, tag: string, plan: PlacePlan): string;
  /** Takes its own out again; where left out, every block of the tag. */
  takeOut?(text: string, tag: string, plan: PlacePlan): string;
  judge?(now: string, tag: string, plan: PlacePlan): BlockState;
  /** What must be done beside the file so that the running server obeys it, once it was told to read it. */
  readonly enforce?: { engage(plan: PlacePlan, fence: number): Promise<void>; readonly commands: readonly string[] };
  /** What the running server still does otherwise than `engaged` says. */
  lagging(plan: PlacePlan, engaged: boolean): Promise<readonly string[]>;
  /** What is done beside the file, each time it is engaged, once the server has read it. */
  readonly after?: { engage(plan: PlacePlan, fence: number): Promise<void>; readonly commands: readonly string[] };
  /** The same once it is taken back. What was there before stands again by then, whatever becomes of this. */
  readonly afterwards?: {
    release(plan: PlacePlan, fence: number): Promise<void>;
    words(plan: PlacePlan): readonly string[];
  };
  /** Each a look by other means; `right: false` disproves. */
  proofs(plan: PlacePlan, task: MeasureTask): Promise<readonly Look[]>;
}

export interface Look {
  readonly right: boolean;
  readonly by: Phrase;
}

const planSchema = z.object({
  id: z.string(),
  path: z.string(),
  /** The file as it was without what is ours, one character per byte; null: there was none. */
  before: z.string().nullable(),
  sha256: z.string(),
  notes: z.record(z.string(), z.string()),
});
const priorSchema = z.object({ places: z.array(planSchema) });

export type PlacePlan = z.output<typeof planSchema>;

const OBEYS_WITHIN_MS = 5000;

export function openConfigMeasure(server: ConfigServer, measure: ConfigMeasure): MeasureDriver {
  const { files, name } = server;
  const judge = (now: string, tag: string, plan: PlacePlan): BlockState => {
    const before = plan.before ?? '';
    return measure.judge?.(now, tag, plan) ?? judgeBlocks(now, before, measure.edit(before, tag, plan), tag);
  };
  const look = async (plan: PlacePlan, tag: string) => {
    const text = await files.read(plan.path);
    return { plan, text, state: judge(text ?? '', tag, plan) };
  };
  const takenOut = (plan: PlacePlan, text: string | undefined, tag: string, state: BlockState): string | undefined => {
    if (text === undefined || state.kind === 'absent') return text;
    const without = measure.takeOut?.(text, tag, plan) ?? withoutBlocks(text, tag);
    return without === '' && plan.before === null ? undefined : without;
  };
  const obeyed = async (plan: PlacePlan, engaged: boolean): Promise<void> => {
    const last = performance.now() + OBEYS_WITHIN_MS;
    for (;;) {
      const left = await measure.lagging(plan, engaged);
      if (left.length === 0) return;
      if (performance.now() > last) throw new HostUnknown(`${name} was told, and still: ${left.join(', ')}.`);
      await sleep(POLL_MS);
    }
  };
  const reload = async (plan: PlacePlan, engaged: boolean, changed: boolean, fence: number): Promise<void> => {
    if (!changed && !server.tellsEachTime && (await measure.lagging(plan, engaged)).length === 0) return;
    await server.reload(plan, fence);
    if (engaged) await measure.enforce?.engage(plan, fence);
    await obeyed(plan, engaged);
  };
  return {
    renew: async () => {},
    plan: async (order, tag) => {
      const plans: PlacePlan[] = [];
      for (const { id, path } of await server.places(order)) {
        const text = await files.read(path);
        const notes = { ...(await measure.propose(order, { id, path }, text ?? '')) };
        const before = text === undefined ? null : withoutBlocks(text);
        plans.push({ id, path, before, sha256: sha256(before ?? ''), notes });
      }
      return {
        order,
        prior: { places: plans },
        commands: plans.flatMap((plan) => [
          `keep room for the undo: ${plan.path}.tourniquet-room-${tag}`,
          `edit ${plan.path}:`,
          ...newLines(plan.before ?? '', measure.edit(plan.before ?? '', tag, plan)).map((line) => `  + ${line}`),
          server.words(plan).check,
          server.words(plan).reload,
          ...(measure.enforce?.commands ?? []),
          ...(measure.after?.commands ?? []),
        ]),
        undo: plans.flatMap((plan) => [
          ...(measure.takeOut ? undoInWords(plan, tag) : undoByHand(plan, tag)),
          server.words(plan).reload,
          ...(measure.afterwards?.words(plan) ?? []),
        ]),
        blastRadius: await measure.blastRadius(order, plans),
      };
    },
    engage: async (task, fence) => {
      for (const each of plansOf(task)) {
        const { plan, text, state } = await look(each, task.tag);
        const differences = state.kind === 'changed' ? state.differences : state.kind === 'absent' ? state.others : [];
        if (differences.length > 0)
          throw new MeasureRefused(
            `${plan.path} on ${name} was changed since this was planned (${differences.join('; ')}). Plan it anew.`,
          );
        if (state.kind === 'absent') {
          const to = measure.edit(text ?? '', task.tag, plan);
          await server.install(plan, { from: text, to, room: { name: task.tag, how: 'take' } }, fence);
        }
        await reload(plan, true, state.kind === 'absent', fence);
        await measure.after?.engage(plan, fence);
      }
    },
    release: async (task, fence, way) => {
      const found = [];
      for (const plan of plansOf(task)) found.push(await look(plan, task.tag));
      const differences = found.flatMap(({ state }) => (state.kind === 'changed' ? state.differences : []));
      if (way === 'exact' && differences.length > 0)
        return { kind: 'refused', differences: differences.map((each) => [foreign(each)]) };
      for (const { plan, text, state } of found) {
        const without = takenOut(plan, text, task.tag, state);
        // Not checked: what was there before stands, also where somebody else has broken another part of it.
        await files.replace(plan.path, { from: text, to: without, room: { name: task.tag, how: 'use' } }, fence);
        await reload(plan, false, without !== text, fence);
        await measure.afterwards?.release(plan, fence);
      }
      return {
        kind: 'released',
        notes: differences.map((each) => say`left as somebody else has made it: ${foreign(each)}`),
      };
    },
    observe: (task) =>
      orUnknown(async () => {
        const seen = [];
        for (const plan of plansOf(task)) {
          const { state } = await look(plan, task.tag);
          const lag = state.kind === 'changed' ? [] : await measure.lagging(plan, state.kind === 'ours');
          seen.push({ state, lag });
        }
        return summed(seen);
      }),
    verify: (task) =>
      orUnknown(async () => {
        const looks: Look[] = [];
        for (const plan of plansOf(task)) looks.push(...(await measure.proofs(plan, task)));
        const wrong = looks.filter((each) => !each.right);
        return wrong.length > 0
          ? { kind: 'disproved', by: wrong.map((each) => each.by) }
          : { kind: 'proved', by: looks.map((each) => each.by) };
      }),
  };
}

/** The places of a task; throws where its `prior` isn't what a plan gave. */
function plansOf(task: MeasureTask): readonly PlacePlan[] {
  return priorSchema.parse(task.prior).places;
}

function summed(seen: readonly { readonly state: BlockState; readonly lag: readonly string[] }[]): Observation {
  const differences = seen.flatMap(({ state, lag }) => (state.kind === 'changed' ? state.differences : lag));
  const kinds = new Set(seen.map(({ state }) => state.kind));
  if (differences.length === 0 && kinds.size > 1) differences.push('some of its instances have it, others not');
  if (differences.length > 0) return { kind: 'changed', differences: differences.map((each) => [foreign(each)]) };
  if (kinds.has('ours')) return { kind: 'in-force', notes: [] };
  const others = seen.flatMap(({ state }) => (state.kind === 'absent' ? state.others : []));
  return { kind: 'absent', notes: others.map((each) => say`the configuration differs otherwise: ${foreign(each)}`) };
}

/** Commands that do the same by hand. The room comes first: where the disk is full, it is what sed needs. */
function undoByHand({ path, before, sha256: was }: PlacePlan, tag: string): readonly string[] {
  const block = `/^# tourniquet ${tag} begins/,/^# tourniquet ${tag} ends$/`;
  return [
    `rm -f ${path}.tourniquet-room-${tag}`,
    `sed -i --follow-symlinks '${block}{/^#| /!d;s/^#| //}' ${path}`,
    before === null ? `[ -s ${path} ] || rm -f ${path}` : `echo "${was}  ${path}" | sha256sum -c`,
  ];
}

/** A block that several measures share. */
function undoInWords({ path, before, sha256: was }: PlacePlan, tag: string): readonly string[] {
  return [
    `rm -f ${path}.tourniquet-room-${tag}`,
    before === null
      ? `take these lines out of ${path} again, and the file with the last of them`
      : `take these lines out of ${path} again (sha256 then ${was})`,
  ];
}

function newLines(before: string, after: string): readonly string[] {
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}
