import { afterAll, beforeAll, describe } from 'vitest';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { openOffers } from '../../../adapters/redis/offers.ts';
import { makeOffers } from '../../../adapters/simulated/offers.ts';
import { keepsOffers } from '../../contracts/offers.ts';
import { describeLab } from '../../lab/packages.ts';
import { connectRedis } from '../../lab/redis.ts';
import type { ConnectedRedis } from '../../lab/redis.ts';

describeLab('offers in Redis', { sets: ['redis'] }, () => {
  let connected: ConnectedRedis;
  let redis: RedisClient;
  beforeAll(async () => {
    connected = await connectRedis();
    ({ redis } = connected);
  });
  afterAll(async () => {
    await connected.close();
  });
  keepsOffers(() => openOffers(redis));
});

describe('offers of a drill', () => {
  const offers = makeOffers();
  keepsOffers(() => offers);
});
