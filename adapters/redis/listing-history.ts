/** The memory of listings in Redis: one hash per subject, one short text per list; forgotten after 400 days of silence. */
import { decodeHistory, encodeHistory, withAnswer } from '../../src/domain/blocklists/history.ts';
import type { Change } from '../../src/domain/blocklists/history.ts';
import type { ListingHistory } from '../../src/ports/listing-history.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_SECONDS = 400 * 86_400;

export function openListingHistory(redis: RedisClient): ListingHistory {
  const key = (subject: string): string => `${KEY_PREFIX}:listings:${subject}`;
  const read = async (subject: string): Promise<Map<string, readonly Change[]>> =>
    new Map(Object.entries(await redis.hgetall(key(subject))).map(([zone, text]) => [zone, decodeHistory(text)]));
  return {
    read,
    async note(subject, answers) {
      const known = await read(subject);
      const changed: Record<string, string> = {};
      for (const { zone, change } of answers) {
        const before = known.get(zone) ?? [];
        const after = withAnswer(before, change);
        if (after === before) continue;
        known.set(zone, after);
        changed[zone] = encodeHistory(after);
      }
      if (Object.keys(changed).length > 0) await redis.hset(key(subject), changed);
      await redis.expire(key(subject), KEEP_SECONDS);
      return known;
    },
  };
}
