import { afterAll, afterEach, beforeAll } from 'vitest';
import { openProducer, parseRedisUrl, whenReady } from '../../../adapters/redis/connection.ts';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { openFences, openHolds, openJournal } from '../../../adapters/redis/journal.ts';
import { keepsTheJournalContract } from '../../contracts/journal.ts';
import { describeLab } from '../../lab/packages.ts';
import { startRedis } from '../../lab/redis.ts';
import type { RedisServer } from '../../lab/redis.ts';

describeLab('the journal in Redis', { sets: ['redis'] }, () => {
  let server: RedisServer;
  let client: RedisClient;
  beforeAll(async () => {
    server = await startRedis();
    client = openProducer(parseRedisUrl(server.url));
    await whenReady(client, 5000);
  });
  afterEach(async () => {
    await client.flushall();
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });
  keepsTheJournalContract(async () => ({
    journal: openJournal(client, 'test'),
    holds: openHolds(client),
    fences: (now) => openFences(client, now),
  }));
});
