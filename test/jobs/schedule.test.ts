import { expect, it } from 'vitest';
import { KEY_PREFIX, openProducer, parseRedisUrl, whenReady } from '../../adapters/redis/connection.ts';
import { startSchedule } from '../../jobs/schedule.ts';
import type { Slot } from '../../jobs/schedule.ts';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { startRedis } from '../lab/redis.ts';

const SLOTS: readonly Slot[] = [
  { id: 'morning-hq-0730', chore: 'morning', pattern: '30 7 * * 1,2,3,4,5', timezone: 'Europe/Berlin' },
  { id: 'watch', chore: 'watch', pattern: '50 * * * * *', timezone: 'UTC' },
];

describeLab('the schedule on a real Redis', { sets: ['redis'] }, () => {
  it('is laid again as soon as a Redis comes back that has lost everything, and once only by two of them', async () => {
    const first = await startRedis();
    const client = openProducer(parseRedisUrl(first.url));
    const other = openProducer(parseRedisUrl(first.url));
    await Promise.all([whenReady(client, 5000), whenReady(other, 5000)]);
    const address = { name: 'test', prefix: KEY_PREFIX };
    const faults: string[] = [];
    const note = (error: Error): void => void faults.push(error.message);
    const schedules = [client, other].map((connection) => startSchedule(connection, address, SLOTS, note));
    const laid = async (): Promise<readonly string[]> => {
      const ids = await client.zrange(`${KEY_PREFIX}:test:repeat`, '0', '-1').catch((): string[] => []);
      return ids.toSorted();
    };
    const delayed = (): Promise<number> => client.zcard(`${KEY_PREFIX}:test:delayed`);
    try {
      await until(async () => (await laid()).length === 2, 10_000, 'the schedule to be laid');
      await first.stop();
      const second = await startRedis(undefined, first.port);
      try {
        await until(async () => (await laid()).length === 2, 15_000, 'the schedule to be laid again');
        expect(await laid()).toEqual(['morning-hq-0730', 'watch']);
        expect(await delayed()).toBe(2);
      } finally {
        await Promise.all(schedules.map((schedule) => schedule.close()));
        for (const each of [client, other]) each.disconnect();
        await second.stop();
      }
    } finally {
      await first.stop();
    }
  });
});
