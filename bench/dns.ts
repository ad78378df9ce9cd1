/**
 * Blocklist lookups: ours against npm dnsbl, both against what dnsperf gets out of the same server on the same machine.
 *
 * 1,000 addresses, every tenth listed, on 50 lists of a loopback rbldnsd; then the same with 3 of the 50 lists dead, a
 * burst, and the memory by the number of addresses. The clients take turns, so that what else the machine does meets
 * all of them; the ratios are made within a round. Each has a process of its own, and one round before the first counts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openResolver, readServer } from '../adapters/dns/resolver.ts';
import { startDnsdist, startRbldnsd } from '../test/lab/dns.ts';
import { programOf } from '../test/lab/packages.ts';
import { startClient } from './dns-client.ts';
import type { Spent } from './dns-client.ts';
import { ADDRESSES, LISTS, ZONES, addressOf, rblZones, sweepOnce } from './dns-world.ts';
import { median, printTable } from './measure.ts';

const QUESTIONS = ADDRESSES * LISTS;
const ROUNDS = 5;
const BURST = 20_000;

/** `questions`: what reached the server, by its own count. */
type Asked = Spent & { readonly questions: number };

export async function run(): Promise<void> {
  const server = await startRbldnsd(rblZones(ADDRESSES));
  const dead = await startDnsdist(
    server.address,
    [0, 1, 2].map((index) => `addAction(makeRule("l${index}.bl.test."), DropAction())`).join('\n'),
  );
  const names = writeNames();
  const ours = startClient('ours', server.address);
  const dnsbl = startClient('dnsbl', server.address);
  const dnsbl128 = startClient('dnsbl-128', server.address);
  const clients: readonly (readonly [string, () => Promise<Spent>])[] = [
    ['dnsperf (limit of server and machine)', () => dnsperf(server.address, names)],
    ['ours, sweep with proof and reasons', ours.round],
    ['npm dnsbl batch, its default concurrency', dnsbl.round],
    ['npm dnsbl batch, concurrency 128', dnsbl128.round],
  ];
  for (const client of [ours, dnsbl, dnsbl128]) await client.round();
  const rounds: Asked[][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const row: Asked[] = [];
    for (const [, client] of clients) {
      const before = await server.questions();
      const seen = await client();
      row.push({ ...seen, questions: (await server.questions()) - before });
    }
    rounds.push(row);
  }
  for (const client of [ours, dnsbl, dnsbl128]) client.close();
  const ratio = (index: number, to: number): number =>
    median(rounds.map((row) => (row[to]?.seconds ?? 0) / (row[index]?.seconds ?? 1)));
  printTable(`${ADDRESSES} addresses × ${LISTS} lists (median of ${ROUNDS} rounds)`, [
    [
      'client',
      'seconds',
      'questions',
      'answers/s',
      'questions/s',
      'CPU µs/answer',
      'of dnsperf',
      'of dnsbl',
      'wrong',
      'unknown',
    ],
    ...clients.map(([name], index) => {
      const mine = rounds.flatMap((row) => row[index] ?? []);
      const seconds = median(mine.map((each) => each.seconds));
      const most = (count: (each: Asked) => number): number => Math.max(...mine.map(count));
      return [
        name,
        seconds,
        median(mine.map((each) => each.questions)),
        Math.round(QUESTIONS / seconds),
        Math.round(median(mine.map((each) => each.questions / each.seconds))),
        median(mine.map((each) => each.cpuMicros)),
        ratio(index, 0),
        ratio(index, 2),
        most((each) => each.wrong),
        most((each) => each.unknown),
      ];
    }),
  ]);
  const whole = await sweepOnce(dead.address, ADDRESSES);
  const without = await sweepOnce(server.address, ADDRESSES);
  process.stdout.write(
    `  3 of ${LISTS} lists dead, through dnsdist: ${whole.seconds.toFixed(2)} s with a timeout of 2 s for one question (${without.seconds.toFixed(2)} s with none dead, without dnsdist); wrong ${whole.wrong}, unknown ${whole.unknown}\n`,
  );
  process.stdout.write(`  a burst of ${BURST} questions at once: ${await burst(server.address)} lost\n`);
  await dead.stop();
  await server.stop();
  rmSync(names.folder, { recursive: true, force: true });
  await memory();
}

/** All at once, past the sweep's window: how many stay without an answer. */
async function burst(address: string): Promise<number> {
  const resolver = openResolver([readServer(address)]);
  const replies = await Promise.all(
    Array.from({ length: BURST }, (_, index) =>
      resolver.ask({ name: `${index & 255}.${index >> 8}.2.10.l0.bl.test`, type: 'A' }, 20_000),
    ),
  );
  resolver.close();
  return replies.filter((reply) => reply.kind === 'failed').length;
}

/** One sweep; and as many as make 4,000 addresses, so that all have done the same work and differ in how many at once. */
async function memory(): Promise<void> {
  const most = 4000;
  const rows: (string | number)[][] = [
    ['addresses', 'peak MiB, one sweep', 'peak MiB, equal work', 'wrong', 'unknown'],
  ];
  for (const addresses of [250, 1000, most]) {
    const server = await startRbldnsd(rblZones(addresses));
    const [once, equal] = [1, most / addresses].map((times) => peakOf(server.address, addresses, times));
    await server.stop();
    if (once && equal)
      rows.push([addresses, Math.round(once.peakMiB), Math.round(equal.peakMiB), equal.wrong, equal.unknown]);
  }
  printTable(`Memory of a process that sweeps ${LISTS} lists`, rows);
}

interface Peak {
  readonly peakMiB: number;
  readonly wrong: number;
  readonly unknown: number;
}

function peakOf(address: string, addresses: number, times: number): Peak {
  const program = join(import.meta.dirname, 'dns-world.ts');
  const child = spawnSync(process.execPath, [program, address, String(addresses), String(times)], { encoding: 'utf8' });
  const peak: Peak = JSON.parse(child.stdout);
  return peak;
}

interface NameFile {
  readonly folder: string;
  readonly file: string;
}

function writeNames(): NameFile {
  const folder = mkdtempSync(join(tmpdir(), 'tq-dnsperf-'));
  const file = join(folder, 'names');
  writeFileSync(
    file,
    Array.from({ length: ADDRESSES }, (_, index) =>
      ZONES.map((zone) => `${addressOf(index).split('.').toReversed().join('.')}.${zone} A\n`).join(''),
    ).join(''),
  );
  return { folder, file };
}

/** dnsperf over the same names. */
async function dnsperf(address: string, names: NameFile): Promise<Spent> {
  const [host = '', port = ''] = address.split(':');
  const program = programOf('dns', 'usr/bin/dnsperf');
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(program.path, ['-s', host, '-p', port, '-d', names.file, '-n', '1', '-q', '100'], {
      env: { ...process.env, ...program.env },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(out));
  });
  const rate = Number(/Queries per second:\s+([\d.]+)/.exec(output)?.[1]);
  const lost = Number(/Queries lost:\s+(\d+)/.exec(output)?.[1] ?? 0);
  if (!(rate > 0)) throw new Error(`dnsperf gave no rate: ${output.slice(-300)}`);
  return { seconds: QUESTIONS / rate, wrong: 0, unknown: lost, cpuMicros: 0 };
}
