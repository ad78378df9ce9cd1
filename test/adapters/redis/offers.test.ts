import { afterAll, beforeAll, describe } from 'vitest';
import { openProducer, parseRedisUrl, whenReady } from '../../../adapters/redis/connection.ts';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { openOffers } from '../../../adapters/redis/offers.ts';
import { makeOffers } from '../../../adapters/simulated/offers.ts';
import { keepsOffers } from '../../contracts/offers.ts';
import { describeLab } from '../../lab/packages.ts';
import { startRedis } from '../../lab/redis.ts';
import type { RedisServer } from '../../lab/redis.ts';

describeLab('offers in Redis', { sets: ['redis'] }, () => {
  let server: RedisServer;
  let redis: RedisClient;
  beforeAll(async () => {
    server = await startRedis();
    redis = openProducer(parseRedisUrl(server.url));
    await whenReady(redis, 5000);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  keepsOffers(() => openOffers(redis));
});

describe('offers of a drill', () => {
  const offers = makeOffers();
  keepsOffers(() => offers);
});
