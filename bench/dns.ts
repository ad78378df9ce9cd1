/**
 * Blocklist lookups: ours against npm dnsbl, both against what dnsperf gets out of the same server on the same machine.
 *
 * 1,000 addresses, every tenth listed, on 50 lists of a loopback rbldnsd; then the same with 3 of the 50 lists dead.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../adapters/clock/system.ts';
import { readCatalogue } from '../adapters/catalogue/read.ts';
import { openResolver, readServer } from '../adapters/dns/resolver.ts';
import { sweep } from '../jobs/sweep.ts';
import { ipFromBytes } from '../src/domain/address/ip.ts';
import type { Subject } from '../src/domain/blocklists/query-name.ts';
import { startDnsdist, startRbldnsd } from '../test/lab/dns.ts';
import { programOf } from '../test/lab/packages.ts';
import { median, printTable } from './measure.ts';

const ADDRESSES = 1000;
const LISTS = 50;
const ROUNDS = 3;
/** It has no types of its own. */
const DNSBL: string = 'dnsbl';
const isListed = (index: number): boolean => index % 10 === 0;
const addressOf = (index: number): string => `10.1.${index >> 8}.${index & 255}`;

export async function run(): Promise<void> {
  const zones = Array.from({ length: LISTS }, (_, index) => `l${index}.bl.test`);
  const data = `127.0.0.2\n${Array.from({ length: ADDRESSES }, (_, index) => (isListed(index) ? `${addressOf(index)}\n` : '')).join('')}`;
  const server = await startRbldnsd(
    Object.fromEntries(zones.map((zone) => [zone, [{ type: 'ip4set' as const, data }]])),
  );
  const dead = await startDnsdist(
    server.address,
    [0, 1, 2].map((index) => `addAction(makeRule("l${index}.bl.test."), DropAction())`).join('\n'),
  );
  const questions = ADDRESSES * LISTS;

  const limit = await dnsperf(server.address, zones);
  const ours = await rounds(() => sweepOnce(server.address, zones));
  const batch = await rounds(() => dnsblOnce(server.address, zones, undefined));
  const batch256 = await rounds(() => dnsblOnce(server.address, zones, 256));
  const withDead = await sweepOnce(dead.address, zones);
  await dead.stop();
  await server.stop();

  const row = (name: string, each: Round): (string | number)[] => [
    name,
    each.seconds,
    Math.round(questions / each.seconds),
    questions / each.seconds / limit,
    each.wrong,
    each.missing,
  ];
  printTable(`${ADDRESSES} addresses × ${LISTS} lists (median of ${ROUNDS})`, [
    ['client', 'seconds', 'answers/s', 'of dnsperf', 'wrong', 'unknown'],
    ['dnsperf (limit of server and machine)', questions / limit, Math.round(limit), 1, 0, 0],
    row('ours, sweep with proof and reasons', ours),
    row('npm dnsbl batch, its default concurrency', batch),
    row('npm dnsbl batch, concurrency 256', batch256),
    row('ours, 3 of 50 lists dead', withDead),
  ]);
  process.stdout.write(
    `  ours to npm dnsbl at its default: ${(batch.seconds / ours.seconds).toFixed(2)} times as fast; peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n`,
  );
}

interface Round {
  readonly seconds: number;
  readonly wrong: number;
  readonly missing: number;
}

async function rounds(once: () => Promise<Round>): Promise<Round> {
  const all: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) all.push(await once());
  return {
    seconds: median(all.map((each) => each.seconds)),
    wrong: Math.max(...all.map((each) => each.wrong)),
    missing: Math.max(...all.map((each) => each.missing)),
  };
}

async function sweepOnce(address: string, zones: readonly string[]): Promise<Round> {
  const { lists } = readCatalogue(
    zones.map((zone) => `- {zone: ${zone}, kind: ip, weight: high, codes: {"127.0.0.2": {meaning: spam}}}\n`).join(''),
    'bench',
    {},
  );
  const subjects = Array.from({ length: ADDRESSES }, (_, index): Subject => ({
    kind: 'ip',
    ip: ipFromBytes([10, 1, index >> 8, index & 255]),
  }));
  const resolver = openResolver([readServer(address)]);
  const began = performance.now();
  const findings = await sweep(
    { subjects, lists, questionMs: 2000, wholeMs: 60_000 },
    { resolver, clock: systemClock },
  );
  const seconds = (performance.now() - began) / 1000;
  resolver.close();
  let wrong = 0;
  let missing = 0;
  findings.forEach((row, index) => {
    for (const { verdict } of row) {
      if (verdict.state === 'unknown') missing += 1;
      else if ((verdict.state === 'listed') !== isListed(index)) wrong += 1;
    }
  });
  return { seconds, wrong, missing };
}

async function dnsblOnce(address: string, zones: readonly string[], concurrency: number | undefined): Promise<Round> {
  const dnsbl: {
    batch(addresses: string[], lists: string[], options: object): Promise<{ address: string; listed: boolean }[]>;
  } = await import(DNSBL);
  const addresses = Array.from({ length: ADDRESSES }, (_, index) => addressOf(index));
  const began = performance.now();
  const results = await dnsbl.batch(addresses, [...zones], {
    servers: [address],
    ...(concurrency !== undefined && { concurrency }),
  });
  const seconds = (performance.now() - began) / 1000;
  const wrong = results.filter((each) => each.listed !== isListed(addresses.indexOf(each.address))).length;
  return { seconds, wrong, missing: questionsLost(results.length, zones.length) };
}

function questionsLost(got: number, lists: number): number {
  return ADDRESSES * lists - got;
}

/** Answers per second of dnsperf over the same names. */
async function dnsperf(address: string, zones: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-dnsperf-'));
  const file = join(folder, 'names');
  writeFileSync(
    file,
    Array.from({ length: ADDRESSES }, (_, index) =>
      zones.map((zone) => `${addressOf(index).split('.').toReversed().join('.')}.${zone} A\n`).join(''),
    ).join(''),
  );
  const [host = '', port = ''] = address.split(':');
  const program = programOf('dns', 'usr/bin/dnsperf');
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(program.path, ['-s', host, '-p', port, '-d', file, '-n', '1', '-q', '100'], {
      env: { ...process.env, ...program.env },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(out));
  });
  rmSync(folder, { recursive: true, force: true });
  const rate = Number(/Queries per second:\s+([\d.]+)/.exec(output)?.[1]);
  if (!(rate > 0)) throw new Error(`dnsperf gave no rate: ${output.slice(-300)}`);
  return rate;
}
