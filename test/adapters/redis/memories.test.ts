import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { openEvidenceStore } from '../../../adapters/redis/evidence-store.ts';
import { openLogMemory } from '../../../adapters/redis/log-memory.ts';
import { openQueueHistory } from '../../../adapters/redis/queue-history.ts';
import { describeLab } from '../../lab/packages.ts';
import { connectRedis } from '../../lab/redis.ts';
import type { ConnectedRedis } from '../../lab/redis.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 24);
const look = (at: number, messages = 1) => ({
  at,
  messages,
  nulls: 0,
  oldestSeconds: 0,
  byQueue: { active: messages },
});

describeLab('memories in a real Redis', { sets: ['redis'] }, () => {
  let connected: ConnectedRedis;
  let redis: RedisClient;
  beforeAll(async () => {
    connected = await connectRedis();
    ({ redis } = connected);
  });
  afterAll(async () => {
    await connected.close();
  });

  it('a queue’s looks are kept for 30 days, the last always, and stay few however often somebody looks', async () => {
    const history = openQueueHistory(redis);
    await history.note('mx1', look(NOW - 31 * 86_400_000));
    for (let minute = 0; minute <= 120; minute += 1) await history.note('mx1', look(NOW + minute * MINUTE, minute));
    const all = await history.recent('mx1', 0);
    expect(all.length).toBeLessThan(40);
    expect(all[0]?.at).toBe(NOW);
    expect(all.at(-1)).toEqual(look(NOW + 120 * MINUTE, 120));
    expect(await history.recent('mx1', NOW + 120 * MINUTE)).toHaveLength(1);
    expect(await history.recent('mx2', 0)).toEqual([]);
    expect(await redis.pttl('{tourniquet}:queue-looks:mx1')).toBeGreaterThan(29 * 86_400_000);
  });

  it('evidence is kept with its time, concluded later, and found as the newest of its place from before a moment', async () => {
    const store = openEvidenceStore(redis);
    const record = (id: string, at: number) => ({
      id,
      place: 'lab',
      at,
      looks: [],
      evidence: { resolver: 'ok' as const },
    });
    await store.keep(record('a', NOW));
    await store.keep(record('b', NOW + 1000));
    await store.conclude('a', 'ndr-attack');
    expect(await store.read('a')).toEqual({ ...record('a', NOW), verdict: 'ndr-attack' });
    expect(await store.latest('lab', NOW + 500)).toMatchObject({ id: 'a', verdict: 'ndr-attack' });
    expect(await store.latest('lab', NOW + 5000)).toEqual(record('b', NOW + 1000));
    expect(await store.latest('lab', NOW)).toBeUndefined();
    for (let index = 0; index < 210; index += 1) await store.keep(record(`c${index}`, NOW + 2000 + index));
    expect(await store.read('a')).toBeUndefined();
    expect(await store.read('c209')).toMatchObject({ place: 'lab' });
  });

  it('what was read of a log is found again', async () => {
    const memory = openLogMemory(redis);
    expect(await memory.recall('mx1')).toBeUndefined();
    await memory.keep('mx1', '12:34', '[1,{}]');
    expect(await memory.recall('mx1')).toEqual({ mark: '12:34', state: '[1,{}]' });
  });
});
