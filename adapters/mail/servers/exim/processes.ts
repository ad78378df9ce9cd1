/** The processes of Exim on a host, and which of them are daemons that run the queue at intervals. */
import type { Host } from '../../../../src/ports/host.ts';
import { lookAtProcesses } from '../processes.ts';
import type { Process } from '../processes.ts';

const DEADLINE_MS = 20_000;
/** By the program that runs, whatever it was called as (sendmail, runq). */
const PROGRAMS = `find /proc -maxdepth 2 -name exe -printf '%h %l\\n' 2>/dev/null; exit 0`;

export async function eximProcesses(name: string, host: Host): Promise<readonly Process[]> {
  const programs = readPrograms((await host.run(['sh', '-c', PROGRAMS], { deadlineMs: DEADLINE_MS })).out);
  return (await lookAtProcesses(name, host)).filter(({ pid }) => programs.has(pid));
}

/** Their numbers; they may listen besides. What they have begun is called alike. */
export function intervalDaemons(all: readonly Process[]): readonly number[] {
  return all
    .filter(({ args, parent }) => args.split(/\s+/).some(isInterval) && !all.some(({ pid }) => pid === parent))
    .map(({ pid }) => pid);
}

/** -q30m, -qf1h30m, -qGname/5m. */
export function isInterval(word: string): boolean {
  return /^-q(?:[a-z]*|G[^/]*\/)(?:\d+[smhdw])+$/.test(word);
}

function readPrograms(printed: string): ReadonlySet<number> {
  return new Set(
    printed.split('\n').flatMap((line) => {
      const [, pid, program = ''] = /^\/proc\/(\d+) (\/.*)$/.exec(line) ?? [];
      return pid !== undefined && /\/exim[^/]*$/.test(program) ? [Number(pid)] : [];
    }),
  );
}
