/** The first check finds out whether the resolver in use is one that blocklists answer, and says so once. */
import { afterEach, describe, expect, it } from 'vitest';
import { openProducer, parseRedisUrl, whenReady } from '../../../adapters/redis/connection.ts';
import { openResolverMemory } from '../../../adapters/redis/resolver-memory.ts';
import type { Blocklist } from '../../../src/domain/blocklists/blocklist.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { World } from '../../../src/ports/world.ts';
import { startRbldnsd, startUnbound } from '../../lab/dns.ts';
import { describeLab } from '../../lab/packages.ts';
import { endsWithin } from '../../lab/process.ts';
import { startRedis } from '../../lab/redis.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { Behaviour, MisbehavingServer } from '../../support/misbehaving-dns.ts';
import { checkOnce } from '../../support/check-once.ts';
import { list } from '../../support/verdicts.ts';

const servers: MisbehavingServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serve(zones: Readonly<Record<string, Behaviour>>): Promise<MisbehavingServer> {
  const server = await startMisbehaving(zones, true);
  servers.push(server);
  return server;
}

const WHO = '203.0.113.7';
const everything: Behaviour = (asked) => [reply(asked, [a(asked.name, '127.0.0.2')])];
const nothing: Behaviour = (asked) => [reply(asked)];
const proved: Behaviour = (asked) => (asked.name.startsWith('2.0.0.127.') ? everything(asked) : nothing(asked));
const refusing: Behaviour = (asked) => [reply(asked, [a(asked.name, '127.255.255.254')])];

interface Seen {
  readonly notices: readonly string[];
  readonly states: Readonly<Record<string, string>>;
  readonly resolver: { readonly unfit?: string; readonly note?: string; readonly seenAs?: string };
}

async function check(address: string, lists: readonly Blocklist[], over: Partial<World> = {}): Promise<Seen> {
  const answer = await checkOnce(address, lists, `${WHO} --any-address`, over);
  const data = answer.data as {
    resolver: Seen['resolver'];
    subjects: { lists: { zone: string; state: string; why?: string }[] }[];
  };
  return {
    notices: answer.message.blocks.flatMap((block) => (block.kind === 'notice' ? [plain(block.text)] : [])),
    states: Object.fromEntries(
      (data.subjects[0]?.lists ?? []).map((each) => [each.zone, `${each.state} ${each.why ?? ''}`.trim()]),
    ),
    resolver: data.resolver,
  };
}

/** A memory of looks, as it is in Redis. */
function memory(): Pick<World, 'resolverMemory'> {
  const looks = new Map<string, number>();
  return {
    resolverMemory: {
      lookedAt: async (path) => looks.get(path),
      noteLook: async (path, at) => void looks.set(path, at),
    },
  };
}

describe('the resolver of a check', () => {
  it('that answers everything makes nothing listed, not on a list without test entries either, and is named once', async () => {
    const server = await serve({ 'bl.test': everything, 'blind.test': everything, invalid: everything });
    const said = await check(server.address, [list('bl.test'), list('blind.test', 'test: none')]);
    expect(said.states).toEqual({
      'bl.test': 'unknown answers-everything',
      'blind.test': 'unknown answers-everything',
    });
    expect(said.notices.filter((words) => words.includes(server.address))).toEqual([
      `The resolver ${server.address} rewrites answers: a name that can't exist has 127.0.0.2; use a recursive resolver of your own (unbound on this host is enough), or the operators’ keys.`,
    ]);
    expect(said.resolver).toMatchObject({ unfit: 'rewrites' });
  });

  it('that only rewrites what does not exist costs no list its verdict that has proved itself', async () => {
    const server = await serve({
      'bl.test': proved,
      invalid: (asked) => [reply(asked, [a(asked.name, '198.51.100.7')])],
    });
    const said = await check(server.address, [list('bl.test')]);
    expect([said.states['bl.test'], said.resolver.unfit]).toEqual(['clear', 'rewrites']);
  });

  it('that lists refuse is named with them, and as URIBL sees it', async () => {
    const server = await serve({
      'bl.test': refusing,
      'good.test': proved,
      invalid: nothing,
      'multi.uribl.com': (asked) => [
        reply(asked, [
          { type: 'TXT', name: asked.name, ttl: 1, data: '127.0.0.1 -> Query Refused. [Your DNS IP: 192.0.2.53]' },
        ]),
      ],
    });
    const uribl = list('multi.uribl.com', 'kind: domain');
    const said = await check(server.address, [list('bl.test'), list('good.test'), uribl]);
    expect(said.notices[0]).toContain('is refused by bl.test, and seen as 192.0.2.53; use a recursive resolver');
    expect(said.resolver).toMatchObject({ unfit: 'refused', seenAs: '192.0.2.53' });
    expect(said.states).toMatchObject({ 'bl.test': 'unknown blocked-resolver', 'good.test': 'clear' });
  });

  it('is asked no name that the check has no business with: one that can not exist, and the lists’ own', async () => {
    const server = await serve({ 'bl.test': proved, invalid: nothing });
    const said = await check(server.address, [list('bl.test')]);
    const foreign = server.asked.map((each) => each.name).filter((name) => !name.endsWith('.bl.test'));
    expect(foreign).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.invalid$/)]);
    expect([said.notices, said.resolver.unfit]).toEqual([[], undefined]);
  });

  it('without a fault is not looked at again; one with a fault is, so that a mended one is believed at once', async () => {
    let mended = false;
    const server = await serve({
      'bl.test': proved,
      invalid: (asked) => (mended ? nothing(asked) : everything(asked)),
    });
    const looks = memory();
    const probes = (): number => server.asked.filter((each) => each.name.endsWith('.invalid')).length;
    const lists = [list('bl.test')];
    expect((await check(server.address, lists, looks)).resolver.unfit).toBe('rewrites');
    mended = true;
    expect((await check(server.address, lists, looks)).resolver.unfit).toBeUndefined();
    expect(probes()).toBe(2);
    expect((await check(server.address, lists, looks)).resolver.unfit).toBeUndefined();
    expect(probes()).toBe(2);
  });

  it('that is slow in rewriting is found out as long as the check waits for the lists anyway', async () => {
    const slow =
      (each: Behaviour, afterMs: number): Behaviour =>
      (asked) =>
        each(asked).map((one) => ({ ...one, afterMs }));
    const server = await serve({ 'bl.test': slow(proved, 1200), invalid: slow(everything, 700) });
    const said = await check(server.address, [list('bl.test')]);
    expect([said.states['bl.test'], said.resolver.unfit]).toEqual(['clear', 'rewrites']);
  });

  it('that says nothing to the name that can not exist has no fault for that, and keeps the check waiting no longer', async () => {
    const server = await serve({ 'bl.test': proved, invalid: () => [] });
    const checking = check(server.address, [list('bl.test')]);
    expect(await endsWithin(900, checking)).toBe(true);
    const said = await checking;
    expect([said.states['bl.test'], said.resolver.unfit]).toEqual(['clear', undefined]);
  });
});

describeLab('a real resolver in between', { sets: ['dns'] }, () => {
  it('that rewrites names that do not exist is found out; the list behind it stays believed', async () => {
    const rbl = await startRbldnsd({ 'bl.test': [{ type: 'ip4set', data: `127.0.0.2 :127.0.0.2:test\n${WHO}\n` }] });
    const unbound = await startUnbound(
      { 'bl.test': rbl.address },
      '  local-zone: "invalid." redirect\n  local-data: "invalid. A 198.51.100.7"\n',
    );
    const said = await check(unbound.address, [list('bl.test')]);
    expect([said.states['bl.test'], said.resolver.unfit]).toEqual(['listed', 'rewrites']);
    await unbound.stop();
    await rbl.stop();
  });
});

describeLab('what is remembered of resolvers', { sets: ['redis'] }, () => {
  it('is when each path was last looked at; nothing where Redis is gone', async () => {
    const server = await startRedis();
    const redis = openProducer(parseRedisUrl(server.url));
    await whenReady(redis, 3000);
    const resolvers = openResolverMemory(redis);
    await resolvers.noteLook('127.0.0.1:53', 1234);
    expect([await resolvers.lookedAt('127.0.0.1:53'), await resolvers.lookedAt('127.0.0.1:54')]).toEqual([
      1234,
      undefined,
    ]);
    redis.disconnect();
    await server.stop();
    expect(await resolvers.lookedAt('127.0.0.1:53')).toBeUndefined();
    await resolvers.noteLook('127.0.0.1:53', 5678);
  });
});
