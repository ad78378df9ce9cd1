/** Remembers for a day, over all processes, what was done once already. */
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_SECONDS = 86_400;

/** True for the first who asks with this id. Rejects where Redis doesn't answer. */
export function openSeen(redis: RedisClient): (id: string) => Promise<boolean> {
  return async (id) => (await redis.set(`${KEY_PREFIX}:seen:${id}`, '1', 'EX', KEEP_SECONDS, 'NX')) === 'OK';
}
