/**
 * Exim's own tools on one host. Its binary is `exim4` on Debian, `exim` elsewhere.
 *
 * A delivery reads the configuration from the disk, the daemon keeps what it read at its start or at the last HUP: so a
 * new text is checked under another name (-C) before it is put in place. Nothing tells from outside what the daemon has
 * read, so it is told each time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readEximListing } from '../../../../src/domain/queues/exim-bp.ts';
import type { ListingSink } from '../../../../src/domain/queues/message.ts';
import { countWaiting } from '../../../../src/domain/queues/waiting.ts';
import type { WaitingCount } from '../../../../src/domain/queues/waiting.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host, Ran } from '../../../../src/ports/host.ts';
import type { HostFiles } from '../../../../src/ports/host-files.ts';
import type { MeasureOrder } from '../../../../src/domain/measures/order.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import { listListeners } from '../connections.ts';
import type { Listener } from '../connections.ts';
import type { ConfigServer } from '../config-measure.ts';
import type { ServerOptions } from '../options.ts';
import { preparedFile, withIncluded } from './config.ts';
import { eximProcesses, intervalDaemons } from './processes.ts';
import { POLL_MS } from '../options.ts';

export interface EximTools {
  readonly name: string;
  readonly options: ServerOptions;
  readonly host: Host;
  readonly files: HostFiles;
  /** Runs Exim itself with these words. */
  exim(words: readonly string[], how?: { input?: string; fence?: number; deadlineMs?: number }): Promise<Ran>;
  /** What Exim's daemon listens to; nothing where none runs. */
  daemons(): Promise<readonly Listener[]>;
  /** The value of one option of the main section (-bP). */
  option(name: string): Promise<string>;
  configFile(): Promise<string>;
  reload(fence: number): Promise<void>;
  /** Begins a queue run beside that sends whatever waits and isn't frozen; where no daemon runs, nothing is sent. */
  sendWaiting(fence: number): Promise<void>;
  /** Throws HostUnknown with what Exim finds wrong. */
  check(config: string): Promise<void>;
  list(sink: ListingSink): Promise<void>;
  waiting(): Promise<WaitingCount>;
}

const DEADLINE_MS = 20_000;
const LISTING_MS = 60_000;
const LONGEST_LINE = 4_000_000;

const RUN =
  'x=$(command -v exim4 || command -v exim) || { echo "exim is not installed" >&2; exit 127; }; exec "$x" "$@"';
const CHECK = `x=$(command -v exim4 || command -v exim) || exit 127
new=$(mktemp) || exit 73
cat > "$new" && chmod 644 "$new" && "$x" -C "$new" -bV; code=$?
rm -f "$new"; exit $code`;
const SEND_WAITING = 'x=$(command -v exim4 || command -v exim) || exit 127; "$x" -qf < /dev/null > /dev/null 2>&1 &';
/** A number may have been given to another process meanwhile. */
const HUP = 'for pid; do case "$(cat "/proc/$pid/comm" 2>/dev/null)" in exim*) kill -HUP "$pid";; esac; done; exit 0';
/** Where no tls_certificate is set, it makes itself a key first: up to a second of the processor, on a busy machine 20. */
const LISTENS_WITHIN_MS = 45_000;

export function openEximTools(options: ServerOptions, host: Host, files: HostFiles, now: () => number): EximTools {
  const { name } = options;
  const exim: EximTools['exim'] = (words, how = {}) =>
    host.run(['sh', '-c', RUN, 'tourniquet', ...words], { deadlineMs: DEADLINE_MS, ...how });
  const must = async (words: readonly string[]): Promise<string> => {
    const ran = await exim(words);
    if (ran.code !== 0)
      throw new HostUnknown(
        `exim ${words.join(' ')} on ${name} ended with ${ran.code}: ${(ran.err || ran.out).trim().slice(0, 300)}`,
      );
    return ran.out;
  };
  const option = async (each: string): Promise<string> => {
    const [first = ''] = (await must(['-bP', each])).split('\n');
    return first.startsWith(`${each} = `) ? first.slice(each.length + 3).trim() : '';
  };
  const list = async (sink: ListingSink): Promise<void> => {
    const reader = readEximListing(sink, now() / 1000);
    const limits = { deadlineMs: LISTING_MS, longest: LONGEST_LINE };
    for await (const lines of host.lines(['sh', '-c', RUN, 'tourniquet', '-bp'], limits))
      for (const line of lines) if (line !== undefined) reader.feed(line);
    reader.end();
  };
  const daemons = async (): Promise<readonly Listener[]> =>
    (await listListeners(name, host)).filter((each) => each.program.startsWith('exim'));
  return {
    name,
    options,
    host,
    files,
    exim,
    daemons,
    option,
    list,
    configFile: async () => {
      const path = /^Configuration file is (\/\S+)$/m.exec(await must(['-bV']))?.[1];
      if (path === undefined) throw new HostUnknown(`exim -bV on ${name} names no configuration file.`);
      return path;
    },
    // By what listens, not by the pid file: one daemon that goes takes away the file of the one that has come.
    reload: async (fence) => {
      const old = await daemons();
      // One that listens to nothing may run the queue by what it has read.
      const others = intervalDaemons(await eximProcesses(name, host)).map(String);
      const pids = [...new Set([...old.map((each) => each.pid), ...others])];
      if (pids.length === 0) return;
      await host.run(['sh', '-c', HUP, 'tourniquet', ...pids], { deadlineMs: DEADLINE_MS, fence });
      if (old.length === 0) return;
      const last = performance.now() + LISTENS_WITHIN_MS;
      for (;;) {
        // It has read its configuration once it listens on sockets of its own anew; until then sessions begin with the old.
        const begun = await daemons();
        if (begun.length > 0 && !begun.some((each) => old.some(({ inode }) => inode === each.inode))) return;
        if (performance.now() > last)
          throw new HostUnknown(`the daemon on ${name} was told to read its configuration, and has not begun anew.`);
        await sleep(POLL_MS);
      }
    },
    sendWaiting: async (fence) => {
      if ((await daemons()).length > 0)
        await host.run(['sh', '-c', SEND_WAITING, 'tourniquet'], { deadlineMs: DEADLINE_MS, fence });
    },
    check: async (config) => {
      const ran = await host.run(['sh', '-c', CHECK, 'tourniquet'], { deadlineMs: DEADLINE_MS, input: config });
      if (ran.code !== 0)
        throw new HostUnknown(
          `exim on ${name} refuses the new configuration: ${(ran.err + ran.out).trim().slice(-300)}`,
        );
    },
    waiting: async () => {
      const count = countWaiting(now() / 1000);
      await list(count);
      return count;
    },
  };
}

/** Exim as a server of configuration files: the configuration itself, or the prepared file that the order's part is in. */
export function eximConfig(tools: EximTools): ConfigServer {
  const { name, files } = tools;
  const read = async (path: string): Promise<string> => {
    const text = await files.read(path);
    if (text === undefined) throw new HostUnknown(`There is no ${path} on ${name}.`);
    return text;
  };
  return {
    name,
    files,
    places: async (order) => {
      const id = await tools.configFile();
      const path = preparedFile(await read(id), partOf(order)) ?? id;
      if (path.endsWith('/config.autogenerated'))
        throw new MeasureRefused(
          `${path} on ${name} is made by update-exim4.conf, which would undo it; have .include_if_exists /etc/exim4/tourniquet-${partOf(order)}.conf put into it once (docs/measures-mail.md).`,
        );
      return [{ id, path }];
    },
    install: async ({ id, path }, change, fence) => {
      const config = path === id ? change.to : withIncluded(await read(id), path, change.to);
      await tools.check(config);
      await files.replace(path, change, fence);
    },
    tellsEachTime: true,
    reload: (_place, fence) => tools.reload(fence),
    words: () => ({ check: 'exim -C (the new text) -bV, before it is put in place', reload: 'kill -HUP (the daemon)' }),
  };
}

function partOf(order: MeasureOrder): 'routers' | 'acl' {
  return order.kind === 'disable-account' ? 'acl' : 'routers';
}
