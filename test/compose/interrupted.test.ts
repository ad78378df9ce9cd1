/** A command that is ended from outside takes with it what it had begun. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

describeLab('a command that is interrupted', { sets: ['redis'] }, () => {
  let bot: Bot;
  beforeEach(() => {
    bot = makeBot();
  });
  afterEach(() => bot.clean());

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends its private Redis too, and prints nothing', async (signal, status) => {
    const silent = createSocket('udp4');
    let asked = false;
    silent.on('message', () => {
      asked = true;
    });
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    const words = ['check', '1.2.3.4', '--json', '--resolver', `127.0.0.1:${silent.address().port}`];
    const child = spawn(TQ, words, { env: { ...process.env, TOURNIQUET_DATA: bot.dataFolder, REDIS_URL: '' } });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await until(() => asked, 20_000, 'a list to be asked');
    child.kill(signal);
    expect(await gone).toBe(status);
    silent.close();
    expect(out).toBe('');
    const redis = join(bot.dataFolder, 'redis');
    expect(readdirSync(join(redis, 'users'))).toEqual([]);
    await until(() => !existsSync(join(redis, 'redis.sock')), 5000, 'the private Redis to be gone');
  });
});
