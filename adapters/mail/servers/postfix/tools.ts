/**
 * Postfix's own tools on one host. An instance (postmulti(1)) is its configuration folder.
 *
 * What the running master really listens to is read from the kernel: a service that is disabled in main.cf goes on until
 * the master has read it again.
 */
import { countWaiting } from '../../../../src/domain/queues/waiting.ts';
import type { WaitingCount } from '../../../../src/domain/queues/waiting.ts';
import { readPostqueue } from '../../../../src/domain/queues/postqueue.ts';
import type { ListingSink } from '../../../../src/domain/queues/message.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host, Ran } from '../../../../src/ports/host.ts';
import type { HostFiles } from '../../../../src/ports/host-files.ts';
import { pathOf } from './main-cf.ts';
import { lookAtProcesses } from '../processes.ts';
import type { Process } from '../processes.ts';
import type { ConfigServer, Place } from '../config-measure.ts';
import type { ServerOptions } from '../options.ts';

export interface Service {
  readonly name: string;
  readonly type: string;
  readonly command: string;
}

/** What the running master does: which services it listens for, or that none runs. */
export type Master =
  | { readonly kind: 'runs'; readonly pid: number; readonly listens: readonly string[] }
  | { readonly kind: 'stopped' };

export interface Tools {
  readonly name: string;
  readonly options: ServerOptions;
  readonly host: Host;
  readonly files: HostFiles;
  readonly now: () => number;
  /** Configuration folders. */
  instances(): Promise<readonly string[]>;
  /** Effective values, `$name` expanded. */
  values(folder: string, ...names: readonly string[]): Promise<readonly string[]>;
  /** As they are written. */
  rawValue(folder: string, name: string): Promise<string>;
  /** What master.cf sets otherwise for single services: service/type/parameter = value. */
  overrides(folder: string): Promise<readonly string[]>;
  services(folder: string): Promise<readonly Service[]>;
  master(folder: string): Promise<Master>;
  /** The processes of this instance's master. */
  processes(folder: string): Promise<readonly Process[]>;
  /** Whether main.cf was changed after the running Postfix has read it. */
  isUnread(folder: string): Promise<boolean>;
  /** When main.cf was last changed: seconds since 1970 UTC by the host's clock, to the microsecond. */
  changedAt(folder: string): Promise<number>;
  /** Throws HostUnknown with what Postfix itself finds wrong in its configuration. */
  check(folder: string): Promise<void>;
  /** Does nothing where Postfix isn't running: it reads its configuration when it starts. */
  reload(folder: string, fence: number): Promise<void>;
  list(folder: string, sink: ListingSink): Promise<void>;
  waiting(folders: readonly string[]): Promise<WaitingCount>;
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
  options: ServerOptions,
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
  const queues = new Map<string, string>();
  const master = async (folder: string): Promise<Master> => {
    const queue = queues.get(folder) ?? (await must(['postconf', '-c', folder, '-xh', 'queue_directory'])).trim();
    queues.set(folder, queue);
    const ran = await run(['sh', '-c', MASTER, 'tourniquet', queue]);
    if (ran.code === STOPPED) return { kind: 'stopped' };
    if (ran.code !== 0)
      throw new HostUnknown(`what the master on ${name} listens to can't be read: ${lastLine(ran.err)}`);
    const seen = readMaster(ran.out);
    if (seen.listens.length === 0)
      throw new HostUnknown(`nothing is seen of what the master on ${name} listens to; that needs root.`);
    return seen;
  };
  const processes = async (folder: string): Promise<readonly Process[]> => {
    const seen = await master(folder);
    if (seen.kind === 'stopped') return [];
    const all = await lookAtProcesses(name, host);
    return all.filter((each) => each.parent === seen.pid);
  };
  const changedAt = async (folder: string): Promise<number> =>
    Number((await must(['stat', '-c', '%.6Z', pathOf(folder)])).trim());
  return {
    name,
    options,
    host,
    files,
    now,
    run,
    list,
    instances: async () =>
      options.instances.length > 0 ? options.instances : [(await must(['postconf', '-h', 'config_directory'])).trim()],
    values: async (folder, ...names) => {
      const lines = (await must(['postconf', '-c', folder, '-xh', ...names])).split('\n');
      return names.map((_, index) => (lines[index] ?? '').trim());
    },
    rawValue: async (folder, each) => (await must(['postconf', '-c', folder, '-h', each])).trim(),
    overrides: async (folder) => (await must(['postconf', '-c', folder, '-P'])).split('\n'),
    services: async (folder) => readServices(await must(['postconf', '-c', folder, '-M'])),
    master,
    processes,
    isUnread: async (folder) => {
      const queueManager = (await processes(folder)).find((each) => /^(\S*\/)?qmgr( |$)/.test(each.args));
      if (queueManager === undefined) return false;
      const changed = await changedAt(folder);
      const { earliest, latest } = queueManager.began;
      if (earliest < changed && latest >= changed)
        throw new HostUnknown(`whether Postfix on ${name} has read ${pathOf(folder)} can't be told; it is very busy.`);
      return latest < changed;
    },
    changedAt,
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
    waiting: async (folders) => {
      const count = countWaiting(now() / 1000);
      for (const folder of folders) await list(folder, count);
      return count;
    },
  };
}

/** The service that a process is for: `smtp -n relay -t unix -u`; without -n it is called as its program. */
export function serviceOf(args: string, program: string): string | undefined {
  const words = args.split(/\s+/);
  if (words[0]?.split('/').at(-1) !== program) return undefined;
  const named = words.indexOf('-n');
  return named === -1 ? program : words[named + 1];
}

function readServices(printed: string): readonly Service[] {
  return printed.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [name, type] = words;
    const command = words[7];
    return name === undefined || type === undefined || command === undefined ? [] : [{ name, type, command }];
  });
}

/** Postfix as a server of configuration files: each instance's main.cf. */
export function configServer(tools: Tools): ConfigServer {
  const { name, files } = tools;
  return {
    name,
    files,
    places: async () => (await tools.instances()).map((id): Place => ({ id, path: pathOf(id) })),
    install: async ({ id, path }, change, fence) => {
      await files.replace(path, change, fence);
      try {
        await tools.check(id);
      } catch (error) {
        const { from, to, room } = change;
        await files.replace(path, { from: to, to: from, ...(room && { room: { ...room, how: 'use' } }) }, fence);
        throw error;
      }
    },
    tellsEachTime: false,
    reload: ({ id }, fence) => tools.reload(id, fence),
    words: ({ id }) => ({ check: `postfix -c ${id} check`, reload: `postfix -c ${id} reload` }),
  };
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
