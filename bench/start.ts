/** How long a person waits: help, and a check of one address on 20 lists that answer, the private Redis' start included. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRbldnsd } from '../test/lab/dns.ts';
import { printTable, timeProcess } from './measure.ts';

const TQ = join(import.meta.dirname, '../bin/tq');
const RUNS = 9;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-bench-'));
  const zones = Array.from({ length: 20 }, (_, index) => `l${index}.bl.test`);
  const server = await startRbldnsd(
    Object.fromEntries(zones.map((zone) => [zone, [{ type: 'ip4set' as const, data: '127.0.0.2\n' }]])),
  );
  const catalogue = join(folder, 'catalogue.yaml');
  writeFileSync(
    catalogue,
    zones.map((zone) => `- {zone: ${zone}, kind: ip, weight: high, codes: {"127.0.0.2": {meaning: spam}}}\n`).join(''),
  );
  const env = { TOURNIQUET_DATA: join(folder, 'data') };
  const node = timeProcess(process.execPath, ['-e', '0'], env, RUNS, [0]);
  const help = timeProcess(TQ, ['--help'], env, RUNS, [0]);
  const check = timeProcess(
    TQ,
    ['check', '9.9.9.9', '--catalogue', catalogue, '--resolver', server.address, '--json'],
    env,
    RUNS,
    [0],
  );
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  printTable(`Start (whole processes, median of ${RUNS})`, [
    ['command', 'median ms', 'min', 'max', 'ratio to an empty node'],
    ['node -e 0', node.medianMs, node.minMs, node.maxMs, 1],
    ['tq --help', help.medianMs, help.minMs, help.maxMs, help.medianMs / node.medianMs],
    [
      'tq check, 20 lists, Redis started and stopped',
      check.medianMs,
      check.minMs,
      check.maxMs,
      check.medianMs / node.medianMs,
    ],
  ]);
}
