/**
 * One client of the bench of lookups, in a process of its own: what one leaves behind (timers, a heap) must not burden
 * the next. It makes one round each time it is told to.
 */
import { fork } from 'node:child_process';
import { ADDRESSES, LISTS, ZONES, addressOf, isListed, sweepOnce } from './dns-world.ts';
import type { Round } from './dns-world.ts';

/** npm dnsbl has no types of its own. */
const DNSBL: string = 'dnsbl';
const CLIENTS = {
  ours: (address: string) => sweepOnce(address, ADDRESSES),
  dnsbl: (address: string) => dnsblOnce(address, undefined),
  'dnsbl-128': (address: string) => dnsblOnce(address, 128),
} as const;

type ClientName = keyof typeof CLIENTS;

export interface Client {
  round(this: void): Promise<Spent>;
  close(): void;
}

/** `cpuMicros`: processor time of the client for one question that had to be answered. */
export type Spent = Round & { readonly cpuMicros: number };

export function startClient(name: ClientName, address: string): Client {
  const child = fork(import.meta.filename, [name, address]);
  return {
    round: () =>
      new Promise((resolve, reject) => {
        child.once('message', (spent: Spent) => {
          child.off('exit', reject);
          resolve(spent);
        });
        child.once('exit', reject);
        child.send('round');
      }),
    close: () => void child.kill(),
  };
}

async function dnsblOnce(address: string, concurrency: number | undefined): Promise<Round> {
  const dnsbl: {
    batch(addresses: string[], lists: string[], options: object): Promise<{ address: string; listed: boolean }[]>;
  } = await import(DNSBL);
  const addresses = Array.from({ length: ADDRESSES }, (_, index) => addressOf(index));
  const indexOf = new Map(addresses.map((each, index) => [each, index]));
  const began = performance.now();
  const results = await dnsbl.batch(addresses, [...ZONES], {
    servers: [address],
    ...(concurrency !== undefined && { concurrency }),
  });
  const seconds = (performance.now() - began) / 1000;
  const wrong = results.filter((each) => each.listed !== isListed(indexOf.get(each.address) ?? 0)).length;
  return { seconds, wrong, unknown: ADDRESSES * LISTS - results.length };
}

async function roundOf(name: string, address: string): Promise<Spent> {
  const client = name === 'ours' || name === 'dnsbl' || name === 'dnsbl-128' ? CLIENTS[name] : undefined;
  if (!client) throw new Error(`There is no client ${name}.`);
  const before = process.cpuUsage();
  const round = await client(address);
  const { user, system } = process.cpuUsage(before);
  return { ...round, cpuMicros: (user + system) / (ADDRESSES * LISTS) };
}

if (process.argv[1] === import.meta.filename) {
  const [name = '', address = ''] = process.argv.slice(2);
  process.on('message', () => void roundOf(name, address).then((spent) => process.send?.(spent)));
}
