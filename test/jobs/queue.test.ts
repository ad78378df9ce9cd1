import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY_PREFIX, openProducer, openWaiter, parseRedisUrl, whenReady } from '../../adapters/redis/connection.ts';
import type { RedisClient } from '../../adapters/redis/connection.ts';
import type { Answer, CommandRequest } from '../../jobs/answer.ts';
import { jobIdOf, openJobQueue } from '../../jobs/queue.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { openWorker } from '../../jobs/worker.ts';
import type { JobWorker } from '../../jobs/worker.ts';
import { message } from '../../src/messages/message.ts';
import { describeLab } from '../lab/packages.ts';
import { endsWithin, until } from '../lab/process.ts';
import { startRedis } from '../lab/redis.ts';
import type { RedisServer } from '../lab/redis.ts';

const ADDRESS = { name: 'test', prefix: KEY_PREFIX };

function request(id: string): CommandRequest {
  return {
    id,
    command: { name: 'help', words: [], options: {} },
    actor: { surface: 'terminal', id: 'tester', shown: { foreign: 'tester' } },
    conversation: { surface: 'terminal', id: 'here' },
    at: 1,
    files: {},
  };
}

const ANSWER: Answer = { status: 'ok', message: message('good', 'done') };

describeLab('the job queue on a real Redis', { sets: ['redis'] }, () => {
  let server: RedisServer;
  let clients: RedisClient[];
  let queue: JobQueue;
  let workers: JobWorker[];
  const client = (made: RedisClient): RedisClient => {
    clients.push(made);
    return made;
  };
  beforeEach(async () => {
    server = await startRedis([
      '--maxmemory-policy',
      'noeviction',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--hz',
      '100',
    ]);
    clients = [];
    workers = [];
    const producer = client(openProducer(parseRedisUrl(server.url)));
    await whenReady(producer, 3000);
    queue = openJobQueue(producer, ADDRESS);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close(500).catch(() => {})));
    await queue.close().catch(() => {});
    for (const each of clients) each.disconnect();
    await server.stop();
  });
  const work = (carryOut: (asked: CommandRequest) => Promise<Answer>): void => {
    workers.push(
      openWorker(client(openWaiter(parseRedisUrl(server.url))), ADDRESS, {
        concurrency: 4,
        carryOut,
        chore: () => Promise.resolve(undefined),
        givenUp: () => {},
      }),
    );
  };

  it('carries out one event once, however often it is delivered', async () => {
    const ran: string[] = [];
    for (let times = 0; times < 5; times += 1) await queue.submit(request('event:1'));
    work(async (asked) => {
      ran.push(asked.id);
      return ANSWER;
    });
    await until(() => ran.length > 0, 5000, 'the first run');
    await queue.submit(request('event:1'));
    await queue.submit(request('event:2'));
    await until(() => ran.includes('event:2'), 5000, 'the other event');
    expect(ran).toEqual(['event:1', 'event:2']);
  });

  it('keeps of an answer what was said, not its JSON or its document, which may be megabytes that nobody reads', async () => {
    const file = { name: 'report.md', type: 'text/markdown', text: 'a long document' } as const;
    work(async () => ({ ...ANSWER, data: { schema: 'tourniquet.check/1', subjects: ['a long list'] }, file }));
    await queue.submit(request('event:1'));
    const redis = client(openProducer(parseRedisUrl(server.url)));
    await whenReady(redis, 3000);
    const key = `${KEY_PREFIX}:test:${jobIdOf('event:1')}`;
    await until(async () => (await redis.hget(key, 'returnvalue')) !== null, 5000, 'the job to be done');
    expect(JSON.parse((await redis.hget(key, 'returnvalue')) ?? '')).toEqual(ANSWER);
  });

  it('says within two seconds that it is down, and that nothing was done', async () => {
    server.signal('SIGSTOP');
    const submitting = queue.submit(request('lost'));
    expect(await endsWithin(2000, submitting)).toBe(true);
    await expect(submitting).rejects.toThrow('The job queue is down; nothing was done.');
    server.signal('SIGCONT');
  });

  it('is down at once when Redis is gone, and works again by itself when it is back', async () => {
    const ran: string[] = [];
    work(async (asked) => {
      ran.push(asked.id);
      return ANSWER;
    });
    await queue.submit(request('before'));
    await until(() => ran.length === 1, 5000, 'the job before');
    const { port } = server;
    await server.stop();
    await expect(queue.submit(request('meanwhile'))).rejects.toThrow('nothing was done');
    server = await startRedis(['--maxmemory-policy', 'noeviction', '--hz', '100'], port);
    await until(
      () =>
        queue.submit(request('after')).then(
          () => true,
          () => false,
        ),
      5000,
      'the queue to take jobs again',
    );
    await until(() => ran.includes('after'), 5000, 'the worker to come back');
    expect(ran).not.toContain('meanwhile');
  });

  it('refuses a payload that no gateway of ours wrote, and says so', async () => {
    const lost: string[] = [];
    workers.push(
      openWorker(client(openWaiter(parseRedisUrl(server.url))), ADDRESS, {
        concurrency: 1,
        carryOut: () => Promise.resolve(ANSWER),
        chore: () => Promise.resolve(undefined),
        givenUp: (_request, why) => lost.push(why.message),
      }),
    );
    await queue.submit({ ...request('x'), conversation: { surface: 'terminal', id: 'y'.repeat(500) } });
    await until(() => lost.length === 1, 5000, 'the refusal');
    expect(lost[0]).toContain('conversation');
  });
});

describe('a job’s id', () => {
  it('is made of the event’s id, without what BullMQ refuses', () => {
    expect(jobIdOf('1732.55:T01')).toMatch(/^e[0-9a-f]{40}$/);
    expect(jobIdOf('12345')).not.toBe(jobIdOf('12346'));
    expect(jobIdOf('12345')).toBe(jobIdOf('12345'));
  });
});
