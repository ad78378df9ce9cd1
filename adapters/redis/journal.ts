/** Streams of events in Redis: one list per stream, appended to by a script that compares its length first. */
import type { Holds, Journal } from '../../src/ports/journal.ts';
import type { Fences } from '../../src/ports/measures.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

const BEGIN = `
local number = tonumber(ARGV[1])
if number == 0 then number = redis.call('INCR', KEYS[1]) end
local stream = KEYS[2] .. ':' .. number
for i = 2, #ARGV do redis.call('RPUSH', stream, ARGV[i]) end
redis.call('ZADD', KEYS[3], number, number)
redis.call('ZADD', KEYS[4], number, number)
return number`;

const APPEND = `
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
return 1`;

const TAKE_HOLD = `
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])`;

const FREE_HOLD = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0`;

/** Never below the wall clock in milliseconds, so that it also grows over a Redis that has lost everything. */
const NEXT_FENCE = `
local last = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local now = tonumber(ARGV[2])
local number = last + 1
if now > number then number = now end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', number))
return string.format('%.0f', number)`;

/** `name` tells the journals apart: `measures`, `incidents`. The events are plain data as JSON keeps it. */
export function openJournal<Event>(redis: RedisClient, name: string): Journal<Event> {
  const base = `${KEY_PREFIX}:journal:${name}`;
  const encode = (events: readonly Event[]): string[] => events.map((event) => JSON.stringify(event));
  return {
    reserve: () => redis.incr(`${base}:last`),
    async begin(events, reserved = 0) {
      const keys = [`${base}:last`, base, `${base}:all`, `${base}:open`];
      return Number(await redis.eval(BEGIN, keys.length, ...keys, String(reserved), ...encode(events)));
    },
    async read(number) {
      const lines = await redis.lrange(`${base}:${number}`, 0, -1);
      return { version: lines.length, events: lines.map((line): Event => JSON.parse(line)) };
    },
    async append(number, expected, events) {
      const done = await redis.eval(APPEND, 1, `${base}:${number}`, String(expected), ...encode(events));
      return done === 1 ? 'appended' : 'conflict';
    },
    async numbers(which) {
      return (await redis.zrevrange(`${base}:${which}`, 0, -1)).map(Number);
    },
    async settle(number) {
      await redis.zrem(`${base}:open`, number);
    },
  };
}

export function openHolds(redis: RedisClient): Holds {
  const key = `${KEY_PREFIX}:holds`;
  return {
    async take(what, measure) {
      return Number(await redis.eval(TAKE_HOLD, 1, key, what, String(measure)));
    },
    async free(what, measure) {
      await redis.eval(FREE_HOLD, 1, key, what, String(measure));
    },
  };
}

/** `now`: the wall clock in milliseconds since 1970 UTC. */
export function openFences(redis: RedisClient, now: () => number): Fences {
  return {
    async next(target) {
      return Number(await redis.eval(NEXT_FENCE, 1, `${KEY_PREFIX}:fences`, target, String(now())));
    },
  };
}
