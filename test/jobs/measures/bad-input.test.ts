/** What is refused, each by the rule that refuses it and with who may change that: through the commands as they are said. */
import { beforeEach, describe, expect, it } from 'vitest';
import { commandJobs } from '../../../jobs/catalogue.ts';
import { parseLine } from '../../../src/commands/parse.ts';
import { registry } from '../../../src/commands/registry.ts';
import { makeMeasureRules } from '../../../src/compose/measures/rules.ts';
import { readConfig } from '../../../src/config/read.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { parseQueueId } from '../../../src/domain/queues/queue-id.ts';
import type { World } from '../../../src/ports/world.ts';
import { makeMeasureStage } from '../../support/measure-world.ts';
import type { MeasureStage } from '../../support/measure-world.ts';

const CONFIG = `
sites:
  - {name: hq, addresses: [203.0.113.7], servers: [mx1], firewall: gateway}
servers:
  - {name: mx1, mta: postfix, addresses: [10.77.0.25]}
firewalls:
  - {name: gateway, kind: nftables, outside: [wan0]}
measures:
  protected: [10.77.0.0/29, "2001:db8::/64"]
`;

interface Said {
  readonly status: string;
  readonly words: string;
  readonly rule: unknown;
}

describe('an order for a measure', () => {
  let stage: MeasureStage;
  beforeEach(() => {
    stage = makeMeasureStage();
  });
  const say = async (line: string, person = 'ana'): Promise<Said> => {
    const command = parseLine(line, registry);
    if (command.kind === 'misheard')
      return { status: 'refused', words: `${command.why}; ${command.remedy}`, rule: 'words' };
    const run = await commandJobs[command.spec.name]?.();
    if (!run) throw new Error(`there is no job for ${line}`);
    // What a measure needs of the world is all there; nothing else is asked.
    const world = { ...stage.world, measureRules: makeMeasureRules(readConfig(CONFIG, 'tourniquet.yaml')) } as World;
    const conversation = { surface: 'slack', id: 'C1' } as const;
    const actor = { surface: 'slack', id: person, shown: { foreign: person } } as const;
    const request = { id: `e${line}`, command: command.spoken, actor, conversation, at: stage.now, files: {} };
    const answer = await run(request, world, () => {});
    const rule = (answer.data as { rule?: unknown } | undefined)?.rule;
    return { status: answer.status, words: plain(answer.message.summary), rule };
  };

  it.each<[what: string, line: string, rule: string, words: RegExp]>([
    [
      'a server that is not in the inventory',
      'freeze mx9',
      'inventory',
      /no server "mx9"; say one of mx1; an admin can add others under servers in tourniquet\.yaml/,
    ],
    [
      'a firewall that is not in the inventory',
      'unplug gw9',
      'inventory',
      /no firewall "gw9"; say one of gateway; an admin can add others under firewalls/,
    ],
    [
      'a protected address',
      'quarantine 10.77.0.5',
      'protected',
      /10\.77\.0\.5 is protected \(10\.77\.0\.0\/29\); an admin can change it under measures in tourniquet\.yaml \(rule: protected\)/,
    ],
    [
      'a protected IPv6 address, however it is written',
      'quarantine 2001:db8:0::A',
      'protected',
      /is protected \(2001:db8::\/64\)/,
    ],
    [
      'the mail server’s own address',
      'quarantine 10.77.0.25',
      'mail-server',
      /is the mail server mx1.*freeze mx1 instead/,
    ],
    [
      'a lease longer than may be',
      'unplug gateway --lease 121',
      'words',
      /a lease of "121" is out of bounds; write whole minutes, 1 to 120: the bounds are the product’s own/,
    ],
    ['a lease of nothing', 'unplug gateway --lease 0', 'words', /a lease of "0" is out of bounds/],
    [
      'a lease that is no number',
      'block gateway --lease 1e3',
      'words',
      /a lease of "1e3" is out of bounds; write whole minutes, 1 to 1440/,
    ],
    [
      'an account shaped like a flag',
      'disable-account mx1 -- -oQ/tmp',
      'words',
      /"-oQ\/tmp" is not the name of an account: a program would take it for an option; write a login/,
    ],
    ['an account shaped like a long option', 'disable-account mx1 --all', 'words', /has no option "--all"/],
    [
      'a login to clean that is shaped like a flag',
      'clean-queue mx1 --account=-d',
      'words',
      /"-d" is not the name of an account/,
    ],
    ['a sender shaped like a flag', 'clean-queue mx1 --sender=-bp', 'words', /"-bp" is not an envelope sender/],
    ['everything that waits', 'clean-queue mx1', 'words', /nothing says which messages; .*there is no "all"/],
    ...['127.0.0.1', '0.0.0.0', '224.0.0.251', '255.255.255.255', '::', '::1', 'ff02::1'].map(
      (address): [string, string, string, RegExp] => [
        `an address that no machine has: ${address}`,
        `quarantine ${address}`,
        'address',
        /: no machine has it; say the address that the machine has on your network/,
      ],
    ),
    [
      'the address that everybody shares',
      'quarantine 203.0.113.7',
      'public-address',
      /is the public address of hq, which everybody behind it shares; say the address .* inside/,
    ],
    ['a machine that is no address', 'quarantine all', 'words', /"all"/],
  ])('is refused: %s', async (_what, line, rule, words) => {
    const said = await say(line);
    expect(said).toEqual({ status: 'refused', words: expect.stringMatching(words), rule });
    expect([stage.device.effects, await stage.world.ledger.numbers('all')]).toEqual([[], []]);
  });

  it.each(['-bp', 'ALL', 'all', '-', '../../etc/passwd', 'A843F21E832 -d', 'A843F21E832\n-d'])(
    'never takes %j for a queue id, and says what one looks like',
    (id) => {
      const read = parseQueueId(id, 'postfix');
      expect(read).toMatchObject({
        kind: 'bad',
        why: expect.stringContaining('is no queue id that postfix would give'),
      });
      expect(read.kind === 'bad' && read.remedy).toContain('A843F21E832');
    },
  );

  it('is not approved by who asked for it, who is told who can', async () => {
    await say('freeze mx1');
    const said = await say('approve 1');
    expect(said.status).toBe('refused');
    expect(said.words).toMatch(
      /who proposed measure 1 can’t approve it; ask a second person; alone, say break-glass 1 and why/,
    );
    expect(stage.device.effects).toEqual([]);
  });

  it('is refused where another open measure holds the same, by its number and with what frees it', async () => {
    await say('freeze mx1');
    await say('approve 1', 'ben');
    expect(await say('reroute mx1', 'cem')).toEqual({
      status: 'refused',
      words: 'measure 1 (freeze-outbound, in force) has the way out of mx1 already; say undo 1 first (rule: held)',
      rule: 'held',
    });
    expect(stage.device.effects).toEqual(['engage tq1']);
  });
});
