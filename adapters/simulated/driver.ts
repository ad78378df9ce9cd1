/**
 * Every measure of a drill: one file of one device, put and taken back whole.
 *
 * Rules:
 * 1. What was there before, and what is laid, is kept in `prior`; the release puts exactly that back.
 * 2. A file that is neither ours nor what was before is somebody else's hand.
 */
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureTask, Observation, Plain, Proof } from '../../src/domain/measures/plan.ts';
import { HostUnknown } from '../../src/ports/host.ts';
import type { Host, Ran } from '../../src/ports/host.ts';
import { MeasureRefused } from '../../src/ports/measures.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';

/** What a measure makes of a file. */
export interface OneFile {
  readonly file: string;
  /** Each line ends with the measure's tag, so that it can be told from others'. */
  readonly lines: readonly string[];
  readonly leaseSeconds?: number;
  readonly blastRadius: readonly Phrase[];
}

export interface DriverNeeds {
  readonly name: string;
  readonly host: Host;
  readonly now: () => number;
  /** Throws MeasureRefused where this order isn't for this device. */
  fileOf(order: MeasureOrder): OneFile;
  /** Looks at what it does rather than at what it says. */
  proof(order: MeasureOrder, lines: readonly string[]): Phrase | undefined;
}

const DEADLINE_MS = 10_000;

export function openDriver(needs: DriverNeeds): MeasureDriver {
  const { host, name } = needs;
  const run = async (argv: readonly string[], how: { fence?: number; input?: string } = {}): Promise<Ran> => {
    const ran = await host.run(argv, { deadlineMs: DEADLINE_MS, ...how });
    if (ran.code > 1) throw new HostUnknown(`${name} refused ${argv.join(' ')}: ${ran.err.trim()}`);
    return ran;
  };
  const show = async (file: string): Promise<string | undefined> => {
    const ran = await run(['show', file]);
    return ran.code === 0 ? ran.out : undefined;
  };
  const lease = async (file: string): Promise<number | 'none' | 'over'> => {
    const said = (await run(['lease', file])).out.trim();
    return said === 'none' || said === 'over' ? said : Number(said);
  };
  const put = async (one: OneFile, text: string, fence: number): Promise<void> => {
    const seconds = one.leaseSeconds === undefined ? [] : [String(one.leaseSeconds)];
    await run(['put', one.file, ...seconds], { fence, input: text });
  };
  /** As it was planned: a queue that has moved on since is not chosen from again. */
  const planned = (task: MeasureTask): OneFile => ({ ...needs.fileOf(task.order), lines: linesOf(task.prior) });
  const observe = async (task: MeasureTask): Promise<Observation> => {
    const one = planned(task);
    try {
      const text = await show(one.file);
      if (text === textOf(one, task.tag)) {
        const left = await lease(one.file);
        if (left === 'over') return { kind: 'absent', notes: [say`its lease is over; ${name} ended it by itself`] };
        return { kind: 'in-force', notes: [], ...(left !== 'none' && { until: needs.now() + left * 1000 }) };
      }
      if (text === priorOf(task.prior))
        return { kind: 'absent', notes: [say`${one.file} on ${name} is as it was before`] };
      return { kind: 'changed', differences: differencesOf(text, textOf(one, task.tag)) };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      return { kind: 'unknown', why: [foreign(error.message, 400)] };
    }
  };
  return {
    observe,
    plan: async (order, tag) => {
      const one = needs.fileOf(order);
      const before = await show(one.file);
      const taken = /\b(tq\d+)\b/.exec(before ?? '')?.[1];
      if (taken !== undefined)
        throw new MeasureRefused(`${one.file} on ${name} is still changed by ${taken}; take that back first.`);
      return {
        order,
        prior: { lines: one.lines, ...(before !== undefined && { text: before }) },
        commands: commandsOf(one, tag),
        undo: [before === undefined ? `remove ${one.file}` : `put ${one.file} as it was: ${before.trim()}`],
        blastRadius: one.blastRadius,
      };
    },
    engage: async (task, fence) => {
      const one = planned(task);
      const text = await show(one.file);
      if (text === textOf(one, task.tag)) {
        if ((await lease(one.file)) === 'over') await put(one, text, fence);
        return;
      }
      if (text !== priorOf(task.prior))
        throw new MeasureRefused(
          `${one.file} on ${name} was changed by somebody since this was planned. Plan it again.`,
        );
      await put(one, textOf(one, task.tag), fence);
    },
    renew: async (task, fence) => {
      const one = planned(task);
      if (one.leaseSeconds !== undefined) await run(['renew', one.file, String(one.leaseSeconds)], { fence });
    },
    release: async (task, fence, way) => {
      const one = planned(task);
      const text = await show(one.file);
      const prior = priorOf(task.prior);
      if (text === prior) return { kind: 'released', notes: [say`there was nothing left to take back`] };
      const restore = async (to: string | undefined): Promise<void> => {
        if (to === undefined) await run(['remove', one.file], { fence });
        else await run(['put', one.file], { fence, input: to });
      };
      if (text === textOf(one, task.tag)) {
        await restore(prior);
        return { kind: 'released', notes: [] };
      }
      const differences = differencesOf(text, textOf(one, task.tag));
      if (way === 'exact') return { kind: 'refused', differences };
      const others = (text ?? '').split('\n').filter((line) => line !== '' && !line.includes(`# ${task.tag}`));
      await restore(others.length === 0 ? prior : `${prior ?? ''}${others.join('\n')}\n`);
      return { kind: 'released', notes: [say`what others had changed in ${one.file} was left`] };
    },
    verify: async (task): Promise<Proof> => {
      const seen = await observe(task);
      if (seen.kind === 'unknown') return seen;
      if (seen.kind !== 'in-force')
        return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
      const by = needs.proof(task.order, linesOf(task.prior));
      return by ? { kind: 'proved', by: [by] } : { kind: 'disproved', by: [say`${name} says so, but doesn't do it`] };
    },
  };
}

/** Lines that a plan writes out; of more, the first ones and their number. */
const MOST_WRITTEN_OUT = 4;

function commandsOf(one: OneFile, tag: string): readonly string[] {
  const put = `put ${one.file}${one.leaseSeconds === undefined ? '' : ` for ${one.leaseSeconds} s`}: `;
  const shown = one.lines.slice(0, MOST_WRITTEN_OUT).map((line) => line.trim());
  const more = one.lines.length - shown.length;
  if (more > 0) return [`${put}${shown.join(' ')} … ${more} more  # ${tag}`];
  return shown.map((line) => `${put}${line}  # ${tag}`);
}

/** Also what has nothing in it is known by its tag. */
function textOf(one: OneFile, tag: string): string {
  if (one.lines.length === 0) return `# ${tag}\n`;
  return `${one.lines.map((line) => `${line}  # ${tag}`).join('\n')}\n`;
}

function priorOf(prior: Plain): string | undefined {
  if (typeof prior !== 'object' || prior === null || !('text' in prior)) return undefined;
  return typeof prior.text === 'string' ? prior.text : undefined;
}

function linesOf(prior: Plain): readonly string[] {
  if (typeof prior !== 'object' || prior === null || !('lines' in prior)) return [];
  const { lines } = prior;
  return Array.isArray(lines) ? lines.map(String) : [];
}

function differencesOf(found: string | undefined, left: string): readonly Phrase[] {
  const [have, want] = [(found ?? '').split('\n'), left.split('\n')];
  return [
    ...want.filter((line) => !have.includes(line)).map((line) => say`- ${foreign(line)}`),
    ...have.filter((line) => !want.includes(line)).map((line) => say`+ ${foreign(line)}`),
  ];
}
