/** Lines of a mail server's log that some processes have written. */
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';

/** $1: the log; $2: the pattern of what is wanted of it. */
const SEARCH =
  '[ -r "$1" ] || { echo "$1 can not be read" >&2; exit 77; }; tail -c 67108864 -- "$1" | grep -aE -- "$2"';
const DEADLINE_MS = 30_000;

/** `place`: a path, `journal`, or nothing where it isn't known. Throws HostUnknown. */
export async function searchLog(
  { name, host }: { readonly name: string; readonly host: Host },
  place: string,
  pids: readonly number[],
  pattern: string,
): Promise<readonly string[]> {
  if (place === '') throw new HostUnknown(`it isn't written where ${name} logs; put it under log in tourniquet.yaml`);
  const argv =
    place === 'journal'
      ? ['journalctl', '--no-pager', '--quiet', '-o', 'short-iso', '--since=-2d', ...pids.map((pid) => `_PID=${pid}`)]
      : ['sh', '-c', SEARCH, 'tourniquet', place, pattern];
  const ran = await host.run(argv, { deadlineMs: DEADLINE_MS });
  // 1: no such line.
  if (ran.code > 1) throw new HostUnknown(`the log of ${name} can't be read: ${ran.err.trim().slice(0, 200)}`);
  return ran.out.split('\n');
}
