/**
 * What operators permit, counted in Redis, so that all runs and processes together keep to it.
 *
 * A pace is one number per operator: the next free moment. A day's questions are one counter per operator and day.
 */
import type { Manners } from '../../src/ports/manners.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const DAY_MS = 86_400_000;

/** KEYS: the operator's next free moment. ARGV: now, every, longest (ms). Gives the wait, or -1 and takes nothing. */
const NEXT_MOMENT = `
local now = tonumber(ARGV[1])
local at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
if at - now > 3600000 then at = now end
if at - now > tonumber(ARGV[3]) then return -1 end
redis.call('SET', KEYS[1], string.format('%.0f', at + tonumber(ARGV[2])), 'PX', math.ceil(at - now + tonumber(ARGV[2]) + 1000))
return math.ceil(at - now)`;

/** KEYS: the day's counter. ARGV: how many, most a day. Gives how many were granted. */
const TAKE = `
local free = tonumber(ARGV[2]) - tonumber(redis.call('GET', KEYS[1]) or '0')
local granted = math.max(0, math.min(free, tonumber(ARGV[1])))
if granted > 0 then redis.call('INCRBY', KEYS[1], granted); redis.call('EXPIRE', KEYS[1], 172800) end
return granted`;

/** `now`: milliseconds since 1970 UTC; the day is the UTC day. */
export function openManners(redis: RedisClient, now: () => number): Manners {
  const dayKey = (operator: string): string =>
    `${KEY_PREFIX}:asked:${operator}:${new Date(Math.floor(now() / DAY_MS) * DAY_MS).toISOString().slice(0, 10)}`;
  return {
    async nextMoment(operator, everyMs, longestMs) {
      const wait = await redis
        .eval(NEXT_MOMENT, 1, `${KEY_PREFIX}:pace:${operator}`, Math.round(now()), everyMs, Math.floor(longestMs))
        .catch(() => 0);
      return typeof wait === 'number' && wait >= 0 ? wait : undefined;
    },
    async take(operator, perDay, count) {
      const granted = await redis.eval(TAKE, 1, dayKey(operator), count, perDay).catch(() => count);
      return typeof granted === 'number' ? granted : 0;
    },
    async giveBack(operator, count) {
      await redis.decrby(dayKey(operator), count).catch(() => 0);
    },
  };
}
