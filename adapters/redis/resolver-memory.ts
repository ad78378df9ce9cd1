/** When resolvers were last looked at without a fault; forgotten after an hour. */
import { createHash } from 'node:crypto';
import type { ResolverMemory } from '../../src/ports/resolver-memory.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const KEPT_MS = 3_600_000;

export function openResolverMemory(redis: RedisClient): ResolverMemory {
  const key = (path: string): string =>
    `${KEY_PREFIX}:resolvers:${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
  return {
    lookedAt: async (path) => {
      const at = Number((await redis.get(key(path)).catch(() => null)) ?? Number.NaN);
      return Number.isFinite(at) ? at : undefined;
    },
    noteLook: async (path, at) => {
      await redis.set(key(path), String(at), 'PX', KEPT_MS).catch(() => {});
    },
  };
}
