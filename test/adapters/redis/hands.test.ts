import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProducer, parseRedisUrl, whenReady } from '../../../adapters/redis/connection.ts';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { openHands } from '../../../adapters/redis/hands.ts';
import { FenceLost, HostUnknown } from '../../../src/ports/host.ts';
import { describeLab } from '../../lab/packages.ts';
import { startRedis } from '../../lab/redis.ts';
import type { RedisServer } from '../../lab/redis.ts';

describeLab('what people were asked, in Redis', { sets: ['redis'] }, () => {
  let server: RedisServer;
  let client: RedisClient;
  beforeAll(async () => {
    server = await startRedis();
    client = openProducer(parseRedisUrl(server.url));
    await whenReady(client, 5000);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  it('keeps a confirmation until something else is asked, and refuses a hand that was surpassed', async () => {
    const hands = openHands(client);
    const by = { foreign: 'somebody' };
    expect(await hands.state('tq1')).toEqual({});
    expect(await hands.confirm('tq1', by, 5), 'nothing was asked').toBeUndefined();
    await hands.ask('old', 'tq1', 'lay', 10);
    expect(await hands.state('tq1')).toEqual({ asked: 'lay' });
    expect(await hands.confirm('tq1', by, 5)).toBe('lay');
    await hands.ask('old', 'tq1', 'lay', 11);
    expect(await hands.state('tq1')).toEqual({ asked: 'lay', confirmed: { by, at: 5 } });
    await expect(hands.ask('old', 'tq1', 'take', 10)).rejects.toThrow(FenceLost);
    await hands.ask('old', 'tq1', 'take', 12);
    expect(await hands.state('tq1')).toEqual({ asked: 'take' });
  });

  it('says that it can’t tell where Redis is gone', async () => {
    const gone = openProducer(parseRedisUrl('redis://127.0.0.1:1'));
    await expect(openHands(gone).state('tq1')).rejects.toThrow(HostUnknown);
    gone.disconnect();
  });
});
