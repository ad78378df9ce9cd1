import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProducer, parseRedisUrl, whenReady } from '../../../adapters/redis/connection.ts';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { openMornings } from '../../../adapters/redis/mornings.ts';
import { keepsTheMorningsContract } from '../../contracts/mornings.ts';
import { describeLab } from '../../lab/packages.ts';
import { startRedis } from '../../lab/redis.ts';
import type { RedisServer } from '../../lab/redis.ts';

const SLOT = { site: 'hq', date: '2026-11-25', time: '07:30' };

describeLab('the mornings in Redis and on the disk', { sets: ['redis'] }, () => {
  let server: RedisServer;
  let redis: RedisClient;
  const folders: string[] = [];
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'tq-mornings-'));
    folders.push(made);
    return made;
  };
  beforeAll(async () => {
    server = await startRedis();
    redis = openProducer(parseRedisUrl(server.url));
    await whenReady(redis, 3000);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
    for (const each of folders) rmSync(each, { recursive: true, force: true });
  });

  keepsTheMorningsContract(async () => {
    await redis.flushall();
    return openMornings(redis, folder(), [], []);
  });

  it('are not told twice by a Redis that came back empty', async () => {
    const here = folder();
    const mornings = openMornings(redis, here, [], []);
    await mornings.claim(SLOT);
    await mornings.done(SLOT, 5);
    await redis.flushall();
    expect(await openMornings(redis, here, [], []).claim(SLOT)).toBe('done');
    expect(await openMornings(redis, here, [], []).last('hq')).toMatchObject({ at: 5 });
  });

  it('are known to another machine over the same Redis, and survive a file that was cut off', async () => {
    const here = folder();
    await redis.flushall();
    const mornings = openMornings(redis, here, [], []);
    await mornings.claim(SLOT);
    await mornings.done(SLOT, 5);
    writeFileSync(join(here, 'mornings.json'), '{"hq": ["2026-11-');
    expect(await openMornings(redis, here, [], []).claim(SLOT)).toBe('done');
    expect(await openMornings(redis, folder(), [], []).claim(SLOT)).toBe('done');
  });
});
