/**
 * The processes of a host, and when each began by its wall clock, so that it can be said whether that was before or after
 * a file was changed.
 *
 * The kernel keeps a beginning in ticks since boot (proc(5), starttime). `date` says what the wall clock shows between the
 * beginnings of two processes of our own; so each beginning is known to lie between two moments, as far apart as the
 * machine was slow. `ps -o etimes` tells whole seconds of another moment than `date`: on a busy machine a daemon that had
 * just read its files looked older than they are.
 */
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly began: Moment;
  readonly args: string;
}

/** Seconds since 1970 UTC by the host's clock: not before `earliest`, and before `latest`. */
export interface Moment {
  readonly earliest: number;
  readonly latest: number;
}

/** Linux counts them so for programs on every architecture of today (USER_HZ; proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;
/** A look that took longer than this between its two beginnings is done again: it tells too little. Seconds. */
const NARROW_S = 0.05;
const MOST_LOOKS = 8;
const DEADLINE_MS = 20_000;

const LOOK = `cat /proc/self/stat && date +%s.%N && cat /proc/self/stat
echo processes
# Processes end while they are listed.
cat /proc/[0-9]*/stat 2>/dev/null
echo arguments
ps -eo pid=,args=`;

/** Looks until it tells the beginnings to within a twentieth of a second, or gives the narrowest of several looks. */
export async function lookAtProcesses(name: string, host: Host): Promise<readonly Process[]> {
  let narrowest: Look | undefined;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const ran = await host.run(['sh', '-c', LOOK], { deadlineMs: DEADLINE_MS });
    if (ran.code !== 0)
      throw new HostUnknown(`the processes on ${name} can't be listed: ${ran.err.trim().slice(-200)}`);
    const seen = readProcesses(ran.out);
    if (narrowest === undefined || seen.width < narrowest.width) narrowest = seen;
    if (narrowest.width <= NARROW_S) break;
  }
  return narrowest?.processes ?? [];
}

/** When a file was last changed: seconds since 1970 UTC by the host's clock, to the microsecond. */
export async function changedAt(name: string, host: Host, path: string): Promise<number> {
  const ran = await host.run(['stat', '-c', '%.6Z', path], { deadlineMs: DEADLINE_MS });
  if (ran.code !== 0) throw new HostUnknown(`${path} on ${name} can't be looked at: ${ran.err.trim().slice(0, 200)}`);
  return Number(ran.out.trim());
}

interface Look {
  readonly processes: readonly Process[];
  /** Between its two beginnings, in seconds. */
  readonly width: number;
}

function readProcesses(printed: string): Look {
  const [head = '', rest = ''] = printed.split('\nprocesses\n');
  const [stats = '', listed = ''] = rest.split('\narguments\n');
  const [before, date, after] = head.split('\n');
  const [first, wall, second] = [readStat(before), Number(date), readStat(after)];
  if (!first || !second || !Number.isFinite(wall) || wall <= 0)
    throw new HostUnknown('what /proc tells of the processes there is not understood.');
  const width = (second.ticks - first.ticks) / TICKS_PER_SECOND;
  const args = new Map(
    listed.split('\n').flatMap((line) => {
      const [, pid, words] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      return words === undefined ? [] : [[Number(pid), words] as const];
    }),
  );
  const processes = stats.split('\n').flatMap((line): readonly Process[] => {
    const stat = readStat(line);
    const words = args.get(stat?.pid ?? 0);
    if (stat === undefined || words === undefined) return [];
    const { pid, parent, ticks } = stat;
    // Ticks are cut off, hence one more on either side.
    const earliest = wall - (second.ticks + 1 - ticks) / TICKS_PER_SECOND;
    const latest = wall - (first.ticks - 1 - ticks) / TICKS_PER_SECOND;
    return [{ pid, parent, began: { earliest, latest }, args: words }];
  });
  return { processes, width };
}

/** `PID (NAME) STATE PARENT …`, the beginning in field 22; the name may hold anything. */
function readStat(line = ''): { pid: number; parent: number; ticks: number } | undefined {
  const pid = /^(\d+) \(/.exec(line)?.[1];
  const fields = line
    .slice(line.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  const [parent, ticks] = [Number(fields[1]), Number(fields[19])];
  return pid === undefined || !Number.isFinite(ticks) ? undefined : { pid: Number(pid), parent, ticks };
}
