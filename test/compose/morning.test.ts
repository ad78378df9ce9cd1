/** A morning by the real schedule and workers of two bots over one Redis; it is read in their consoles' rooms. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { startRedis } from '../lab/redis.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { reply, startMisbehaving } from '../support/misbehaving-dns.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

describeLab('a morning of the running bot', { sets: ['redis'] }, () => {
  const bots: Bot[] = [];
  const children: ChildProcess[] = [];
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null) return;
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }),
    );
    for (const end of ends.splice(0)) await end();
    for (const bot of bots) await bot.clean();
  });

  it('is one message, late and saying so, though two of them run', async () => {
    const redis = await startRedis();
    const dns = await startMisbehaving({ test: (asked) => [reply(asked)] }, true);
    ends.push(
      () => redis.stop(),
      () => dns.stop(),
    );
    for (const name of ['one', 'two']) {
      const bot = makeBot();
      bots.push(bot);
      const config = join(bot.dataFolder, 'tourniquet.yaml');
      writeFileSync(config, configOf(dns.address));
      const child = spawn(TQ, ['start', '--config', config], {
        cwd: bot.dataFolder,
        env: {
          ...process.env,
          REDIS_URL: redis.url,
          TOURNIQUET_DATA: bot.dataFolder,
          TOURNIQUET_CONSOLE_PORT: '0',
          TOURNIQUET_OPERATIONS_PORT: '0',
          LOG_LEVEL: 'error',
        },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      children.push(child);
      await until(() => existsSync(join(bot.dataFolder, 'console.address')), 30_000, `bot ${name} to run`);
    }
    await until(() => mornings(bots).length > 0, 100_000, 'the morning');
    const [said, ...others] = mornings(bots);
    expect(others).toEqual([]);
    expect(said).toContain('hq');
    expect(said).toContain('late by');
  });
});

/** Due since midnight, wherever the clock stands. */
function configOf(resolver: string): string {
  return `sites: [{ name: hq, addresses: [198.51.100.10], domains: [example.test], timezone: UTC }]
morning: { at: '00:00', days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday] }
resolvers: ['${resolver}']
`;
}

/** The summaries of the mornings that stand in any of the rooms, a line each. */
function mornings(bots: readonly Bot[]): readonly string[] {
  return bots.flatMap(({ dataFolder }) => {
    const file = join(dataFolder, 'console', 'main.jsonl');
    if (!existsSync(file)) return [];
    const keys = new Map<string, string>();
    for (const line of readFileSync(file, 'utf8')
      .split('\n')
      .filter((each) => each.includes('"morning-hq-'))) {
      const entry: { body: { key: string; message: { summary: readonly (string | { foreign: string })[] } } } =
        JSON.parse(line);
      const words = entry.body.message.summary.map((part) => (typeof part === 'string' ? part : part.foreign));
      keys.set(entry.body.key, words.join(''));
    }
    return [...keys.values()];
  });
}
