/**
 * The looks at each queue in Redis: one sorted set per server, by time.
 *
 * Looks that come close together replace each other, so that at most some 6,000 are kept for 30 days, however often
 * somebody looks.
 */
import type { QueueLook } from '../../src/domain/queues/trend.ts';
import type { QueueHistory } from '../../src/ports/queue-history.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_MS = 30 * 86_400_000;
const MOST = 6000;
/** The last look is replaced while the one before it is no older than this. */
const CLOSE_MS = 8 * 60_000;

export function openQueueHistory(redis: RedisClient): QueueHistory {
  const key = (server: string): string => `${KEY_PREFIX}:queue-looks:${server}`;
  return {
    async recent(server, since) {
      const texts = await redis.zrangebyscore(key(server), String(since), '+inf');
      return texts.flatMap(readLook);
    },
    async note(server, look) {
      const lastTwo = (await redis.zrange(key(server), '-2', '-1')).flatMap(readLook);
      const [before] = lastTwo;
      if (lastTwo.length === 2 && before && look.at - before.at < CLOSE_MS)
        await redis.zremrangebyrank(key(server), -1, -1);
      await redis.zadd(key(server), String(look.at), JSON.stringify(look));
      await redis.zremrangebyscore(key(server), '-inf', String(look.at - KEEP_MS));
      await redis.zremrangebyrank(key(server), 0, -MOST - 1);
      await redis.pexpire(key(server), KEEP_MS);
    },
  };
}

/** Our own record; what isn't one is passed over. */
function readLook(text: string): readonly QueueLook[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return [];
    return typeof Reflect.get(value, 'at') === 'number' && typeof Reflect.get(value, 'messages') === 'number'
      ? [value as QueueLook]
      : [];
  } catch {
    return [];
  }
}
