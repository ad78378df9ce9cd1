/** Since when a chat can't be reached, over all processes and their restarts. */
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

export interface Outages {
  /** The first to note it counts. `since` in milliseconds since 1970 UTC. */
  begin(chat: string, since: number): Promise<void>;
  isOn(chat: string): Promise<boolean>;
  /** Since when it was; undefined where none was noted. Only the first who asks is told. */
  end(chat: string): Promise<number | undefined>;
}

export function openOutages(redis: RedisClient): Outages {
  const keyOf = (chat: string): string => `${KEY_PREFIX}:outage:${chat}`;
  return {
    begin: async (chat, since) => void (await redis.set(keyOf(chat), String(since), 'NX')),
    isOn: async (chat) => (await redis.exists(keyOf(chat))) === 1,
    end: async (chat) => {
      const [read] = (await redis.multi().get(keyOf(chat)).del(keyOf(chat)).exec()) ?? [];
      const since = read?.[1];
      return typeof since === 'string' ? Number(since) : undefined;
    },
  };
}
