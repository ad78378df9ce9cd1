/** Between the mornings, on a clock that is set by hand: what passes a threshold opens an incident by itself. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { makeMornings } from '../../../adapters/simulated/mornings.ts';
import { viewIncident } from '../../../jobs/incidents/view.ts';
import { watchQueues } from '../../../jobs/morning/watch.ts';
import type { Watching } from '../../../jobs/morning/watch.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import type { Change } from '../../../src/domain/blocklists/history.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MorningLook } from '../../../src/domain/morning/judge.ts';
import type { QueueLook } from '../../../src/domain/queues/trend.ts';
import type { MailLogs } from '../../../src/ports/mail-log.ts';
import type { WatchPlan } from '../../../src/ports/mornings.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';
import { LISTED, morningLook } from '../../support/looks.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { MisbehavingServer } from '../../support/misbehaving-dns.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import { list } from '../../support/verdicts.ts';

const MINUTE = 60_000;
const PLAN: WatchPlan = {
  site: 'hq',
  everyMs: 15 * MINUTE,
  queue: 50,
  growthPerHour: 30,
  nullSender: 20,
  loginPerHour: 100,
  bouncesPerMinute: 30,
  listingsEveryMs: 60 * MINUTE,
};
const ADDRESS = '192.0.2.9';

describe('between the mornings', () => {
  let chat: IncidentChat;
  let dns: MisbehavingServer;
  let listings: number;
  let messages: number;
  let isListed: boolean;
  let lines: readonly string[];
  let history: readonly Change[];
  let world: Watching;
  beforeEach(async () => {
    [listings, messages, isListed, lines, history] = [0, 3, false, [], []];
    chat = makeIncidentChat({
      mornings: makeMornings(() => chat.stage.now, [], [PLAN]),
      onCall: { rotas: [], rooms: [{ surface: 'slack', id: 'room' }], directTo: () => [] },
    });
    dns = await startMisbehaving(
      {
        'bl.test': (asked) => {
          const isPoint = asked.name === '2.0.0.127.bl.test';
          const isOurs = asked.name === '9.2.0.192.bl.test';
          return [
            reply(asked, asked.type === 'A' && (isPoint || (isOurs && isListed)) ? [a(asked.name, '127.0.0.2')] : []),
          ];
        },
      },
      true,
    );
    const ip = parseIp(ADDRESS);
    if (ip.kind === 'bad') throw new Error(ip.why);
    const site = chat.stage.world.sites.find('hq');
    if (!site) throw new Error('there is a site hq');
    world = {
      ...chat.stage.world,
      ...sweepWorld(openResolver([readServer(dns.address)])),
      clock: chat.stage.world.clock,
      random: chat.stage.world.random,
      sites: { ...chat.stage.world.sites, find: () => ({ ...site, addresses: [ip.value] }) },
      catalogue: { read: async () => ({ lists: [list('bl.test')], left: [] }) },
      listingHistory: { read: async () => new Map([['bl.test', history]]), note: async () => new Map() },
      mailServers: { names: ['mx1'], find: () => server() },
      queueHistory: { recent: async () => [], note: async () => {} },
      mailLogs: logs(),
      logMemory: { recall: async () => undefined, keep: async () => {} },
    };
  });
  afterEach(async () => {
    world.resolver.close();
    // One of the tests has stopped it already.
    await dns.stop().catch(() => {});
  });
  const look = async (): Promise<MorningLook> => morningLook(LISTED);
  const title = async (): Promise<string> => {
    const seen = await viewIncident(chat.stage.world, 1);
    return plain([seen?.incident.title ?? '']);
  };

  function server(): ReturnType<Watching['mailServers']['find']> {
    return {
      name: 'mx1',
      mta: 'postfix',
      listing: async function* listing() {
        listings += 1;
        yield Array.from({ length: messages }, (_, index) =>
          JSON.stringify({
            queue_name: 'deferred',
            queue_id: `A${String(index).padStart(9, '0')}`,
            arrival_time: 1_800_000_000,
            message_size: 1000,
            sender: 'a@example.com',
            recipients: [{ address: 'b@example.net', delay_reason: 'x' }],
          }),
        );
      },
      envelopes: async () => [],
    };
  }

  function logs(): MailLogs {
    return {
      find: () => ({
        server: 'mx1',
        mta: 'postfix',
        ownDomains: ['example.com'],
        clock: async () => ({ now: chat.stage.now / 1000, offsetMinutes: 0 }),
        read: async (_mark, _ms, take) => {
          for (const line of lines) take(line);
          return { mark: 'm', gaps: [] };
        },
      }),
    };
  }

  /** As many messages of one login, in the last minutes. */
  function sentBy(account: string, count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => {
      const when = new Date(chat.stage.now - 10 * MINUTE + index * 1000).toISOString().replace('Z', '000+00:00');
      return `${when} mx1 postfix/submission/smtpd[2210]: B${String(index).padStart(9, '0')}: client=unknown[198.51.100.7], sasl_method=LOGIN, sasl_username=${account}`;
    });
  }

  it('a queue is only counted where that is cheap, and listed where a threshold may be passed', async () => {
    const noted: QueueLook[] = [];
    const counting: Watching = {
      ...world,
      mailServers: {
        names: ['mx1'],
        find: () => {
          const found = server();
          return found && { ...found, count: async () => messages };
        },
      },
      queueHistory: {
        recent: async (_server, since) => noted.filter((each) => each.at >= since),
        note: async (_server, each) => void noted.push(each),
      },
    };
    expect(await watchQueues(counting, look)).toEqual([]);
    expect([listings, noted.map((each) => each.messages)]).toEqual([0, [3]]);
    chat.stage.now += 15 * MINUTE;
    // More than the bounces' threshold: how many of them are bounces stands in the listing alone.
    messages = 22;
    expect(await watchQueues(counting, look)).toEqual([]);
    expect(listings).toBe(1);
    chat.stage.now += 15 * MINUTE;
    // Thirty more than within the last hour.
    messages = 33;
    expect(await watchQueues(counting, look)).toEqual([1]);
    expect(listings).toBe(2);
  });

  it('the queues are looked at once per interval, whoever ticks', async () => {
    for (let minute = 0; minute < 60; minute += 1) {
      await Promise.all([watchQueues(world, look), watchQueues(world, look)]);
      chat.stage.now += MINUTE;
    }
    expect(listings).toBe(4);
    expect(await chat.stage.world.incidents.numbers('all')).toEqual([]);
  });

  it('a queue past its threshold opens an incident, and joins it when it is passed again', async () => {
    messages = 60;
    expect(await watchQueues(world, look)).toEqual([1]);
    chat.stage.now += 15 * MINUTE;
    expect(await watchQueues(world, look)).toEqual([1]);
    expect(await title()).toBe('mx1 has 60 messages waiting');
    expect((await viewIncident(chat.stage.world, 1))?.incident.repeats).toBe(1);
  });

  it('a login that sends far more than ever opens one, with triage done and the first step proposed', async () => {
    lines = sentBy('finance', 150);
    expect(await watchQueues(world, look)).toEqual([1]);
    expect(await title()).toBe('finance has sent 150 messages through mx1 within an hour');
    expect((await viewIncident(chat.stage.world, 1))?.measures).toMatchObject([{ state: 'proposed' }]);
  });

  it('one below it does not', async () => {
    lines = sentBy('finance', 99);
    expect(await watchQueues(world, look)).toEqual([]);
  });

  it('a new listing of weight high opens one; one that was there before does not', async () => {
    history = [{ at: chat.stage.now - 86_400_000, state: 'clear', codes: [] }];
    isListed = true;
    expect(await watchQueues(world, look)).toEqual([1]);
    expect(await title()).toBe(`newly listed by bl.test: ${ADDRESS}`);
    chat.stage.now += 61 * MINUTE;
    history = [{ at: chat.stage.now - 3_600_000, state: 'listed', codes: ['127.0.0.2'] }];
    expect(await watchQueues(world, look)).toEqual([]);
  });

  it('the lists are asked no more often than they are to be, and never where that is 0', async () => {
    history = [{ at: chat.stage.now - 86_400_000, state: 'clear', codes: [] }];
    await watchQueues(world, look);
    const asked = dns.asked.length;
    expect(asked).toBeGreaterThan(0);
    chat.stage.now += 30 * MINUTE;
    await watchQueues(world, look);
    expect(dns.asked.length).toBe(asked);
    chat.stage.now += 120 * MINUTE;
    const never = { ...world, mornings: makeMornings(() => chat.stage.now, [], [{ ...PLAN, listingsEveryMs: 0 }]) };
    await watchQueues(never, look);
    expect(dns.asked.length).toBe(asked);
  });

  it('what could not be looked at passes no threshold', async () => {
    const blind = {
      ...world,
      mailServers: { names: ['mx1'], find: () => undefined },
      mailLogs: { find: () => undefined },
    };
    isListed = true;
    await dns.stop();
    expect(await watchQueues(blind, look)).toEqual([]);
  });
});
