/** `check` of what is configured: all sites in one pass, counted as it comes, and when to ask for removal. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../adapters/clock/system.ts';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { makeJournal } from '../../../adapters/simulated/journal.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { carryOut } from '../../../jobs/carry-out.ts';
import { runCheck } from '../../../jobs/blocklists/check.ts';
import { parseLine } from '../../../src/commands/parse.ts';
import { registry } from '../../../src/commands/registry.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { IncidentEvent } from '../../../src/domain/incidents/incident.ts';
import type { Utterance } from '../../../src/ports/conversation.ts';
import type { Place } from '../../../src/ports/sites.ts';
import type { World } from '../../../src/ports/world.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { MisbehavingServer } from '../../support/misbehaving-dns.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import { list, subject } from '../../support/verdicts.ts';

const LISTED = '203.0.113.9';
const CLEAR = '198.51.100.10';
const PRIVATE = '10.0.0.9';
const lists = [list('bl.test'), list('names.test', 'kind: domain')];

describe('a check of what is configured', () => {
  let dns: MisbehavingServer;
  /** Each answer is this much later than the one before. */
  let stepMs: number;
  let subjects: readonly string[];
  /** How the name mail.example is answered: `ok`, or an rcode. */
  let hosts: Readonly<Record<string, string>>;
  let world: World;
  let said: Utterance[];
  beforeEach(async () => {
    stepMs = 0;
    hosts = {};
    subjects = [LISTED, CLEAR];
    said = [];
    dns = await startMisbehaving(
      {
        'bl.test': (asked) => {
          const isYes = /^(2\.0\.0\.127|9\.113\.0\.203)\.bl\.test$/.test(asked.name) && asked.type === 'A';
          const answer = reply(asked, isYes ? [a(asked.name, '127.0.0.2')] : []);
          const place = Number(asked.name.split('.')[0]);
          return [stepMs > 0 && !asked.name.includes('.127.') ? { ...answer, afterMs: place * stepMs } : answer];
        },
        'dead.test': (asked) => [reply(asked)],
        'registered.test': (asked) => {
          const isYes = /^(test|example\.co\.uk)\.registered\.test$/.test(asked.name) && asked.type === 'A';
          return [reply(asked, isYes ? [a(asked.name, '127.0.0.2')] : [])];
        },
        'names.test': (asked) => [reply(asked, asked.name === 'test.names.test' ? [a(asked.name, '127.0.0.2')] : [])],
        'mail.example': (asked) => [
          hosts[asked.type] === 'ok'
            ? reply(asked, [a(asked.name, CLEAR)])
            : reply(asked, [], { rcode: hosts[asked.type] ?? 'NXDOMAIN' }),
        ],
      },
      true,
    );
    const incidents = makeJournal<IncidentEvent>();
    const site: Place = {
      name: 'hq',
      addresses: [LISTED, CLEAR].flatMap((text) => {
        const each = subject(text);
        return each.kind === 'ip' ? [each.ip] : [];
      }),
      domains: [],
      servers: [],
      timezone: 'UTC',
    };
    const needed: Partial<World> = {
      ...sweepWorld(openResolver([readServer(dns.address)])),
      random: systemRandom,
      incidents,
      catalogue: { read: async () => ({ lists, left: [] }) },
      listingHistory: { read: async () => new Map(), note: async () => new Map() },
      secondOpinion: { confirm: async () => 'unconfirmed' },
      sites: {
        names: ['hq'],
        servers: [],
        find: (name) => (name === 'hq' ? site : undefined),
        subjects: () => subjects.map(subject),
      },
      people: { roleOf: () => 'viewer', personOf: (actor) => actor.id },
      outbox: { put: async (utterance) => void said.push(utterance) },
    };
    world = needed as World;
  });
  afterEach(async () => {
    world.resolver.close();
    await dns.stop();
  });
  const request = (line: string) => {
    const command = parseLine(line, registry);
    if (command.kind === 'misheard') throw new Error(command.why);
    return {
      id: 'event',
      command: command.spoken,
      actor: { surface: 'slack' as const, id: 'ana', shown: { foreign: 'ana' } },
      conversation: { surface: 'slack' as const, id: 'room' },
      at: 0,
      files: {},
    };
  };
  const check = (line = 'check'): Promise<Answer> => Promise.resolve(runCheck(request(line), world, () => {}));
  const states = (answer: Answer): unknown =>
    (answer.data as { subjects: { subject: string; state: string }[] }).subjects.map((each) => [
      each.subject,
      each.state,
    ]);

  it('asks about every address of every site, and has the status of the worst', async () => {
    const answer = await check();
    expect(states(answer)).toEqual([
      [LISTED, 'listed'],
      [CLEAR, 'clear'],
    ]);
    expect(answer.status).toBe('critical');
  });

  it('leaves an address out that no list can know, and says so; one that is alone is refused with the remedy', async () => {
    subjects = [PRIVATE, CLEAR];
    const answer = await check();
    expect(states(answer)).toEqual([[CLEAR, 'clear']]);
    expect(JSON.stringify(answer.data)).toContain(`${PRIVATE} is a private`);
    subjects = [PRIVATE];
    const refused = await check();
    expect(refused.status).toBe('refused');
    expect(plain(refused.message.summary)).toContain('put the public addresses into tourniquet.yaml');
  });

  it.each([
    ['neither address could be looked up', 'SERVFAIL', 'SERVFAIL', 'unknown', 'unknown servfail'],
    ['the IPv4 address could not be looked up', 'SERVFAIL', 'NXDOMAIN', 'unknown', 'unknown servfail'],
    ['only the IPv6 address, which no list covers, is missing', 'ok', 'SERVFAIL', 'clear', 'not-covered'],
    ['it has no address', 'NXDOMAIN', 'NXDOMAIN', 'clear', 'not-covered'],
    ['the server has lists alone', 'REFUSED', 'REFUSED', 'clear', 'not-covered'],
  ])('a name is as well known as its addresses: %s', async (_what, A, AAAA, state, cell) => {
    hosts = { A, AAAA };
    const answer = await check('check mail.example --any-address');
    const row = (answer.data as { subjects: { state: string; lists: { state: string; why?: string }[] }[] })
      .subjects[0];
    expect([row?.state, [row?.lists[0]?.state, row?.lists[0]?.why].join(' ').trim()]).toEqual([state, cell]);
    expect(answer.status).toBe(state === 'clear' ? 'ok' : 'unknown');
    const notes = JSON.stringify((answer.data as { notes?: string[] }).notes ?? []);
    expect(notes.includes('could not be found out')).toBe([A, AAAA].some((each) => /SERV|REF/.test(each)));
  });

  it('asks a list that knows no host names about the domain of one, and confirms that', async () => {
    const registered = list('registered.test', 'kind: domain, names: registered');
    const confirmed: unknown[] = [];
    world = {
      ...world,
      catalogue: { read: async () => ({ lists: [registered], left: [] }) },
      secondOpinion: {
        confirm: async (about) => {
          confirmed.push(about);
          return 'confirmed';
        },
      },
    };
    const answer = await check('check mx1.mail.example.co.uk other.example.com --confirm');
    expect(states(answer)).toEqual([
      ['mx1.mail.example.co.uk', 'listed'],
      ['other.example.com', 'clear'],
    ]);
    expect(confirmed).toEqual([{ kind: 'domain', domain: 'example.co.uk' }]);
  });

  it('row 34: refuses a private or local address by name, and no list hears of it', async () => {
    for (const [text, what] of [
      [PRIVATE, 'private'],
      ['127.0.0.2', 'loopback'],
      ['fe80::1', 'link-local'],
      ['::ffff:10.0.0.9', 'private'],
    ] as const) {
      expect(() => request(`check ${text}`)).toThrow(what);
      // A job that did not come through the parser is read again.
      const by = request(`check ${CLEAR} --any-address`);
      const bare = { ...by, command: { ...by.command, words: [text], options: {} } };
      const refused = await runCheck(bare, world, () => {});
      expect([text, refused.status]).toEqual([text, 'refused']);
      expect(plain(refused.message.summary)).toContain(what);
    }
    expect(dns.asked).toEqual([]);
  });

  it('blames one list that is dead for nothing but itself, of however many addresses', async () => {
    const words = async (...zones: readonly string[]): Promise<string> => {
      const catalogue = { read: async () => ({ lists: zones.map((zone) => list(zone)), left: [] }) };
      world = { ...world, catalogue };
      return JSON.stringify((await check('check 198.51.100.0/29 --any-address')).message);
    };
    expect(await words('dead.test')).not.toContain('look at the resolver');
    expect(await words('dead.test', 'a.dead.test', 'b.dead.test')).toContain('look at the resolver');
  });

  it('says what to do where nothing is configured', async () => {
    subjects = [];
    const refused = await check();
    expect(plain(refused.message.summary)).toContain('say check and an address');
  });

  it('counts up in its one message, no more than once a second, and ends there', async () => {
    stepMs = 120;
    subjects = Array.from({ length: 20 }, (_, index) => `198.51.100.${index + 1}`);
    const moments: number[] = [];
    world.outbox.put = async (utterance) => {
      said.push(utterance);
      moments.push(performance.now());
    };
    await carryOut(request('check'), world);
    expect(new Set(said.map((each) => each.key))).toEqual(new Set(['event']));
    expect(said.map((each) => plain(each.message.summary))).toContainEqual(
      expect.stringMatching(/^\d+ of \d+ answers are in …$/),
    );
    expect(said.at(-1)?.final).toBe(true);
    // The answer itself waits for nothing.
    const edits = moments.slice(0, -1);
    for (const [index, moment] of edits.slice(1).entries())
      expect(moment - (edits[index] ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('lets removal be asked for only once the incident has seen the leak stop', async () => {
    const advice = async (): Promise<string> => JSON.stringify((await check()).data);
    expect(await advice()).toContain('nothing shows that the leak has stopped');
    const by = { person: 'ana', shown: { foreign: 'ana' } };
    const opened: IncidentEvent = { kind: 'opened', at: 1000, by, site: 'hq', title: { foreign: 'x' } };
    const number = await world.incidents.begin([opened]);
    expect(await advice()).toContain(`incident ${number} has not yet seen the leak stop`);
    const proof = { kind: 'step', at: 2000, step: 'prove-stopped', by } as const;
    await world.incidents.append(number, 1, [{ ...proof, outcome: 'failed' }]);
    expect(await advice()).toContain('has not yet seen the leak stop');
    await world.incidents.append(number, 2, [{ ...proof, outcome: 'done' }]);
    expect(await advice()).toContain(`incident ${number} has seen the leak stop`);
    expect(JSON.stringify((await check(`check ${CLEAR} --any-address`)).data)).not.toContain('leak');
  });
});
