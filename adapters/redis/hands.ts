/** What people were asked to do by hand, and have confirmed: one hash, changed by scripts that compare first. */
import { foreign } from '../../src/domain/foreign.ts';
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import type { Asked, Hands } from '../../src/ports/hands.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

/** Asking for the same again keeps what was confirmed. */
const ASK = `
local seen = tonumber(redis.call('HGET', KEYS[1], 'fence:' .. ARGV[1]) or '0')
if tonumber(ARGV[4]) < seen then return 0 end
redis.call('HSET', KEYS[1], 'fence:' .. ARGV[1], ARGV[4])
if redis.call('HGET', KEYS[1], 'asked:' .. ARGV[2]) == ARGV[3] then return 1 end
redis.call('HSET', KEYS[1], 'asked:' .. ARGV[2], ARGV[3])
redis.call('HDEL', KEYS[1], 'confirmed:' .. ARGV[2])
return 1`;

const CONFIRM = `
local asked = redis.call('HGET', KEYS[1], 'asked:' .. ARGV[1])
if asked then redis.call('HSET', KEYS[1], 'confirmed:' .. ARGV[1], ARGV[2]) end
return asked`;

export function openHands(redis: RedisClient): Hands {
  const key = `${KEY_PREFIX}:hands`;
  const told = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw new HostUnknown('What people have confirmed is in Redis, which does not answer.', { cause });
    });
  return {
    state: async (tag) => {
      const [asked, confirmed] = await told(redis.hmget(key, `asked:${tag}`, `confirmed:${tag}`));
      return {
        ...(isAsked(asked) && { asked }),
        ...(confirmed !== null && confirmed !== undefined && { confirmed: readConfirmed(confirmed) }),
      };
    },
    ask: async (target, tag, what, fence) => {
      if ((await told(redis.eval(ASK, 1, key, target, tag, what, String(fence)))) === 0) throw new FenceLost(target);
    },
    confirm: async (tag, by, at) => {
      const asked = await told(redis.eval(CONFIRM, 1, key, tag, JSON.stringify({ by: by.foreign, at })));
      return isAsked(asked) ? asked : undefined;
    },
  };
}

function isAsked(value: unknown): value is Asked {
  return value === 'lay' || value === 'take';
}

function readConfirmed(text: string): { readonly by: ReturnType<typeof foreign>; readonly at: number } {
  const read: unknown = JSON.parse(text);
  const field = (name: string): unknown =>
    typeof read === 'object' && read !== null ? Reflect.get(read, name) : undefined;
  return { by: foreign(String(field('by')), 200), at: Number(field('at')) };
}
