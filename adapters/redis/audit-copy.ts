/** The audit log's second place: a list in Redis. One list per original, named by the original's own id. */
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

/** `original`: the id of the folder whose log is copied. */
export function openAuditCopy(redis: RedisClient, original: string) {
  const key = `${KEY_PREFIX}:audit:${original}`;
  return {
    name: 'Redis',
    tail: async (): Promise<{ readonly count: number; readonly last: string | undefined }> => ({
      count: await redis.llen(key),
      last: (await redis.lindex(key, -1)) ?? undefined,
    }),
    append: async (lines: readonly string[]): Promise<void> => {
      // A long outage is caught up in pieces.
      for (let at = 0; at < lines.length; at += 500) await redis.rpush(key, ...lines.slice(at, at + 500));
    },
    lines: async (): Promise<readonly string[]> => redis.lrange(key, 0, -1),
  };
}
