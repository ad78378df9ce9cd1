import { expect, it } from 'vitest';
import { thinLooks, trendSince } from '../../../src/domain/queues/trend.ts';
import type { QueueLook } from '../../../src/domain/queues/trend.ts';

const look = (minute: number, messages: number, byQueue = {}): QueueLook => ({
  at: minute * 60_000,
  messages,
  nulls: 0,
  oldestSeconds: 0,
  byQueue,
});

it('says what changed, by queue and per minute, also for a queue that is new or gone', () => {
  expect(trendSince(look(0, 10, { active: 4, hold: 6 }), look(10, 40, { deferred: 34, hold: 6 }))).toEqual({
    secondsAgo: 600,
    messages: 30,
    nulls: 0,
    byQueue: { active: -4, deferred: 34 },
    perMinute: 3,
  });
});

it('draws a long past without smoothing a wave away', () => {
  const looks = Array.from({ length: 2000 }, (_, minute) => look(minute, minute === 777 ? 9000 : 5));
  const drawn = thinLooks(looks, 60);
  expect(drawn.length).toBeLessThanOrEqual(60);
  expect(drawn.some((each) => each.messages === 9000)).toBe(true);
  expect(drawn.at(-1)?.at).toBe(1999 * 60_000);
  expect(thinLooks(looks.slice(0, 3), 60)).toHaveLength(3);
});
