/** Which conversations a drill is played in, and by which process: so that no other takes what is said there for real. */
import { placeOf, placesOf } from '../../src/domain/drill/place.ts';
import type { Conversation } from '../../src/ports/conversation.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

export interface DrillMarks {
  /** Before anything of the drill is said. */
  set(conversation: Conversation): Promise<void>;
  clear(conversation: Conversation): Promise<void>;
  /** The other process that has marked it; undefined where none has, or this one. */
  elsewhere(conversation: Conversation): Promise<string | undefined>;
}

/** `owner`: names this process among all. */
export function openDrillMarks(redis: RedisClient, owner: string): DrillMarks {
  const key = `${KEY_PREFIX}:drills`;
  return {
    set: async (conversation) => {
      await redis.hset(key, placeOf(conversation), owner);
    },
    clear: async (conversation) => {
      await redis.hdel(key, ...placesOf(conversation));
    },
    elsewhere: async (conversation) => {
      const marked = await redis.hmget(key, ...placesOf(conversation));
      return marked.find((each) => each !== null && each !== owner) ?? undefined;
    },
  };
}
