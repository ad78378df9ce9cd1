/** A live triage whose looks hang or fail, and whose store does: the others answer, and it is said. */
import { describe, expect, it } from 'vitest';
import { systemClock, systemRandom } from '../../../adapters/clock/system.ts';
import { runTriage } from '../../../jobs/triage/triage.ts';
import { parseDomain } from '../../../src/domain/address/domain.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import type { Evidence } from '../../../src/domain/diagnosis/evidence.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { MailServer } from '../../../src/ports/mail-server.ts';
import type { Place } from '../../../src/ports/sites.ts';
import type { World } from '../../../src/ports/world.ts';
import { resolverOf } from '../../support/records.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import { list } from '../../support/verdicts.ts';

const never = <T>(): Promise<T> => new Promise<T>(() => {});
const address = parseIp('203.0.113.7');
const addresses = address.kind === 'ok' ? [address.value] : [];
const known = (name: string) => ({ name, addresses, reach: 'here' as const });
const PLACE: Place = { name: 'hq', addresses, domains: [], servers: [known('mx1'), known('mx2')], timezone: 'UTC' };

const mx = (name: string, listing: MailServer['listing']): MailServer => ({
  name,
  mta: 'postfix',
  listing,
  envelopes: () => never(),
});

async function* full(): AsyncGenerator<readonly string[]> {
  yield Array.from({ length: 600 }, (_, index) =>
    JSON.stringify({
      queue_name: 'deferred',
      queue_id: `A84300${index + 1000}`,
      arrival_time: 1_795_490_579,
      message_size: 1,
      sender: 'MAILER-DAEMON',
      recipients: [{ address: `x@d${index}.example` }],
    }),
  );
}

async function* hangs(): AsyncGenerator<readonly string[]> {
  await never();
  yield [];
}

async function* fails(): AsyncGenerator<readonly string[]> {
  yield ['{"queue_name": "def'];
  throw new HostUnknown('postqueue on mx1 ended with status 69: mail system is down');
}

/** Everything but the queues hangs; nothing but what is given answers. */
function world(over: Partial<World>, first: MailServer['listing'] = hangs): World {
  const servers = new Map([
    ['mx1', mx('mx1', first)],
    ['mx2', mx('mx2', full)],
  ]);
  const partly: Partial<World> = {
    // Whoever waits in vain waits a fifth of it.
    clock: { ...systemClock, wait: (ms, signal) => systemClock.wait(ms / 5, signal) },
    resolver: { ...resolverOf({}), ask: () => never() },
    catalogue: { read: () => never() },
    mailServers: { names: [...servers.keys()], find: (name) => servers.get(name) },
    mailLogs: { find: () => undefined },
    mailDoors: { look: () => never() },
    mailSetups: { look: () => never() },
    grounds: { names: [], find: () => ({ refused: 'none', remedy: 'none' }) },
    sites: { subjects: () => [], names: ['hq'], servers: PLACE.servers, find: () => PLACE },
    random: { hex: () => 'abc' } as unknown as World['random'],
    evidence: {
      keep: async () => {},
      conclude: async () => {},
      latest: async () => undefined,
      read: async () => undefined,
    },
    incidents: { numbers: async () => [] } as unknown as World['incidents'],
    ...over,
  };
  return partly as World;
}

async function triage(given: World, deadlineMs = 1500) {
  const began = performance.now();
  const answer = await runTriage(
    {
      id: 'x',
      command: { name: 'triage', words: ['hq'], options: {} },
      actor: { surface: 'shell', id: 'x', shown: { foreign: 'x' } },
      conversation: { surface: 'shell', id: 'x' },
      at: 1,
      files: {},
      deadlineMs,
    },
    given,
    () => {},
  );
  const data = answer.data as {
    readonly verdict: string;
    readonly missing: readonly string[];
    readonly evidenceId?: string;
    readonly looks: readonly { name: string; state: string; why?: string }[];
  };
  return { ...data, answer, ms: performance.now() - began };
}

describe('a triage', () => {
  it('names the looks that hang, and the others answer', async () => {
    const found = await triage(world({}));
    const states = Object.fromEntries(found.looks.map((look) => [look.name, look.state]));
    expect(states).toMatchObject({
      blocklists: 'failed',
      'queue of mx1': 'failed',
      'queue of mx2': 'taken',
      'set-up of mx1': 'failed',
      'certificates of mx2': 'failed',
      resolver: 'failed',
    });
    expect(found.looks.find((look) => look.name === 'queue of mx1')?.why).toMatch(/no answer within/);
    expect(found.missing.join('\n')).toContain('queue of mx1: no answer within');
    // Half of the queues is seen to be full, and that is no less full for the other half.
    expect(found.verdict).toBe('ndr-attack');
    expect(found.ms).toBeLessThan(5000);
  });

  it('does not believe a resolver that knows nothing when it says that records are missing', async () => {
    const lists = ['a.test', 'b.test', 'c.test'].map((zone) => list(zone));
    const blind = {
      ...sweepWorld(resolverOf({})),
      random: systemRandom,
      catalogue: { read: async () => ({ lists, left: [] }) },
    };
    const found = await triage(world({ ...blind, mailServers: { names: [], find: () => undefined } }));
    const whys = Object.fromEntries(found.looks.map((look) => [look.name, look.why]));
    expect(whys.blocklists).toBe('not one of 3 lists could be asked: look at the resolver and the way out first');
    expect(whys['DNS records']).toContain('may well be there');
    expect(whys.resolver).toContain('it has no way out, or lies');
    expect(found.verdict).toBe('undetermined');
    expect(JSON.stringify(found.answer.data)).not.toContain('reverse name');
  });

  it('asks the lists about the site’s domains too', async () => {
    const domain = parseDomain('example.com');
    const place = { ...PLACE, servers: [], domains: domain.kind === 'ok' ? [domain.value] : [] };
    const yes = ['127.0.0.2'];
    const zone = { '2.0.0.127.a.test A': yes, 'test.names.test A': yes, 'example.com.names.test A': yes };
    let kept: Evidence['listings'];
    const given = world({
      ...sweepWorld(resolverOf(zone)),
      random: systemRandom,
      catalogue: { read: async () => ({ lists: [list('a.test'), list('names.test', 'kind: domain')], left: [] }) },
      sites: { subjects: () => [], names: ['hq'], servers: [], find: () => place },
    });
    given.evidence.keep = async ({ evidence }) => void (kept = evidence.listings);
    const found = await triage(given);
    expect(kept?.map(({ subject, state }) => [subject, state])).toEqual([
      ['203.0.113.7', 'clear'],
      ['example.com', 'listed'],
    ]);
    expect(found.looks.map(({ name, state }) => [name, state])).toContainEqual(['blocklists of domains', 'taken']);
  });

  it('names a look that fails by its own words', async () => {
    const found = await triage(world({}, fails));
    expect(found.missing.join('\n')).toContain(
      'queue of mx1: postqueue on mx1 ended with status 69: mail system is down',
    );
  });

  it.each<[how: string, evidence: Partial<World['evidence']>]>([
    ['fails', { keep: () => Promise.reject(new Error('READONLY You can’t write')) }],
    ['hangs', { keep: () => never() }],
  ])(
    'whose store %s gives the verdict, and says that no measure is to be taken before it is stored',
    async (_how, evidence) => {
      const given = world({});
      const found = await triage({ ...given, evidence: { ...given.evidence, ...evidence } });
      expect(found.verdict).toBe('ndr-attack');
      expect(found.evidenceId).toBeUndefined();
      const said = found.answer.message.blocks.flatMap((block) => (block.kind === 'notice' ? [plain(block.text)] : []));
      expect(said.join('\n')).toMatch(/The evidence could not be stored \(.+\)\. Take no measure before it is/);
      expect(found.ms).toBeLessThan(8000);
    },
  );

  it('that can not write down its verdict gives it all the same', async () => {
    const given = world({});
    const found = await triage({ ...given, evidence: { ...given.evidence, conclude: () => never() } });
    expect(found).toMatchObject({ verdict: 'ndr-attack', evidenceId: expect.stringContaining('hq-') });
  });
});
