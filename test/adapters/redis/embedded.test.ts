import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { joinEmbeddedRedis } from '../../../adapters/redis/embedded.ts';
import {
  openProducer,
  openWaiter,
  parseRedisUrl,
  refuseEviction,
  whenReady,
} from '../../../adapters/redis/connection.ts';
import { describeLab, programOf } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';
import { startRedis } from '../../lab/redis.ts';

describeLab('the private Redis', { sets: ['redis'] }, () => {
  let folder: string;
  const program = () => programOf('redis', 'usr/bin/redis-server');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tq-embedded-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const ask = async (socket: string, ...words: [string, ...string[]]): Promise<unknown> => {
    const client = openWaiter({ kind: 'socket', path: socket });
    try {
      return await client.call(...words);
    } finally {
      client.disconnect();
    }
  };

  it('writes every command through to the disk, evicts nothing, and listens on no port', async () => {
    const redis = await joinEmbeddedRedis(folder, program);
    expect(await ask(redis.socket, 'CONFIG', 'GET', 'appendfsync')).toEqual(['appendfsync', 'always']);
    expect(await ask(redis.socket, 'CONFIG', 'GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await ask(redis.socket, 'CONFIG', 'GET', 'port')).toEqual(['port', '0']);
    await redis.leave();
  });

  it('is one per data folder: who comes second joins, who leaves last ends it, and the data is still there', async () => {
    const both = await Promise.all([joinEmbeddedRedis(folder, program), joinInOtherProcess(folder)]);
    const [first, second] = both;
    expect(second.socket).toBe(first.socket);
    await ask(first.socket, 'SET', 'kept', 'yes');
    await first.leave();
    expect(await ask(first.socket, 'GET', 'kept')).toBe('yes');
    await second.leave();
    await until(() => !existsSync(first.socket), 5000, 'the server to be gone');
    const again = await joinEmbeddedRedis(folder, program);
    expect(await ask(again.socket, 'GET', 'kept')).toBe('yes');
    await again.leave();
  });

  it('survives a stale socket, a stale lock and users that are dead', async () => {
    const dead = await deadPid();
    mkdirSync(join(folder, 'redis', 'users'), { recursive: true });
    writeFileSync(join(folder, 'redis', 'redis.sock'), '');
    writeFileSync(join(folder, 'redis', 'lock'), String(dead));
    writeFileSync(join(folder, 'redis', 'users', String(dead)), '');
    const redis = await joinEmbeddedRedis(folder, program);
    expect(await ask(redis.socket, 'PING')).toBe('PONG');
    await redis.leave();
    await until(() => !existsSync(redis.socket), 5000, 'the server to be gone');
  });

  it('has its socket elsewhere when the data folder’s path is too long for one', async () => {
    const deep = join(folder, 'a'.repeat(60), 'b'.repeat(60));
    const redis = await joinEmbeddedRedis(deep, program);
    expect(redis.socket.length).toBeLessThan(100);
    expect(await ask(redis.socket, 'PING')).toBe('PONG');
    await redis.leave();
  });

  it('that can not start says which folder, why, and what to do', async () => {
    const failing = join(folder, 'failing');
    writeFileSync(failing, '#!/bin/sh\necho "Can not open the append-only file: No space left on device"\nexit 1\n');
    chmodSync(failing, 0o755);
    await expect(joinEmbeddedRedis(folder, () => ({ path: failing, env: {} }))).rejects.toThrow(
      /private redis-server of .*No space left on device.*Free some disk space/s,
    );
  });

  it('in a folder that can not be written names the folder and TOURNIQUET_DATA', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(joinEmbeddedRedis(join(file, 'data'), program)).rejects.toThrow(
      /The data folder .*file\/data can't be used.*TOURNIQUET_DATA/,
    );
  });

  it.runIf(process.platform === 'linux')('says so too where no folder can be made at all', () => {
    const module = join(import.meta.dirname, '../../../adapters/redis/embedded.ts');
    const code = `import { joinEmbeddedRedis } from ${JSON.stringify(module)};
      await joinEmbeddedRedis('/proc/tourniquet', () => ({ path: '/bin/false', env: {} }));`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 20_000 });
    expect(ran.stderr).toMatch(/The data folder \/proc\/tourniquet can't be used/);
  });

  async function joinInOtherProcess(data: string): Promise<{ socket: string; leave(): Promise<void> }> {
    const module = join(import.meta.dirname, '../../../adapters/redis/embedded.ts');
    const found = program();
    const script = `import { joinEmbeddedRedis } from ${JSON.stringify(module)};
      const redis = await joinEmbeddedRedis(${JSON.stringify(data)}, () => (${JSON.stringify(found)}));
      process.stdout.write(redis.socket + '\\n');
      process.stdin.once('data', async () => { await redis.leave(); process.exit(0); });`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const socket = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
      child.once('exit', (code) => reject(new Error(`the other process ended with ${code}`)));
    });
    return {
      socket,
      leave: () =>
        new Promise((resolve) => {
          child.once('exit', () => resolve());
          child.stdin.write('leave\n');
        }),
    };
  }

  async function deadPid(): Promise<number> {
    const child = spawn('true');
    await new Promise((resolve) => child.once('exit', resolve));
    return child.pid ?? 0;
  }
});

describeLab('a configured Redis', { sets: ['redis'] }, () => {
  it('that evicts is refused with the remedy', async () => {
    const server = await startRedis(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
    const client = openProducer(parseRedisUrl(server.url));
    await whenReady(client, 3000);
    await expect(refuseEviction(client)).rejects.toThrow(/allkeys-lru.*CONFIG SET maxmemory-policy noeviction/s);
    client.disconnect();
    await server.stop();
  });

  it('is reached with an ACL user and password, and a wrong one is said without repeating it', async () => {
    const server = await startRedis([
      '--maxmemory-policy',
      'noeviction',
      '--user',
      'bot',
      'on',
      '>s3cret',
      '~*',
      '&*',
      '+@all',
      '--user',
      'default',
      'off',
    ]);
    const right = openProducer(parseRedisUrl(`redis://bot:s3cret@127.0.0.1:${server.port}`));
    await whenReady(right, 3000);
    expect(await right.ping()).toBe('PONG');
    right.disconnect();
    const wrong = openProducer(parseRedisUrl(`redis://bot:wr0ng@127.0.0.1:${server.port}`));
    const refused = await whenReady(wrong, 1500).catch((error: unknown) => String(error));
    expect(refused).toContain('Redis is not reachable');
    expect(refused).not.toContain('wr0ng');
    wrong.disconnect();
    await server.stop();
  });
});

it.each([
  [
    'redis+sentinel://u:p@a:1,b:2/mymaster/3',
    {
      kind: 'sentinel',
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      master: 'mymaster',
      options: { username: 'u', password: 'p', db: 3 },
    },
  ],
  [
    'rediss+cluster://a,[::1]:7000',
    {
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 6379 },
        { host: '::1', port: 7000 },
      ],
      options: { tls: {} },
    },
  ],
  ['unix:///run/redis.sock', { kind: 'socket', path: '/run/redis.sock' }],
  ['rediss://h:1', { kind: 'url', url: 'rediss://h:1' }],
])('REDIS_URL %s is understood', (url, target) => {
  expect(parseRedisUrl(url)).toEqual(target);
});

it.each(['http://a', 'redis+sentinel://a:1', 'localhost:6379', ''])(
  'REDIS_URL %j is refused with what is permitted',
  (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/REDIS_URL/);
  },
);
