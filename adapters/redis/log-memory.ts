/** What was read of each mail server's log, in Redis: one hash per server, forgotten after 30 days of silence. */
import type { LogMemory } from '../../src/ports/mail-log.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_SECONDS = 30 * 86_400;

export function openLogMemory(redis: RedisClient): LogMemory {
  const key = (server: string): string => `${KEY_PREFIX}:log:${server}`;
  return {
    async recall(server) {
      const { mark, state } = await redis.hgetall(key(server));
      return mark === undefined || state === undefined ? undefined : { mark, state };
    },
    async keep(server, mark, state) {
      await redis.hset(key(server), { mark, state });
      await redis.expire(key(server), KEEP_SECONDS);
    },
  };
}
