/**
 * Sendmail's own tools on one host.
 *
 * The daemon and its queue runners keep what they read at their start or at the last HUP, which has them begin anew from
 * their own path (sendmail(8)): one that was started without its full path ends at a HUP. Its PidFile has the words that
 * it was started with, so that such a one is never told. Nothing tells from outside what they have read, so they are told
 * each time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readSendmail } from '../../../../src/domain/queues/sendmail.ts';
import { countWaiting } from '../../../../src/domain/queues/waiting.ts';
import type { WaitingCount } from '../../../../src/domain/queues/waiting.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { HostFiles } from '../../../../src/ports/host-files.ts';
import type { ConfigServer } from '../config-measure.ts';
import { listListeners } from '../connections.ts';
import type { Listener } from '../connections.ts';
import { POLL_MS } from '../options.ts';
import type { ServerOptions } from '../options.ts';

export const CONFIG = '/etc/mail/sendmail.cf';
const DEADLINE_MS = 20_000;
const LISTING_MS = 60_000;
const LISTENS_WITHIN_MS = 15_000;

/** It goes on after a fault that it finds, and says where: `FILE: line 7: …`. */
const CHECK = `new=$(mktemp) || exit 73
cat > "$new" && chmod 644 "$new" && sendmail -C "$new" -bt < /dev/null 2>&1; code=$?
rm -f "$new"; exit $code`;
const MAILERS = `printf '=M\\n' | sendmail -bt 2>&1`;
/**
 * The daemon and the runners of its queue, by what they call themselves; and whoever delivers outward, as that may be a run
 * of the queue by hand: it would go on with the whole queue by what it has read, and ends after the message that it is at.
 */
const HUP = `ps -eo pid=,comm=,args= | while read -r pid comm args; do
  case "$comm" in sendmail*) case "$args" in *"accepting connections"*|*"ueue runner"*|*"running queue"*|"sendmail: "*": client "*) kill -HUP "$pid";; esac;; esac
done; exit 0`;
const SEND_WAITING = 'sendmail -q < /dev/null > /dev/null 2>&1 &';

/** Of sendmail.cf; what it says where it says nothing. */
const USUAL_PID_FILE = '/var/run/sendmail.pid';

export interface SendmailTools {
  readonly name: string;
  readonly options: ServerOptions;
  readonly host: Host;
  readonly files: HostFiles;
  /** What the daemon listens to. */
  daemons(): Promise<readonly Listener[]>;
  /** Names of the mailers that deliver over the network, as Sendmail itself reads its configuration. */
  networkMailers(): Promise<readonly string[]>;
  /** How many deliveries outward are under way. */
  delivering(): Promise<number>;
  /** How the daemon was started, where that is known and a HUP would end it for good. */
  endsAtReload(): Promise<string | undefined>;
  check(config: string): Promise<void>;
  reload(fence: number): Promise<void>;
  /** Begins a queue run beside. */
  sendWaiting(fence: number): Promise<void>;
  waiting(): Promise<WaitingCount>;
}

export function openSendmailTools(options: ServerOptions, host: Host, files: HostFiles): SendmailTools {
  const { name } = options;
  const must = async (argv: readonly string[]): Promise<string> => {
    const ran = await host.run(argv, { deadlineMs: DEADLINE_MS });
    if (ran.code !== 0)
      throw new HostUnknown(
        `${argv.at(-1)} on ${name} ended with ${ran.code}: ${(ran.err || ran.out).trim().slice(-300)}`,
      );
    return ran.out;
  };
  const daemons = async (): Promise<readonly Listener[]> =>
    (await listListeners(name, host)).filter((each) => each.program.startsWith('sendmail'));
  // The first line has its number, the second its words.
  const endsAtReload = async (): Promise<string | undefined> => {
    const pidFile = /^O PidFile=(\S+)/m.exec((await files.read(CONFIG)) ?? '')?.[1] ?? USUAL_PID_FILE;
    const [, words = ''] = (await files.read(pidFile))?.split('\n') ?? [];
    return words === '' || words.startsWith('/') ? undefined : words;
  };
  return {
    name,
    options,
    host,
    files,
    daemons,
    endsAtReload,
    networkMailers: async () =>
      [...(await must(['sh', '-c', MAILERS])).matchAll(/^mailer \d+ \(([^)]+)\):.*\bA=(?:TCP|IPC)\b/gm)].map(
        (match) => match[1] ?? '',
      ),
    delivering: async () =>
      (await must(['ps', '-eo', 'args='])).split('\n').filter((line) => /^sendmail: \S+ .*: client /.test(line)).length,
    check: async (config) => {
      const ran = await host.run(['sh', '-c', CHECK, 'tourniquet'], { deadlineMs: DEADLINE_MS, input: config });
      const fault = /: line \d+: .*/.exec(ran.out)?.[0];
      if (ran.code !== 0 || fault !== undefined)
        throw new HostUnknown(`sendmail on ${name} refuses the new configuration${fault ?? ''}.`);
    },
    reload: async (fence) => {
      const old = await daemons();
      const mortal = old.length === 0 ? undefined : await endsAtReload();
      if (mortal !== undefined) throw new HostUnknown(`${sayMortal(name, mortal)} and it reads its configuration then`);
      await host.run(['sh', '-c', HUP], { deadlineMs: DEADLINE_MS, fence });
      if (old.length === 0) return;
      const last = performance.now() + LISTENS_WITHIN_MS;
      for (;;) {
        const begun = await daemons();
        if (begun.length > 0 && !begun.some((each) => old.some(({ inode }) => inode === each.inode))) return;
        if (performance.now() > last)
          throw new HostUnknown(
            `the daemon on ${name} was told to read its configuration, and has not begun anew; start it by its full path.`,
          );
        await sleep(POLL_MS);
      }
    },
    sendWaiting: async (fence) => void (await host.run(['sh', '-c', SEND_WAITING], { deadlineMs: DEADLINE_MS, fence })),
    waiting: async () => {
      const [, now = '0', sign = '+', hours = '0', minutes = '0'] =
        /^(\d+) ([+-])(\d\d)(\d\d)$/.exec((await must(['date', '+%s %z'])).trim()) ?? [];
      const offsetMinutes = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
      const count = countWaiting(Number(now));
      const reader = readSendmail(count, { now: Number(now), offsetMinutes });
      for await (const lines of options.mail.listing(LISTING_MS))
        for (const line of lines) if (line !== undefined) reader.feed(line);
      reader.end();
      return count;
    },
  };
}

/** Without the end of the sentence: what is to be done after. */
export function sayMortal(name: string, words: string): string {
  return `The daemon on ${name} was started as ${JSON.stringify(words.slice(0, 200))}, without its full path, so that it would end where it is told to read its configuration. Start it anew by its full path (/usr/sbin/sendmail or the like),`;
}

/** Sendmail as a server of configuration files: its one sendmail.cf. */
export function sendmailConfig(tools: SendmailTools): ConfigServer {
  return {
    name: tools.name,
    files: tools.files,
    places: async () => {
      if ((await tools.files.read(CONFIG)) === undefined)
        throw new HostUnknown(`There is no ${CONFIG} on ${tools.name}.`);
      return [{ id: CONFIG, path: CONFIG }];
    },
    install: async ({ path }, change, fence) => {
      await tools.check(change.to);
      await tools.files.replace(path, change, fence);
    },
    tellsEachTime: true,
    reload: (_place, fence) => tools.reload(fence),
    words: () => ({
      check: 'sendmail -C (the new text) -bt, before it is put in place',
      reload: 'kill -HUP (the daemon)',
    }),
  };
}
