/** A real redis-server on a free port of the loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProducer, parseRedisUrl, whenReady } from '../../adapters/redis/connection.ts';
import type { RedisClient } from '../../adapters/redis/connection.ts';
import { programOf } from './packages.ts';
import { freePort, startServer } from './process.ts';
import type { RunningServer } from './process.ts';

export interface RedisServer extends RunningServer {
  readonly url: string;
  readonly port: number;
}

/** `settings`: options as redis-server takes them, e.g. ['--maxmemory-policy', 'noeviction']. */
export async function startRedis(
  settings: readonly string[] = ['--maxmemory-policy', 'noeviction'],
  port?: number,
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-redis-'));
  const bound = port ?? (await freePort());
  const program = programOf('redis', 'usr/bin/redis-server');
  const server = await startServer({
    program: program.path,
    args: ['--port', String(bound), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings],
    env: program.env,
    ready: () => pings(bound),
  });
  return {
    ...server,
    port: bound,
    url: `redis://127.0.0.1:${bound}`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface ConnectedRedis {
  readonly redis: RedisClient;
  close(): Promise<void>;
}

/** A server of its own, and a client that is connected to it. */
export async function connectRedis(): Promise<ConnectedRedis> {
  const server = await startRedis();
  const redis = openProducer(parseRedisUrl(server.url));
  await whenReady(redis, 5000);
  return {
    redis,
    close: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
}

function pings(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(300, () => end(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(/^[+-](PONG|NOAUTH)/.test(data.toString())));
    socket.once('error', () => end(false));
  });
}
