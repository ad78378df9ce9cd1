/** The product at a site of the lab: the bot with its private Redis on PC-ADMIN, an agent on the gateway and on the mail server. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box, Inside, Ran } from '../lab/box.ts';
import { until } from '../lab/process.ts';
import type { Company } from '../lab/company.ts';
import { CATALOGUE, configOf } from '../lab/site.ts';
import { talkTo } from './talk.ts';
import type { Talk } from './talk.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');
/** Idle it is three seconds. */
const STARTS_WITHIN_MS = 60_000;

export type Served = 'gateway' | 'mx1';

export interface House {
  readonly dataFolder: string;
  /** The bot itself, with ana at its terminal. Starts it where it doesn't run. */
  startBot(): Promise<Talk>;
  /** A second terminal on the same machine, with somebody else at it. */
  startOther(person: string): Promise<Talk>;
  startAgent(target: Served): Promise<Inside>;
  /** One command in a shell on PC-ADMIN, by root. */
  tq(...words: readonly string[]): Promise<Ran>;
  /** The same on the machine of an agent, with that agent's data. */
  tqAt(target: Served, ...words: readonly string[]): Promise<Ran>;
  /** kill -9 of the private Redis. */
  killRedis(): Promise<void>;
  stop(): Promise<void>;
}

export interface Premises {
  /** Where the bot runs. */
  readonly admin: Box;
  /** Where the agents run; left out where there are none. */
  readonly company?: Pick<Company, 'boxes'>;
}

/** `config` makes tourniquet.yaml, given the path of a catalogue of blocklists. */
export function makeHouse({ admin, company }: Premises, config = configOf): House {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tq-house-'));
  const started: Inside[] = [];
  const file = join(dataFolder, 'tourniquet.yaml');
  const catalogue = join(dataFolder, 'catalogue.yaml');
  writeFileSync(catalogue, CATALOGUE);
  writeFileSync(file, config(catalogue));
  const socket = join(dataFolder, 'redis', 'redis.sock');
  const boxOf = (target: Served): Box => {
    if (!company) throw new Error('no agent runs at these premises');
    return company.boxes[target === 'gateway' ? 'gateway' : 'mail'];
  };
  const env = (folder: string): readonly string[] => [
    'env',
    `TOURNIQUET_DATA=${folder}`,
    `TOURNIQUET_CONFIG=${file}`,
    'NO_COLOR=1',
    'LOG_LEVEL=warn',
  ];
  const ofAgent = (target: Served): readonly string[] => [
    ...env(join(dataFolder, `agent-${target}`)),
    `REDIS_URL=unix://${socket}`,
  ];
  const keep = (inside: Inside): Inside => {
    started.push(inside);
    return inside;
  };
  const talk = async (name: string, argv: readonly string[], ready: string): Promise<Talk> => {
    const made = talkTo(name, keep(admin.start(argv)));
    await made.say('help help', STARTS_WITHIN_MS).catch((error: unknown) => {
      throw new Error(`${name} can't talk to the bot, ${ready}`, { cause: error });
    });
    return made;
  };
  return {
    dataFolder,
    startBot: () => talk('ana', [...env(dataFolder), TQ, 'start'], 'which was just started'),
    startOther: async (person) => {
      const people = admin.read('/etc/passwd').replace(/^root:/m, `${person}:x:0:0::/root:/bin/sh\nroot:`);
      admin.write(`/run/${person}`, people);
      // The system knows people by their numbers; to this one's processes number 0 has another name.
      const asOther = `mount --bind /run/${person} /etc/passwd && exec "$@"`;
      return talk(person, ['unshare', '-m', 'sh', '-c', asOther, 'sh', ...env(dataFolder), TQ, 'chat'], 'beside it');
    },
    startAgent: async (target) => {
      await until(() => existsSync(socket), STARTS_WITHIN_MS, 'the private Redis');
      const inside = keep(boxOf(target).start([...ofAgent(target), 'LOG_LEVEL=info', TQ, 'agent', target]));
      await until(() => inside.output().includes('the agent listens'), STARTS_WITHIN_MS, `the agent of ${target}`);
      return inside;
    },
    tq: (...words) => admin.exec([...env(dataFolder), TQ, ...words]),
    tqAt: (target, ...words) => boxOf(target).exec([...ofAgent(target), TQ, ...words]),
    killRedis: async () => {
      const pid = (await admin.must(['pgrep', '-f', `redis-server.*${socket}`])).trim();
      await admin.must(['kill', '-9', pid]);
    },
    stop: async () => {
      for (const each of started)
        if (each.child.exitCode === null && each.child.signalCode === null) each.kill('SIGKILL');
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
