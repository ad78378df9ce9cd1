import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pastLog } from '../../../adapters/simulated/flows.ts';
import { readScenarios } from '../../../adapters/simulated/scenario.ts';
import type { Scenario } from '../../../adapters/simulated/scenario.ts';
import { commandJobs } from '../../../jobs/catalogue.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { carryOut } from '../../../jobs/carry-out.ts';
import { parseLine } from '../../../src/commands/parse.ts';
import { registry } from '../../../src/commands/registry.ts';
import { openDrillWorld } from '../../../src/compose/drill/world.ts';
import type { DrillWorld } from '../../../src/compose/drill/world.ts';

const FILE = join(import.meta.dirname, '../../../adapters/simulated/scenarios.yaml');
const SCENARIOS = readScenarios(readFileSync(FILE, 'utf8'), FILE);

function scenario(name: string): Scenario {
  const found = SCENARIOS.find((each) => each.name === name);
  if (!found) throw new Error(`There is no scenario ${name}.`);
  return found;
}

const open = (name: string, seed: number): Promise<DrillWorld> =>
  openDrillWorld({ scenario: scenario(name), seed, speak: async () => {}, overheard: () => {} });

async function say(drill: DrillWorld, line: string): Promise<Answer> {
  await Promise.all(Object.values(commandJobs).map((load) => load()));
  const command = parseLine(line, registry);
  if (command.kind === 'misheard') throw new Error(command.why);
  const who = { surface: 'shell' as const, id: 'player' };
  return drill.clock.carry(
    carryOut(
      {
        id: line,
        command: command.spoken,
        actor: { ...who, shown: { foreign: 'player' } },
        conversation: who,
        at: drill.clock.now(),
        files: {},
      },
      drill.world,
    ),
  );
}

describe('the company of a drill', () => {
  it('is read by the real commands: listed by its own lists, and its queue is clear', async () => {
    const drill = await open('infected-workstation', 1);
    const checked = JSON.stringify((await say(drill, 'check')).data);
    expect(checked).toContain(`"subject":"${drill.company.publicAddress}","state":"listed"`);
    expect((await say(drill, 'queue')).data).toMatchObject({ server: 'mx1', mta: 'postfix', malformed: 0 });
    expect(drill.company.mail.queue.size).toBeLessThan(100);
  });

  it('has full queues with its own shape where mail goes through the server', async () => {
    const relay = await say(await open('stolen-login', 3), 'queue');
    expect(relay.data).toHaveProperty('topSenders.0.sender', 'administrator@widgets.example');
    const bounces = await say(await open('ndr-attack', 3), 'queue');
    expect(bounces.data).toHaveProperty('topSenders.0.sender', '');
  });

  it('is on the way past the firewall until port 25 is blocked, and is counted there from then on', async () => {
    const drill = await open('infected-workstation', 2);
    const { gateway, tally, clock, sources } = drill.company;
    const [bot = ''] = sources[0]?.addresses ?? [];
    await clock.pass(60_000);
    const before = tally.spamLeaked;
    expect(before).toBeGreaterThan(10);
    expect(gateway.refused.size).toBe(0);
    gateway.device.byHand('rules/port-25', 'reject tcp 25 leaving wan from everyone \n');
    await clock.pass(120_000);
    expect(tally.spamLeaked).toBe(before);
    expect(gateway.refused.get(bot)?.attempts).toBeGreaterThan(20);
    expect(gateway.refused.get(bot)?.destinations.size).toBeGreaterThan(10);
  });

  it('is the same to the byte for the same seed, and another for another', async () => {
    const bytes = async (seed: number): Promise<string> => {
      const drill = await open('two-machines', seed);
      await drill.clock.pass(1_800_000);
      return [drill.config, ...drill.company.mail.log, ...pastLog(drill.company, drill.clock.now())].join('\n');
    };
    expect(await bytes(5)).toBe(await bytes(5));
    expect(await bytes(5)).not.toBe(await bytes(6));
  });

  it.each(SCENARIOS.map((each) => each.name))(
    'lives through a morning of %s with every message accounted for',
    async (name) => {
      const drill = await open(name, 11);
      await drill.clock.pass(3_600_000);
      const { queue, log } = drill.company.mail;
      expect(log.length).toBeGreaterThan(300);
      for (const mail of queue.values()) expect(mail.reason).not.toBe(undefined);
    },
  );
});

describe('a scenario file', () => {
  const faulty = (text: string): string => {
    try {
      readScenarios(text, 'mine.yaml');
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  it('is refused with line and column, and what is wrong', () => {
    expect(faulty('- name: a\n  title: b\n  cause: flood\n  expert: [x]\n')).toContain('mine.yaml:3:10 0.cause');
    expect(faulty('name: a\ntitle: b\ncause: healthy\nexpert: [x]\ntrouble:\n  - kind: ghost\n')).toContain(
      'mine.yaml:6:11',
    );
    expect(faulty('- [')).toContain('mine.yaml:1:');
  });

  it('may be one scenario alone, with numbers as ranges or plain', () => {
    const [one] = readScenarios(
      // As an editor of Windows saves it.
      '\uFEFF{name: mine, title: t, cause: open-relay, trouble: [{kind: open-relay, perMinute: 3, sinceMinutes: [10, 20]}], expert: [e]}',
      'mine.yaml',
    );
    expect(one?.trouble).toEqual([{ kind: 'open-relay', perMinute: [3, 3], sinceMinutes: [10, 20] }]);
  });
});
