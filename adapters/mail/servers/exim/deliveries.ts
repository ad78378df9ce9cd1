/**
 * Runs of Exim's queue and single deliveries that go on by a configuration of before.
 *
 * Rules, each found on a real Exim 4.96:
 * 1. A run delivers the whole queue by what it read when it began, whatever is changed or told since: it forks for each
 *    message, and reads nothing anew. So it is ended.
 * 2. What it is delivering at that moment has a little time to end by itself, as nothing is sent twice then; after that it
 *    is ended too, the parent before its child: where the child alone dies, the message is frozen (spec.txt).
 * 3. What takes messages in delivers by a new process, which reads the configuration; with `deliver_drop_privilege` or
 *    `cutthrough_delivery` it does so itself, and is ended too.
 * 4. A daemon that runs the queue at intervals (`-q30m`) begins each run by a new process, and is never ended. With
 *    `deliver_drop_privilege` it forks it from itself, which is why it is told of each change too (tools.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HostUnknown } from '../../../../src/ports/host.ts';
import { changedAt } from '../processes.ts';
import type { Process } from '../processes.ts';
import { POLL_MS } from '../options.ts';
import { eximProcesses, intervalDaemons, isInterval } from './processes.ts';
import type { EximTools } from './tools.ts';

const DEADLINE_MS = 20_000;
/** What is under way is given this long. */
export const GRACE_MS = 2000;
const GONE_WITHIN_MS = 3000;

/** $1: the signal. A number may have been given to another process meanwhile. */
const SIGNAL = `signal=$1; shift; for pid; do
  case "$(readlink "/proc/$pid/exe")" in */exim*) kill "-$signal" "$pid";; esac
done; exit 0`;

/** Those that began before the file at `path` was changed, each parent before its children. */
export async function deliveriesOfBefore(tools: EximTools, path: string): Promise<readonly Process[]> {
  const changed = await changedAt(tools.name, tools.host, path);
  const all = await eximProcesses(tools.name, tools.host);
  const daemons = new Set([...(await tools.daemons()).map(({ pid }) => Number(pid)), ...intervalDaemons(all)]);
  const takesPart = await whoDelivers(tools);
  const found = all.filter((each) => !daemons.has(each.pid) && takesPart(each));
  const pids = new Set(found.map(({ pid }) => pid));
  // A child of one that delivers does its part.
  for (let more = -1; more !== pids.size;) {
    more = pids.size;
    for (const each of all) if (pids.has(each.parent) && !daemons.has(each.pid)) pids.add(each.pid);
  }
  const before = all.filter((each) => pids.has(each.pid) && each.began.earliest < changed);
  const depth = (each: Process | undefined): number =>
    each === undefined ? 0 : 1 + depth(before.find(({ pid }) => pid === each.parent && pid !== each.pid));
  return before.toSorted((one, other) => depth(one) - depth(other));
}

/** Ends them. Throws HostUnknown where one goes on. */
export async function endDeliveriesOfBefore(tools: EximTools, path: string, fence: number): Promise<void> {
  const signal = async (name: string, which: readonly number[]): Promise<void> => {
    if (which.length > 0)
      await tools.host.run(['sh', '-c', SIGNAL, 'tourniquet', name, ...which.map(String)], {
        deadlineMs: DEADLINE_MS,
        fence,
      });
  };
  const left = async (withinMs: number): Promise<readonly number[]> => {
    const last = performance.now() + withinMs;
    for (;;) {
      const still = (await deliveriesOfBefore(tools, path)).map(({ pid }) => pid);
      if (still.length === 0 || performance.now() > last) return still;
      await sleep(POLL_MS);
    }
  };
  const begun = await deliveriesOfBefore(tools, path);
  // A run's own children are called as it is.
  await signal(
    'TERM',
    begun.filter((each) => isRun(each) && !begun.some(({ pid }) => pid === each.parent)).map(({ pid }) => pid),
  );
  await signal('TERM', await left(GRACE_MS));
  await signal('KILL', await left(GONE_WITHIN_MS));
  const still = await left(GONE_WITHIN_MS);
  if (still.length > 0)
    throw new HostUnknown(`${still.length} deliveries on ${tools.name} were told to end and still go on.`);
}

/** Whether sessions may pass messages on while they take them in: by the configuration as it is read, with what it includes. */
export async function cutsThrough(tools: EximTools): Promise<boolean> {
  return (await tools.exim(['-bP', 'config'])).out.includes('cutthrough_delivery');
}

/** Whether addresses are verified by asking their own servers (`verify = sender/callout`). */
export async function callsOut(tools: EximTools): Promise<boolean> {
  return /^[^#\n]*\bverify\s*=.*\/\s*callout/m.test((await tools.exim(['-bP', 'config'])).out);
}

/** Which processes deliver, by their words (spec.txt, "The Exim command line"). */
async function whoDelivers(tools: EximTools): Promise<(each: Process) => boolean> {
  const drops = await tools.exim(['-bP', 'deliver_drop_privilege']);
  if (drops.out.startsWith('deliver_drop_privilege')) return () => true;
  if (await cutsThrough(tools)) return () => true;
  return (each) => isRun(each) || /\s-(?:M|Mc|MC\w*)(?:\s|$)/.test(each.args);
}

function isRun({ args }: Process): boolean {
  const [program = '', ...words] = args.split(/\s+/);
  if (program.split('/').at(-1) === 'runq') return true;
  return words.some((word) => /^-[RS]/.test(word) || (word.startsWith('-q') && !isInterval(word)));
}
