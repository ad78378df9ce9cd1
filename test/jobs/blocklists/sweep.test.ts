/** What a sweep does beyond one answer: the brake, proofs that stand in, the operators' rules. */
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/clock/system.ts';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { openListProofs } from '../../../adapters/redis/list-proofs.ts';
import { openProducer, parseRedisUrl, whenReady } from '../../../adapters/redis/connection.ts';
import { openManners } from '../../../adapters/redis/manners.ts';
import { sweep } from '../../../jobs/blocklists/sweep.ts';
import type { Finding, SweepPlan, SweepWorld } from '../../../jobs/blocklists/sweep.ts';
import type { Liveness } from '../../../src/domain/blocklists/liveness.ts';
import type { Resolver } from '../../../src/ports/dns.ts';
import type { ListProofs } from '../../../src/ports/list-proofs.ts';
import { describeLab } from '../../lab/packages.ts';
import { startRedis } from '../../lab/redis.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { Behaviour, MisbehavingServer } from '../../support/misbehaving-dns.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import { list, short, subject } from '../../support/verdicts.ts';

const servers: MisbehavingServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serve(behaviour: Behaviour): Promise<MisbehavingServer> {
  const server = await startMisbehaving({ 'bl.test': behaviour }, true);
  servers.push(server);
  return server;
}

async function ask(
  server: MisbehavingServer,
  plan: Partial<SweepPlan>,
  over: Partial<SweepWorld> = {},
): Promise<readonly Finding[]> {
  const resolver = openResolver([readServer(server.address)]);
  const findings = await sweep(
    { subjects: [], lists: [list('bl.test')], questionMs: 3000, wholeMs: 20_000, ...plan },
    sweepWorld(resolver, over),
  );
  resolver.close();
  return findings.flat();
}

const SIX = Array.from({ length: 6 }, (_, index) => subject(`192.0.2.${index + 1}`));
const yes: Behaviour = (asked) => [reply(asked, asked.type === 'A' ? [a(asked.name, '127.0.0.2')] : [])];
const no: Behaviour = (asked) => [reply(asked)];
const isPoint = (name: string, last: 1 | 2): boolean => name === `${last}.0.0.127.bl.test`;

describe('the mass-flip brake', () => {
  it('row 21: a list that begins to list the world between its proof and the subjects is held, not believed', async () => {
    const server = await serve((asked) => {
      if (isPoint(asked.name, 1)) return asked.times === 1 ? no(asked) : yes(asked);
      return yes(asked);
    });
    expect((await ask(server, { subjects: SIX })).map(short)).toEqual(SIX.map(() => 'unknown answers-everything'));
  });

  it('row 21: a cache that still says no to the test point does not hide it: a name nobody asked before is listed', async () => {
    const server = await serve((asked) => (isPoint(asked.name, 1) ? no(asked) : yes(asked)));
    expect((await ask(server, { subjects: SIX })).map(short)).toEqual(SIX.map(() => 'unknown answers-everything'));
  });

  it('row 21: where all are really listed, the list proves itself again and they are listed', async () => {
    const server = await serve((asked) =>
      isPoint(asked.name, 2) || asked.name.endsWith('.2.0.192.bl.test') ? yes(asked) : no(asked),
    );
    expect((await ask(server, { subjects: SIX })).map(short)).toEqual(SIX.map(() => 'listed abuse 127.0.0.2'));
  });

  it('holds a list that suddenly clears everybody until it has proved itself again', async () => {
    const server = await serve((asked) => (isPoint(asked.name, 2) && asked.times === 1 ? yes(asked) : no(asked)));
    expect((await ask(server, { subjects: SIX, before: () => 'listed' })).map(short)).toEqual(
      SIX.map(() => 'unknown dead-list'),
    );
  });

  it('leaves a single new listing alone', async () => {
    const server = await serve((asked) =>
      isPoint(asked.name, 2) || asked.name === '1.2.0.192.bl.test' ? yes(asked) : no(asked),
    );
    const said = (await ask(server, { subjects: SIX })).map(short);
    expect(said).toEqual(['listed abuse 127.0.0.2', ...SIX.slice(1).map(() => 'clear')]);
    expect(server.asked.filter((asked) => isPoint(asked.name, 2))).toHaveLength(1);
  });
});

/** A memory of proofs as it is in Redis, in a map; by path. */
function proofMemory(holdMs: number): ListProofs & { readonly known: Map<string, ReadonlyMap<string, Liveness>> } {
  const known = new Map<string, ReadonlyMap<string, Liveness>>();
  return {
    holdMs,
    known,
    read: (path) => Promise.resolve(known.get(path) ?? new Map()),
    note: async (path, proofs) => void known.set(path, new Map([...(known.get(path) ?? []), ...proofs])),
  };
}

describe('a great many at once', () => {
  const many = Array.from({ length: 3000 }, (_, index) => subject(`10.9.${index >> 8}.${index & 255}`));

  it('all end as unknown, by one question or none, where the whole is out of time', async () => {
    let asked = 0;
    const resolver: Resolver = {
      servers: ['a:53'],
      close: () => {},
      ask: async (question) => {
        asked += 1;
        return { kind: 'answer', rcode: 'NXDOMAIN', data: [], ttl: 1, resolver: question.name, ms: 0 };
      },
    };
    const clock = { ...systemClock, monotonic: () => performance.now() + (asked > 5 ? 60_000 : 0) };
    const said = await sweep(
      { subjects: many, lists: [list('bl.test'), list('b2.test')], questionMs: 400, wholeMs: 5000 },
      sweepWorld(resolver, { clock }),
    );
    expect(said).toHaveLength(many.length);
    expect(said.flat().filter((each) => each.verdict.state !== 'unknown')).toEqual([]);
    expect(asked).toBeLessThan(200);
  });

  it('are each asked once by name, and each finding stands at its own subject', async () => {
    const server = await serve((asked) =>
      isPoint(asked.name, 2) || /^(7|70)\.[0-3]\.9\.10\.bl\.test$/.test(asked.name) ? yes(asked) : no(asked),
    );
    const said = await ask(server, { subjects: many.slice(0, 1024), questionMs: 10_000 });
    expect(said.flatMap((each, index) => (short(each) === 'clear' ? [] : [`${short(each)} ${index & 255}`]))).toEqual(
      [0, 1, 2, 3].flatMap(() => ['listed abuse 127.0.0.2 7', 'listed abuse 127.0.0.2 70']),
    );
    const names = server.asked.filter((each) => each.type === 'A').map((each) => each.name);
    expect(new Set(names).size).toBe(1024 + 2);
  });

  it('rules that can not be looked up permit nothing: unknown, never clear', async () => {
    const server = await serve((asked) => (isPoint(asked.name, 2) ? yes(asked) : no(asked)));
    const broken = (): Promise<never> => Promise.reject(new Error('the memory is gone'));
    const said = await ask(
      server,
      { subjects: SIX, lists: [list('bl.test', 'manners: {everyMs: 5}')] },
      { manners: { nextMoment: broken, take: broken, giveBack: broken } },
    );
    expect(said.map(short)).toEqual(SIX.map(() => 'unknown query-limit'));
    expect(server.asked).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is one thing for all of whom a list says the same, words included: memory does not grow with the subjects', async () => {
    const words = (name: string): string => (name.startsWith('6.') ? 'of its own' : 'spam seen');
    const server = await serve((asked) => {
      if (asked.type === 'TXT')
        return [reply(asked, [{ type: 'TXT', name: asked.name, ttl: 5, data: words(asked.name) }])];
      return isPoint(asked.name, 2) || asked.name.endsWith('.2.0.192.bl.test') ? yes(asked) : no(asked);
    });
    const said = await ask(server, { subjects: SIX });
    expect(said.map((each) => each.reason)).toEqual([...SIX.slice(1).map(() => 'spam seen'), 'of its own']);
    expect(new Set(said).size).toBe(2);
  });

  it('tells apart what a list says of one and of another', async () => {
    const server = await serve((asked) => {
      if (isPoint(asked.name, 2) || asked.name === '1.2.0.192.bl.test') return yes(asked);
      return asked.name === '2.2.0.192.bl.test' ? [reply(asked, [a(asked.name, '127.0.0.77')])] : no(asked);
    });
    expect((await ask(server, { subjects: SIX })).map(short)).toEqual([
      'listed abuse 127.0.0.2',
      'unknown unknown-code',
      ...SIX.slice(2).map(() => 'clear'),
    ]);
  });
});

describe('a proof', () => {
  /** Answers its test point the first time only. */
  const tired: Behaviour = (asked) => {
    if (!isPoint(asked.name, 2)) return no(asked);
    return asked.times === 1 ? yes(asked) : [];
  };
  const one = SIX.slice(0, 1);

  it('row 43: stands in for a while where the test point is not answered in time, with its age; then it is unknown', async () => {
    const server = await serve(tired);
    const listProofs = proofMemory(60_000);
    let now = 1_000_000;
    const clock = { now: () => now, monotonic: () => performance.now(), wait: () => Promise.resolve() };
    const [first] = await ask(server, { subjects: one }, { listProofs, clock });
    expect([short(first), first?.liveness?.at]).toEqual(['clear', 1_000_000]);
    now += 59_000;
    const [held] = await ask(server, { subjects: one, questionMs: 800 }, { listProofs, clock });
    expect([short(held), held?.liveness?.at]).toEqual(['clear', 1_000_000]);
    now += 2000;
    expect((await ask(server, { subjects: one, questionMs: 800 }, { listProofs, clock })).map(short)).toEqual([
      'unknown timeout',
    ]);
  });

  it('row 43: never stands in where the test point was answered, and answered wrongly', async () => {
    const server = await serve((asked) => (isPoint(asked.name, 2) && asked.times === 1 ? yes(asked) : no(asked)));
    const listProofs = proofMemory(60_000);
    expect((await ask(server, { subjects: one }, { listProofs })).map(short)).toEqual(['clear']);
    expect((await ask(server, { subjects: one }, { listProofs })).map(short)).toEqual(['unknown dead-list']);
  });

  it('row 40: of another resolver counts for nothing: each path proves the list for itself', async () => {
    const listProofs = proofMemory(60_000);
    const good = await serve((asked) => (isPoint(asked.name, 2) ? yes(asked) : no(asked)));
    expect((await ask(good, { subjects: one }, { listProofs })).map(short)).toEqual(['clear']);
    const silent = await serve((asked) => (isPoint(asked.name, 2) ? [] : no(asked)));
    expect((await ask(silent, { subjects: one, questionMs: 800 }, { listProofs })).map(short)).toEqual([
      'unknown timeout',
    ]);
  });
});

describe('manners', () => {
  const good: Behaviour = (asked) => (isPoint(asked.name, 2) ? yes(asked) : no(asked));

  it('ask no more than the day permits; the rest is unknown as query-limit, and was not asked', async () => {
    const server = await serve(good);
    const given: number[] = [];
    const manners = {
      nextMoment: () => Promise.resolve(0),
      take: () => Promise.resolve(5),
      giveBack: async (_operator: string, count: number) => void given.push(count),
    };
    const lists = [list('bl.test', 'manners: {perDay: 100}')];
    const said = (await ask(server, { subjects: SIX, lists }, { manners })).map(short);
    expect(said.toSorted()).toEqual(['clear', 'clear', 'clear', ...SIX.slice(3).map(() => 'unknown query-limit')]);
    expect(server.asked).toHaveLength(5);
    expect(given).toEqual([]);
  });

  it('keep the operator’s pace: each question waits for its moment, and one whose moment is too late is not asked', async () => {
    const server = await serve(good);
    const waited: number[] = [];
    let moment = 0;
    const manners = {
      nextMoment: async (_operator: string, everyMs: number, withinMs: number) => {
        const wait = moment;
        moment += everyMs;
        return wait < Math.min(withinMs, 1200) ? wait : undefined;
      },
      take: (_operator: string, _perDay: number, count: number) => Promise.resolve(count),
      giveBack: () => Promise.resolve(),
    };
    const clock = {
      now: () => 1_000_000,
      monotonic: () => performance.now(),
      wait: async (ms: number) => void waited.push(ms),
    };
    const lists = [list('bl.test', 'manners: {everyMs: 200}')];
    const said = (await ask(server, { subjects: SIX, lists }, { manners, clock })).map(short);
    expect(waited.toSorted((one, other) => one - other).filter((ms) => ms > 0)).toEqual([200, 400, 600, 800, 1000]);
    expect(server.asked).toHaveLength(6);
    expect(said.filter((each) => each === 'unknown query-limit')).toHaveLength(2);
  });

  it('give back what was not needed', async () => {
    const server = await serve(good);
    const given: [string, number][] = [];
    const manners = {
      nextMoment: () => Promise.resolve(0),
      take: (_operator: string, _perDay: number, count: number) => Promise.resolve(count),
      giveBack: async (operator: string, count: number) => void given.push([operator, count]),
    };
    const lists = [list('bl.test', 'manners: {perDay: 100}')];
    await ask(server, { subjects: SIX, lists }, { manners });
    expect(given).toEqual([['bl.test', 9]]);
  });

  it('ask each name once, however often a subject or a list is named', async () => {
    const server = await serve(good);
    await ask(server, { subjects: SIX });
    const names = server.asked.map((asked) => asked.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describeLab('what is shared by all runs', { sets: ['redis'] }, () => {
  it('keeps an operator’s pace and day over two runs at once', async () => {
    const redisServer = await startRedis();
    const redis = openProducer(parseRedisUrl(redisServer.url));
    await whenReady(redis, 3000);
    let now = Date.UTC(2026, 10, 24, 23, 0);
    const [one, two] = [openManners(redis, () => now), openManners(redis, () => now)];
    const waits = await Promise.all(
      [0, 1, 2, 3].map((index) => (index % 2 === 0 ? one : two).nextMoment('x.test', 200, 9000)),
    );
    expect(waits).toEqual([0, 200, 400, 600]);
    expect(await one.nextMoment('x.test', 200, 500)).toBeUndefined();
    expect(await one.nextMoment('y.test', 200, 500)).toBe(0);
    expect([
      await one.take('x.test', 100, 70),
      await two.take('x.test', 100, 70),
      await one.take('x.test', 100, 1),
    ]).toEqual([70, 30, 0]);
    await one.giveBack('x.test', 10);
    expect(await two.take('x.test', 100, 70)).toBe(10);
    now += 2 * 3_600_000;
    expect(await two.take('x.test', 100, 70)).toBe(70);
    redis.disconnect();
    await redisServer.stop();
  });

  it('remembers proofs by the resolvers that gave them', async () => {
    const redisServer = await startRedis();
    const redis = openProducer(parseRedisUrl(redisServer.url));
    await whenReady(redis, 3000);
    const proofs = openListProofs(redis, 60_000);
    const proof: Liveness = { positive: 'listed', negative: 'silent', at: 1_764_000_000_000, resolver: '127.0.0.1:53' };
    await proofs.note('127.0.0.1:53', new Map([['bl.test/4', proof]]));
    expect(await proofs.read('127.0.0.1:53')).toEqual(new Map([['bl.test/4', proof]]));
    expect(await proofs.read('192.0.2.53:53')).toEqual(new Map());
    redis.disconnect();
    await redisServer.stop();
  });
});
