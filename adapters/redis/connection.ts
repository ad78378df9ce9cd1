/**
 * Connections to Redis, with the settings that were measured.
 *
 * Rules:
 * 1. A producer's connection fails at once while Redis is away (no offline queue): chat is told, not kept hanging.
 * 2. A worker's connection waits for ever and retries at least once a second: after 25 s of outage it is back in 0.5 s
 *    (with the default back-off it took 13 s).
 * 3. Keys share one hash tag, so that a Cluster keeps them on one node.
 */
import { Cluster, Redis } from 'ioredis';
import type { RedisOptions as AllOptions } from 'ioredis';

/** What we set; the reply mapping stays the client's own. */
type RedisOptions = Omit<AllOptions, 'replyMapping' | 'himportFieldsets'>;

export type RedisTarget =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly { readonly host: string; readonly port: number }[];
      readonly master: string;
      readonly options: RedisOptions;
    }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly { readonly host: string; readonly port: number }[];
      readonly options: RedisOptions;
    };

export type RedisClient = Redis | Cluster;

/** Prefix of every key: the braces are a Cluster hash tag. */
export const KEY_PREFIX = '{tourniquet}';

/**
 * Reads REDIS_URL: redis://, rediss:// (TLS), unix:///path, redis+sentinel://user:pass@h1:p1,h2:p2/MASTER[/DB],
 * redis+cluster://user:pass@h1:p1,h2:p2 (rediss+… with TLS). Throws an Error that names what is permitted; it never
 * repeats the password.
 */
export function parseRedisUrl(text: string): RedisTarget {
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/i.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'redis':
    case 'rediss':
      if (!URL.canParse(text)) break;
      return { kind: 'url', url: text };
    case 'unix':
      return { kind: 'socket', path: rest };
    case 'redis+sentinel':
    case 'rediss+sentinel': {
      const { hosts, path, options } = manyHosts(rest, scheme, 26379);
      const [master, db] = path;
      if (master === undefined || master === '') {
        throw new Error('REDIS_URL names no Sentinel master: write redis+sentinel://host:26379,host2:26379/mymaster');
      }
      return {
        kind: 'sentinel',
        sentinels: hosts,
        master,
        options: db === undefined ? options : { ...options, db: Number(db) },
      };
    }
    case 'redis+cluster':
    case 'rediss+cluster': {
      const { hosts, options } = manyHosts(rest, scheme, 6379);
      return { kind: 'cluster', nodes: hosts, options };
    }
    default:
  }
  throw new Error(
    'REDIS_URL is not an address of Redis: write redis://host:6379, rediss://, unix:///path, redis+sentinel:// or redis+cluster://',
  );
}

/** For adding jobs, and for our own records: fails fast. */
export function openProducer(target: RedisTarget): RedisClient {
  return open(target, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
}

/** For workers and everything that blocks or subscribes: waits and comes back. */
export function openWaiter(target: RedisTarget): RedisClient {
  return open(target, { maxRetriesPerRequest: null });
}

function open(target: RedisTarget, own: RedisOptions): RedisClient {
  const options: RedisOptions = {
    ...own,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), 1000),
    connectTimeout: 5000,
  };
  const client = construct(target, options);
  client.on('error', () => {});
  return client;
}

function construct(target: RedisTarget, options: RedisOptions): RedisClient {
  switch (target.kind) {
    case 'socket':
      return new Redis(target.path, options);
    case 'url':
      return new Redis(target.url, options);
    case 'sentinel':
      return new Redis({ ...target.options, ...options, sentinels: [...target.sentinels], name: target.master });
    case 'cluster':
      return new Cluster([...target.nodes], { redisOptions: { ...target.options, ...options } });
    default:
      return target satisfies never;
  }
}

/**
 * Refuses a Redis that may throw jobs away. Throws an Error with the remedy. A server that does not let us ask (managed
 * ones forbid CONFIG) is believed by INFO.
 */
export async function refuseEviction(client: RedisClient): Promise<void> {
  const policy = /maxmemory_policy:(\S+)/.exec(await client.info('memory'))?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new Error(
      `This Redis evicts keys when memory is short (maxmemory-policy ${policy}); jobs and records would vanish. ` +
        'Set maxmemory-policy noeviction (redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf), or use another Redis.',
    );
  }
}

/** Resolves once commands are answered; rejects after `ms` with what was wrong. */
export async function whenReady(client: RedisClient, ms: number): Promise<void> {
  if (client.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    let last = 'no answer';
    const note = (error: Error): void => {
      last = error.message;
    };
    const timer = setTimeout(
      () => finish(() => reject(new Error(`Redis is not reachable: ${last}. Start it, or mend REDIS_URL.`))),
      ms,
    );
    const ready = (): void => finish(resolve);
    const finish = (end: () => void): void => {
      clearTimeout(timer);
      client.off('ready', ready);
      client.off('error', note);
      end();
    };
    client.on('ready', ready);
    client.on('error', note);
  });
}

function manyHosts(rest: string, scheme: string, defaultPort: number) {
  const at = rest.lastIndexOf('@');
  const [hostList = '', ...path] = rest.slice(at + 1).split('/');
  const credentials = at < 0 ? '' : rest.slice(0, at);
  const colon = credentials.indexOf(':');
  const user = credentials.slice(0, Math.max(0, colon));
  const password = credentials.slice(colon + 1);
  const hosts = hostList.split(',').map((host) => {
    const [, name = '', port] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
    if (name === '') throw new Error(`REDIS_URL has a host that can't be read: ${JSON.stringify(host)}`);
    return { host: name.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultPort) };
  });
  const options: RedisOptions = {
    ...(user !== '' && { username: decodeURIComponent(user) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(scheme.startsWith('rediss') && { tls: {} }),
  };
  return { hosts, path, options };
}
