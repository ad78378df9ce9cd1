/** Evidence in Redis: one text per record, and per place a sorted set of its ids by time. */
import type { CauseId } from '../../src/domain/causes.ts';
import { CAUSES } from '../../src/domain/causes.ts';
import type { EvidenceRecord, EvidenceStore } from '../../src/ports/evidence-store.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEEP_SECONDS = 30 * 86_400;
const MOST = 200;

export function openEvidenceStore(redis: RedisClient): EvidenceStore {
  const recordKey = (id: string): string => `${KEY_PREFIX}:evidence:${id}`;
  const verdictKey = (id: string): string => `${KEY_PREFIX}:evidence-verdict:${id}`;
  const placeKey = (place: string): string => `${KEY_PREFIX}:evidence-of:${place}`;
  const read = async (id: string): Promise<EvidenceRecord | undefined> => {
    const [text, concluded] = await redis.mget(recordKey(id), verdictKey(id));
    if (text === null || text === undefined) return undefined;
    const verdict = CAUSES.find((cause) => cause === concluded);
    return { ...(JSON.parse(text) as EvidenceRecord), ...(verdict && { verdict }) };
  };
  return {
    async keep(record) {
      await redis.set(recordKey(record.id), JSON.stringify(record), 'EX', KEEP_SECONDS);
      await redis.zadd(placeKey(record.place), String(record.at), record.id);
      const old = await redis.zrange(placeKey(record.place), '0', String(-MOST - 1));
      if (old.length > 0) {
        await redis.del(...old.flatMap((id) => [recordKey(id), verdictKey(id)]));
        await redis.zrem(placeKey(record.place), ...old);
      }
      await redis.expire(placeKey(record.place), KEEP_SECONDS);
    },
    conclude: async (id: string, verdict: CauseId) => {
      await redis.set(verdictKey(id), verdict, 'EX', KEEP_SECONDS);
    },
    read,
    async latest(place, before) {
      const ids = await redis.zrevrangebyscore(placeKey(place), `(${before}`, '-inf', 'LIMIT', 0, 5);
      for (const id of ids) {
        const record = await read(id);
        if (record) return record;
      }
      return undefined;
    },
  };
}
