/**
 * Open connections of a host's processes, seen and ended by ss(8): its -K needs INET_DIAG_DESTROY of the kernel, which
 * nearly every distribution has; where it does nothing, the process is ended.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import { POLL_MS } from './options.ts';

export interface Connection {
  /** Each an address with its port, as ss prints it. */
  readonly local: string;
  readonly remote: string;
  readonly program: string;
  readonly pid: string;
}

const DEADLINE_MS = 20_000;
const GONE_WITHIN_MS = 3000;

/** Pairs of a local and a remote end. */
const RESET = 'while [ $# -ge 2 ]; do ss -K -tn src "$1" dst "$2"; shift 2; done; exit 0';
/** $1: the program. A number may have been given to another process meanwhile. */
const END =
  'program=$1; shift; for pid; do [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$program" ] && kill -TERM "$pid"; done; exit 0';

/** Established TCP connections with their processes; needs root. */
export async function listConnections(name: string, host: Host): Promise<readonly Connection[]> {
  const ran = await host.run(['ss', '-Htnp', 'state', 'established'], { deadlineMs: DEADLINE_MS });
  if (ran.code !== 0) throw new HostUnknown(`ss on ${name} can't list connections: ${ran.err.trim().slice(0, 200)}`);
  return ran.out.split('\n').flatMap((line) => {
    const [, local, remote, program, pid] =
      /^\s*\d+\s+\d+\s+(\S+)\s+(\S+)\s+users:\(\("([^"]*)",pid=(\d+)/.exec(line) ?? [];
    return local === undefined || remote === undefined || program === undefined || pid === undefined
      ? []
      : [{ local, remote, program, pid }];
  });
}

export interface Listener {
  readonly port: string;
  readonly program: string;
  readonly pid: string;
  /** Another one where the program has opened it anew. */
  readonly inode: string;
}

/** Listening TCP sockets with their processes; needs root. */
export async function listListeners(name: string, host: Host): Promise<readonly Listener[]> {
  const ran = await host.run(['ss', '-Hltnpe'], { deadlineMs: DEADLINE_MS });
  if (ran.code !== 0) throw new HostUnknown(`ss on ${name} can't list what listens: ${ran.err.trim().slice(0, 200)}`);
  return ran.out.split('\n').flatMap((line) => {
    const [, port, program, pid, inode] =
      /:(\d+)\s+\S+:\*\s+users:\(\("([^"]*)",pid=(\d+).*\bino:(\d+)/.exec(line) ?? [];
    return port === undefined || program === undefined || pid === undefined || inode === undefined
      ? []
      : [{ port, program, pid, inode }];
  });
}

/** Ends what `open` lists; what comes in meanwhile is left alone. Throws HostUnknown where one stays open. */
export async function endConnections(
  name: string,
  host: Host,
  program: string,
  open: () => Promise<readonly Connection[]>,
  fence: number,
): Promise<void> {
  const old = await open();
  if (old.length === 0) return;
  const areGone = async (): Promise<boolean> => {
    const last = performance.now() + GONE_WITHIN_MS;
    for (;;) {
      const now = await open();
      if (!old.some((each) => now.some(({ remote, pid }) => remote === each.remote && pid === each.pid))) return true;
      if (performance.now() > last) return false;
      await sleep(POLL_MS);
    }
  };
  const how = { deadlineMs: DEADLINE_MS, fence };
  await host.run(['sh', '-c', RESET, 'tourniquet', ...old.flatMap((each) => [each.local, each.remote])], how);
  if (await areGone()) return;
  await host.run(['sh', '-c', END, 'tourniquet', program, ...old.map((each) => each.pid)], how);
  if (!(await areGone())) throw new HostUnknown(`Sessions on ${name} were told to end and still are open.`);
}
