import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openListingHistory } from '../../../adapters/redis/listing-history.ts';
import { openProducer, parseRedisUrl, whenReady } from '../../../adapters/redis/connection.ts';
import {
  dayPicture,
  decodeHistory,
  encodeHistory,
  listedSince,
  withAnswer,
} from '../../../src/domain/blocklists/history.ts';
import type { Change } from '../../../src/domain/blocklists/history.ts';
import { describeLab } from '../../lab/packages.ts';
import { startRedis } from '../../lab/redis.ts';

const DAY = 86_400_000;
const at = (day: number, state: Change['state'], ...codes: readonly string[]): Change => ({
  at: day * DAY + 1000,
  state,
  codes,
});

describe('what is remembered of a listing', () => {
  it('is its changes only', () => {
    const days = [
      at(1, 'clear'),
      at(2, 'clear'),
      at(3, 'listed', '127.0.0.2'),
      at(4, 'listed', '127.0.0.2'),
      at(5, 'listed', '127.0.0.4'),
      at(6, 'clear'),
    ];
    const history = days.reduce<readonly Change[]>(withAnswer, []);
    expect(history.map((change) => change.at / DAY)).toEqual([1, 3, 5, 6].map((day) => day + 1000 / DAY));
    expect(listedSince(history)).toBeUndefined();
    expect(listedSince(history.slice(0, 3))).toBe(3 * DAY + 1000);
    expect(dayPicture(history, 8, 7 * DAY)).toBe(' ··####·');
  });

  it('goes through its text unchanged, and what is no history is passed over', () => {
    const change = fc.record({
      at: fc.integer({ min: 0, max: 4e9 }).map((s) => s * 1000),
      state: fc.constantFrom('listed' as const, 'clear' as const),
      codes: fc.array(fc.ipV4(), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(change), (history) => {
        expect(decodeHistory(encodeHistory(history))).toEqual(history);
      }),
      { numRuns: 500 },
    );
    expect(decodeHistory('rubbish L12@x C5')).toEqual([{ at: 5000, state: 'clear', codes: [] }]);
  });

  it('is bounded', () => {
    let history: readonly Change[] = [];
    for (let day = 0; day < 500; day += 1) history = withAnswer(history, at(day, day % 2 === 0 ? 'listed' : 'clear'));
    expect(history).toHaveLength(60);
  });
});

describeLab('the memory in Redis', { sets: ['redis'] }, () => {
  it('remembers per subject and list, and gives back what it was given', async () => {
    const server = await startRedis();
    const redis = openProducer(parseRedisUrl(server.url));
    await whenReady(redis, 3000);
    const history = openListingHistory(redis);
    await history.note('192.0.2.1', [
      { zone: 'a.test', change: at(1, 'listed', '127.0.0.2') },
      { zone: 'b.test', change: at(1, 'clear') },
    ]);
    const after = await history.note('192.0.2.1', [{ zone: 'a.test', change: at(2, 'listed', '127.0.0.2') }]);
    expect(after.get('a.test')).toEqual([at(1, 'listed', '127.0.0.2')]);
    expect(await history.read('192.0.2.1')).toEqual(after);
    expect(await history.read('192.0.2.2')).toEqual(new Map());
    redis.disconnect();
    await server.stop();
  });
});
