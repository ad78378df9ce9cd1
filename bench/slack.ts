/**
 * Slack's acknowledgements: 200 signed slash commands a second for ten seconds, a fifth of them redelivered, heard by a
 * gateway (a process of its own) on a real Redis that writes through; then a worker is started, carries all of them out,
 * and the answers are counted in a simulated Slack.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, until } from '../test/lab/process.ts';
import { startRedis } from '../test/lab/redis.ts';
import { Person, overHttp } from '../test/support/slack/person.ts';
import { BOT_TOKEN, SIGNING_SECRET, startSlackServer } from '../test/support/slack/server.ts';
import { TEAM } from '../test/support/slack/workspace.ts';
import { printTable } from './measure.ts';

const TQ = join(import.meta.dirname, '../bin/tq');
const PER_SECOND = 200;
const SECONDS = 10;
/** Each speaks in a direct conversation of their own: Slack takes one message a second in each. */
const PEOPLE = 200;
const REDELIVERED = 0.2;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-bench-slack-'));
  const redis = await startRedis([
    '--maxmemory-policy',
    'noeviction',
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
  ]);
  const slack = await startSlackServer();
  slack.workspace.limitsRate = false;
  const port = await freePort();
  const env = { REDIS_URL: redis.url, SLACK_API_URL: slack.apiUrl, PORT: String(port) };
  const gateway = await start('gateway', folder, env);
  const road = overHttp(`http://127.0.0.1:${port}/slack/events`);
  const people = Array.from({ length: PEOPLE }, (_, index) => {
    const id = `U0P${index}`;
    slack.workspace.users.set(id, { id, team: TEAM, kind: 'member' });
    slack.workspace.channels.set(`D0P${index}`, { id: `D0P${index}`, kind: 'dm', joined: true });
    return new Person(slack, road, { id, channel: `D0P${index}` });
  });
  const times: number[] = [];
  /** Without the first second, in which everybody is new and the code is cold. */
  const warm: number[] = [];
  let refused = 0;
  let redelivered = 0;
  let began = performance.now();
  const note = ({ ms, status }: { readonly ms: number; readonly status: number }): void => {
    times.push(ms);
    if (performance.now() - ms - began > 1000) warm.push(ms);
    if (status !== 200) refused += 1;
  };
  const one = async (index: number): Promise<void> => {
    const sent = await people[index % PEOPLE]?.command('help check');
    if (!sent) return;
    note(sent);
    if (index % Math.round(1 / REDELIVERED) !== 0) return;
    await sleep(1000 + (index % 7) * 100);
    redelivered += 1;
    note(await sent.again());
  };
  began = performance.now();
  const running: Promise<void>[] = [];
  const total = PER_SECOND * SECONDS;
  while (running.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * PER_SECOND));
    while (running.length < due) running.push(one(running.length));
    await sleep(2);
  }
  await Promise.all(running);
  const seconds = (performance.now() - began) / 1000;
  const cpu = cpuSeconds(gateway.pid);
  const worker = await start('worker', folder, env);
  const posted = (): number => slack.workspace.posted.length;
  await until(() => posted() >= total, 60_000, `${total} answers; there are ${posted()}`).catch(() => {});
  await sleep(2000);
  for (const child of [gateway, worker]) child.kill('SIGTERM');
  await Promise.all([gateway, worker].map((child) => new Promise((resolve) => child.once('exit', resolve))));
  await slack.close();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
  printTable(
    `${PER_SECOND} signed commands a second for ${SECONDS} s, ${redelivered} redelivered (${seconds.toFixed(1)} s)`,
    [
      [
        'acknowledged',
        'p50 ms',
        'p99 ms',
        'p99 ms after the first second',
        'max ms',
        'not 200',
        'lost',
        'doubled',
        'gateway CPU ms each',
      ],
      [
        times.length,
        quantile(times, 0.5),
        quantile(times, 0.99),
        quantile(warm, 0.99),
        quantile(times, 1),
        refused,
        Math.max(0, total - posted()),
        Math.max(0, posted() - total),
        (cpu * 1000) / times.length,
      ],
    ],
  );
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** What a process has used so far (proc(5), utime and stime; 100 ticks a second), start included. */
function cpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

async function start(role: string, folder: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const operations = await freePort();
  const child = spawn(TQ, ['start', '--role', role], {
    cwd: folder,
    env: {
      ...process.env,
      TOURNIQUET_DATA: join(folder, role),
      TOURNIQUET_OPERATIONS_PORT: String(operations),
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_SIGNING_SECRET: SIGNING_SECRET,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err = (err + chunk.toString()).slice(-4000)));
  await until(
    () => err.includes(role === 'gateway' ? 'the chats are heard here' : '"started"'),
    30_000,
    `${role} to start: ${err}`,
  );
  return child;
}
