import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { PARCEL, openParcels } from '../../../adapters/redis/parcels.ts';
import { FileRefused } from '../../../src/ports/files.ts';
import { describeLab } from '../../lab/packages.ts';
import { connectRedis } from '../../lab/redis.ts';
import type { ConnectedRedis } from '../../lab/redis.ts';

describeLab('a dropped file on its way to the worker', { sets: ['redis'] }, () => {
  let connected: ConnectedRedis;
  let redis: RedisClient;
  const folder = mkdtempSync(join(tmpdir(), 'tq-parcel-'));
  beforeAll(async () => {
    connected = await connectRedis();
    ({ redis } = connected);
  });
  afterAll(async () => {
    await connected.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function file(octets: Buffer): string {
    const path = join(folder, randomBytes(8).toString('hex'));
    writeFileSync(path, octets);
    return path;
  }
  const opened = async (name: string): Promise<Buffer> =>
    Buffer.concat(await Array.fromAsync(openParcels(redis).open(name)));

  it.each([0, 1, 200_000, 3_000_000])(
    'arrives octet by octet (%i of them), and leaves nothing behind',
    async (size) => {
      const octets = randomBytes(size);
      const path = file(octets);
      const name = await openParcels(redis).send(path);
      expect(name).toMatch(PARCEL);
      expect(existsSync(path)).toBe(false);
      expect((await opened(name)).equals(octets)).toBe(true);
      expect((await opened(name)).equals(octets)).toBe(true);
      const [key = ''] = await redis.keys(`*${name}`);
      expect(await redis.ttl(key)).toBeGreaterThan(7000);
      await redis.del(key);
    },
  );

  it('is refused when it is too large, and nothing of it stays in Redis', async () => {
    const path = file(randomBytes(3_000_000));
    await expect(openParcels(redis, 1_000_000).send(path)).rejects.toThrow(FileRefused);
    expect(await redis.keys('*')).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('says what to do when it has been kept for too long', async () => {
    await expect(opened('parcel:00000000-0000-4000-8000-000000000000')).rejects.toThrow(/is gone. Drop it once more/);
  });
});
