/**
 * Postfix's own tools on one host. An instance (postmulti(1)) is its configuration folder.
 *
 * What the running master really listens to is read from the kernel: a service that is disabled in main.cf goes on until
 * the master has read it again.
 */
import { foreign } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { countWaiting } from '../../../src/domain/queues/waiting.ts';
import type { WaitingCount } from '../../../src/domain/queues/waiting.ts';
import { readPostqueue } from '../../../src/domain/queues/postqueue.ts';
import type { ListingSink } from '../../../src/domain/queues/message.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host, Ran } from '../../../src/ports/host.ts';
import type { HostFiles } from '../../../src/ports/host-files.ts';
import type { PostfixOptions } from './options.ts';

export interface Instance {
  readonly folder: string;
  readonly queue: string;
}

export interface Service {
  readonly name: string;
  readonly type: string;
  readonly command: string;
}

/** What the running master does: which services it listens for, or that none runs. */
export type Master =
  | { readonly kind: 'runs'; readonly pid: number; readonly listens: readonly string[] }
  | { readonly kind: 'stopped' };

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

export interface Tools {
  readonly name: string;
  readonly options: PostfixOptions;
  readonly host: Host;
  readonly files: HostFiles;
  readonly now: () => number;
  instances(): Promise<readonly Instance[]>;
  /** Effective values, `$name` expanded. */
  values(folder: string, ...names: readonly string[]): Promise<readonly string[]>;
  services(folder: string): Promise<readonly Service[]>;
  master(instance: Instance): Promise<Master>;
  processes(): Promise<readonly Process[]>;
  /** Throws HostUnknown with what Postfix itself finds wrong in its configuration. */
  check(folder: string): Promise<void>;
  /** Does nothing where Postfix isn't running: it reads its configuration when it starts. */
  reload(folder: string, fence: number): Promise<void>;
  list(folder: string, sink: ListingSink): Promise<void>;
  waiting(instances: readonly Instance[]): Promise<WaitingCount>;
  run(argv: readonly string[], how?: { input?: string; fence?: number; deadlineMs?: number }): Promise<Ran>;
}

const DEADLINE_MS = 20_000;
const LISTING_MS = 60_000;
const STOPPED = 3;
const LONGEST_LINE = 4_000_000;

/** $1: the queue folder. A left-over pid file names no master. */
const MASTER = `pid=$(sed 1q "$1/pid/master.pid" 2>/dev/null | tr -d ' ')
[ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = master ] || exit ${STOPPED}
echo "pid $pid"
# Descriptors come and go while they are listed.
ls -l "/proc/$pid/fd" 2>/dev/null
cat /proc/net/unix`;

export function openTools(
  name: string,
  options: PostfixOptions,
  host: Host,
  files: HostFiles,
  now: () => number,
): Tools {
  const run: Tools['run'] = (argv, how = {}) => host.run(argv, { deadlineMs: DEADLINE_MS, ...how });
  const must = async (argv: readonly string[]): Promise<string> => {
    const ran = await run(argv);
    if (ran.code !== 0) throw new HostUnknown(`${argv[0]} on ${name} ended with ${ran.code}: ${lastLine(ran.err)}`);
    return ran.out;
  };
  const list = async (folder: string, sink: ListingSink): Promise<void> => {
    const reader = readPostqueue(sink);
    const limits = { deadlineMs: LISTING_MS, longest: LONGEST_LINE };
    for await (const lines of host.lines(['postqueue', '-c', folder, '-j'], limits))
      for (const line of lines) if (line !== undefined) reader.feed(line);
    reader.end();
  };
  return {
    name,
    options,
    host,
    files,
    now,
    run,
    list,
    instances: async () => {
      const folders =
        options.instances.length > 0
          ? options.instances
          : [(await must(['postconf', '-h', 'config_directory'])).trim()];
      return Promise.all(
        folders.map(async (folder) => ({
          folder,
          queue: (await must(['postconf', '-c', folder, '-xh', 'queue_directory'])).trim(),
        })),
      );
    },
    values: async (folder, ...names) => {
      const lines = (await must(['postconf', '-c', folder, '-xh', ...names])).split('\n');
      return names.map((_, index) => (lines[index] ?? '').trim());
    },
    services: async (folder) => readServices(await must(['postconf', '-c', folder, '-M'])),
    master: async ({ queue }) => {
      const ran = await run(['sh', '-c', MASTER, 'tourniquet', queue]);
      if (ran.code === STOPPED) return { kind: 'stopped' };
      if (ran.code !== 0)
        throw new HostUnknown(`what the master on ${name} listens to can't be read: ${lastLine(ran.err)}`);
      const master = readMaster(ran.out);
      if (master.listens.length === 0)
        throw new HostUnknown(`nothing is seen of what the master on ${name} listens to; that needs root.`);
      return master;
    },
    processes: async () =>
      (await must(['ps', '-eo', 'pid=,ppid=,args='])).split('\n').flatMap((line) => {
        const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
        return args === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
      }),
    check: async (folder) => {
      const ran = await run(['postfix', '-c', folder, 'check']);
      if (ran.code !== 0) throw new HostUnknown(`postfix check on ${name} finds: ${lastLine(ran.err)}`);
    },
    reload: async (folder, fence) => {
      const ran = await run(['postfix', '-c', folder, 'reload'], { fence });
      if (ran.code === 0) return;
      if (/not running/.test(ran.err) || (await run(['postfix', '-c', folder, 'status'])).code !== 0) return;
      throw new HostUnknown(`postfix reload on ${name} ended with ${ran.code}: ${lastLine(ran.err)}`);
    },
    waiting: async (instances) => {
      const count = countWaiting(now() / 1000);
      for (const { folder } of instances) await list(folder, count);
      return count;
    },
  };
}

/** A HostUnknown's message, to be shown. */
export function why(error: HostUnknown): Phrase {
  return [foreign(error.message, 400)];
}

function readServices(printed: string): readonly Service[] {
  return printed.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [name, type] = words;
    const command = words[7];
    return name === undefined || type === undefined || command === undefined ? [] : [{ name, type, command }];
  });
}

/** /proc/net/unix: … Inode Path; a listening socket has the flag 00010000 (unix(7), proc(5)). */
function readMaster(printed: string): Extract<Master, { kind: 'runs' }> {
  const own = new Set([...printed.matchAll(/socket:\[(\d+)\]/g)].map((match) => match[1]));
  const listens = [...printed.matchAll(/^\S+ \S+ \S+ 00010000 \S+ \S+ +(\d+) (?:\S*\/)?(?:private|public)\/(\S+)$/gm)]
    .filter((match) => own.has(match[1]))
    .map((match) => match[2] ?? '');
  return { kind: 'runs', pid: Number(/^pid (\d+)$/m.exec(printed)?.[1]), listens };
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').slice(0, 300);
}
