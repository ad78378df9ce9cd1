import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { redactSecrets } from '../../adapters/log/log.ts';
import { describeLab } from '../lab/packages.ts';
import { freePort, until } from '../lab/process.ts';
import { startRedis } from '../lab/redis.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';

const ROOT = join(import.meta.dirname, '../..');

describeLab('the running bot', { sets: ['redis'] }, () => {
  let bot: Bot;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    bot = makeBot();
  });
  afterEach(async () => {
    await Promise.all(
      children.splice(0).map(async (child) => {
        if (child.exitCode !== null) return;
        // Killed harder it would leave its private Redis behind.
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }),
    );
    await bot.clean();
  });

  function start(
    words: readonly string[],
    env: Readonly<Record<string, string>>,
  ): { child: ChildProcess; out: () => string; err: () => string } {
    const child = spawn(join(ROOT, 'bin/tq'), ['start', ...words], {
      cwd: bot.dataFolder,
      env: { ...process.env, TOURNIQUET_DATA: bot.dataFolder, NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return { child, out: () => out, err: () => err };
  }

  async function get(port: number, path: string): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: '' };
    }
  }

  it('greets, says what it is, answers in its terminal chat, and ends everything within 3 s of Ctrl-C', async () => {
    // What a machine with other work needs for one command, start and end.
    const { ms } = await bot.run(['help']);
    const port = await freePort();
    const { child, out } = start([], { TOURNIQUET_OPERATIONS_PORT: String(port) });
    child.stdin?.write('help status\n');
    await until(() => out().includes('only looks'), 20_000, 'the answer');
    expect(out()).toContain('Tourniquet is here:');
    const began = performance.now();
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(performance.now() - began).toBeLessThan(Math.max(3000, ms));
    expect(child.exitCode).toBe(0);
    await until(() => !existsSync(join(bot.dataFolder, 'redis', 'redis.sock')), 10_000, 'its Redis to be gone');
    expect(readdirSync(join(bot.dataFolder, 'redis', 'users'))).toEqual([]);
  });

  it('is ready only once a canary was really consumed, and is not ready when its Redis is gone', async () => {
    const redis = await startRedis();
    const port = await freePort();
    start(['--role', 'worker'], { TOURNIQUET_OPERATIONS_PORT: String(port), REDIS_URL: redis.url });
    await until(async () => (await get(port, '/healthz')).status === 200, 20_000, '/healthz');
    expect(await get(port, '/readyz')).toMatchObject({
      status: 503,
      text: expect.stringContaining('no canary job has been consumed yet'),
    });
    const other = await freePort();
    start(['--role', 'scheduler'], { TOURNIQUET_OPERATIONS_PORT: String(other), REDIS_URL: redis.url });
    await until(async () => (await get(port, '/readyz')).status === 200, 40_000, 'the canary');
    expect((await get(port, '/metrics')).text).toMatch(/tourniquet_canary_age_seconds \d/);
    await redis.stop();
    await until(
      async () => (await get(port, '/readyz')).text.includes('look at Redis'),
      20_000,
      'the truth about Redis',
    );
  });

  it('joins the Redis of a bot that runs on the same data folder, and leaves it running', async () => {
    const port = await freePort();
    const { out, child } = start([], { TOURNIQUET_OPERATIONS_PORT: String(port) });
    await until(() => out().includes('Tourniquet is here:'), 20_000, 'the first');
    const beside = await bot.run(['status', '--json']);
    expect(JSON.parse(beside.out)).toMatchObject({
      redis: { kind: 'private' },
      workers: [{ roles: 'worker+scheduler' }],
    });
    child.stdin?.write('status\n');
    await until(() => /Tourniquet runs[.,]/.test(out()), 20_000, 'an answer after the other one left');
  });

  it('refuses a Redis that evicts, before anything else, with the remedy', async () => {
    const redis = await startRedis(['--maxmemory', '50mb', '--maxmemory-policy', 'volatile-lru']);
    const said = await bot.run(['status'], { env: { REDIS_URL: redis.url } });
    expect(said).toMatchObject({ status: 3, err: expect.stringContaining('maxmemory-policy noeviction') });
    await redis.stop();
  });

  it.each([
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, 'Redis is not reachable'],
    [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL is not an address of Redis'],
  ])('with %j says what is wrong and how to mend it', async (env, why) => {
    const said = await bot.run(['status'], { env });
    expect(said).toMatchObject({ status: 3, err: expect.stringContaining(why) });
  });

  it('refuses a broken configuration whole, with every fault and its place', async () => {
    writeFileSync(join(bot.dataFolder, 'tourniquet.yaml'), 'sites:\n  - nam: hq\nrobots: []\n');
    const said = await bot.run(['status']);
    expect(said.status).toBe(3);
    expect(said.err).toMatch(
      /has 3 faults; nothing of it was taken\..*tourniquet\.yaml:2:5 .*tourniquet\.yaml:3:1 robots/s,
    );
  });

  it('answers a command whose Redis dies meanwhile with what happened, and never hangs', async () => {
    const { ms } = await bot.run(['help']);
    const redis = await startRedis();
    const running = bot.run(['check', '9.9.9.9', '--resolver', '127.0.0.1:9', '--timeout', '4'], {
      env: { REDIS_URL: redis.url },
    });
    await until(() => redis.pid > 0, 1000, 'the server');
    await new Promise((resolve) => setTimeout(resolve, 450));
    await redis.stop();
    const said = await running;
    expect(said.status).toBe(3);
    // Its own 4 s, and what a busy machine needs for a start and an end.
    expect(said.ms).toBeLessThan(12_000 + 4 * ms);
  });
});

it('secrets are taken out of what is logged', () => {
  const text =
    'xoxb-1234-abc xapp-1-A-2 https://hooks.slack.com/services/T/B/x redis://bot:hunter2@h:1 Authorization: Bearer abc.def zen abcdefghijklmnopqrstuvwxyz.zen.dq.spamhaus.net';
  const clean = redactSecrets(text);
  for (const secret of ['1234-abc', 'xapp-1', 'services/T', 'hunter2', 'abc.def', 'abcdefghijklmnopqrstuvwxyz'])
    expect(clean).not.toContain(secret);
});

it('the container form keeps to what the documents promise', () => {
  const compose: { services: Record<string, Record<string, unknown>> } = parse(
    readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'),
  );
  expect(compose.services['redis']).toMatchObject({
    command: expect.arrayContaining(['--appendonly', 'yes', 'noeviction']),
    healthcheck: { test: expect.anything() },
  });
  expect(compose.services['tourniquet']).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    depends_on: { redis: { condition: 'service_healthy' } },
  });
  const docker = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  expect(docker).toMatch(/^USER node$/m);
  expect(docker).toMatch(/^HEALTHCHECK /m);
  for (const folder of [...docker.matchAll(/^COPY ((?:\S+ )+)\S+$/gm)].flatMap((match) =>
    (match[1] ?? '').trim().split(' '),
  ))
    expect(existsSync(join(ROOT, folder)), folder).toBe(true);
});
