/** What answers still offer, by incident: for all processes, for two weeks after the last. */
import type { Offer, Offers } from '../../src/ports/offers.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_SECONDS = 14 * 86_400;
const MOST = 200;

export function openOffers(redis: RedisClient): Offers {
  const keyOf = (incident: number): string => `${KEY_PREFIX}:offers:${incident}`;
  return {
    async keep(incident, offer) {
      const key = keyOf(incident);
      if ((await redis.hlen(key)) >= MOST) return;
      await redis.hset(key, fieldOf(offer), JSON.stringify(offer));
      await redis.expire(key, KEEP_SECONDS);
    },
    async of(incident) {
      const kept = await redis.hvals(keyOf(incident));
      return kept.map((text): Offer => JSON.parse(text));
    },
    async drop(incident, offer) {
      await redis.hdel(keyOf(incident), fieldOf(offer));
    },
  };
}

function fieldOf({ conversation, key }: Offer): string {
  return `${conversation.surface} ${conversation.id} ${key}`;
}
