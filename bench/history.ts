/** What a year of daily checks of 1,000 addresses on 50 lists takes of Redis, by how much changes; through the real memory. */
import { openProducer, parseRedisUrl, whenReady } from '../adapters/redis/connection.ts';
import type { RedisClient } from '../adapters/redis/connection.ts';
import { openListingHistory } from '../adapters/redis/listing-history.ts';
import type { Change } from '../src/domain/blocklists/history.ts';
import { startRedis } from '../test/lab/redis.ts';
import { printTable } from './measure.ts';

const ADDRESSES = 1000;
const LISTS = 50;
const DAYS = 365;
/** More changes than these are not kept for one address and list (domain/blocklists/history.ts). */
const MOST_KEPT = 60;
const BEGAN = Date.UTC(2025, 10, 25, 6);

/** Whether this pair is listed on this day. */
type Year = (pair: number, day: number) => boolean;

const YEARS: Readonly<Record<string, Year>> = {
  'nothing is ever listed': () => false,
  'one pair in fifty is listed four times, a week each': (pair, day) => pair % 50 === 0 && day % 90 < 7,
  'every pair changes sides every day': (_pair, day) => day % 2 === 0,
};

export async function run(): Promise<void> {
  const rows: (string | number)[][] = [['a year in which', 'MB of Redis', 'of 100 MB']];
  for (const [name, year] of Object.entries(YEARS)) {
    const server = await startRedis();
    const redis = openProducer(parseRedisUrl(server.url));
    await whenReady(redis, 3000);
    const before = await usedBytes(redis);
    const history = openListingHistory(redis);
    for (let address = 0; address < ADDRESSES; address += 1)
      await history.note(`198.18.${address >> 8}.${address & 255}`, answersOf(address, year));
    const megabytes = ((await usedBytes(redis)) - before) / 1e6;
    rows.push([name, megabytes, megabytes / 100]);
    redis.disconnect();
    await server.stop();
  }
  printTable(`History: ${ADDRESSES} addresses × ${LISTS} lists × ${DAYS} days`, rows);
}

/** The year's changes of every list, in order; of more than the memory keeps, those that it would keep. */
function answersOf(address: number, year: Year): readonly { readonly zone: string; readonly change: Change }[] {
  const answers: { readonly zone: string; readonly change: Change }[] = [];
  for (let list = 0; list < LISTS; list += 1) {
    const pair = address * LISTS + list;
    const changes: Change[] = [];
    for (let day = 0; day < DAYS; day += 1) {
      const isListed = year(pair, day);
      if (day > 0 && isListed === year(pair, day - 1)) continue;
      const at = BEGAN + day * 86_400_000;
      changes.push(isListed ? { at, state: 'listed', codes: ['127.0.0.2'] } : { at, state: 'clear', codes: [] });
    }
    for (const change of changes.slice(-MOST_KEPT))
      answers.push({ zone: `list-number-${list}.blocklist.example`, change });
  }
  return answers;
}

async function usedBytes(redis: RedisClient): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
