import { beforeEach, describe, expect, it } from 'vitest';
import { change } from '../../../jobs/measures/ledger.ts';
import { reconcile } from '../../../jobs/measures/reconcile.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { makeMeasureStage } from '../../support/measure-world.ts';
import type { MeasureStage } from '../../support/measure-world.ts';
import { nonceOf, sayIn, withReleases, words } from './said.ts';

describe('measures', () => {
  let stage: MeasureStage;
  beforeEach(() => {
    stage = makeMeasureStage();
  });
  const say = (person: string, line: string, nonce?: string, world = stage.world): Promise<Answer> =>
    sayIn(stage, person, line, nonce, world);

  it('are only proposed by being said: the card shows plan, undo and whom it touches', async () => {
    const answer = await say('ana', 'freeze');
    const card = answer.message.blocks.find((block) => block.kind === 'approval');
    expect(card).toMatchObject({ commands: ['engage tq1'], blastRadius: [['holds 3 messages']] });
    expect(JSON.stringify(answer.message)).toContain('release tq1');
    expect(stage.device.effects).toEqual([]);
  });

  it('are carried out once a second person agrees, with intent before effect, and proved', async () => {
    await say('ana', 'freeze mx1');
    const answer = await say('ben', 'approve 1');
    expect(answer.status).toBe('ok');
    expect(stage.device.effects).toEqual(['engage tq1']);
    expect(stage.audit.map((entry) => entry.what)).toEqual([
      'proposed freeze-outbound',
      'approved',
      'engage freeze-outbound on mx1',
      'engaged, in-force, proved',
    ]);
  });

  it('are never approved by who proposed them, nor twice by one person', async () => {
    await say('ana', 'unplug gateway');
    expect(words(await say('ana', 'approve 1'))).toMatch(/can’t approve it.*break-glass 1/);
    await say('ben', 'approve 1');
    expect(words(await say('ben', 'approve 1'))).toMatch(/approved measure 1 already; 1 more/);
    expect(stage.device.effects).toEqual([]);
    await say('cem', 'approve 1');
    expect(stage.device.effects).toEqual(['engage tq1']);
  });

  it('ask those who may approve by name, but for who proposed it and who has agreed; nobody where they are many', async () => {
    const proposed = await say('ana', 'unplug gateway');
    const asks = (answer: Answer): unknown => answer.message.blocks.find((block) => block.kind === 'approval')?.needs;
    expect(proposed.message.calls).toEqual(['ben', 'carla']);
    expect(asks(proposed)).toMatch(/must still agree; .* \(ben, carla\)$/);
    await say('ben', 'approve 1', nonceOf(proposed));
    const card = stage.said.find((each) => each.key.startsWith('event-'))?.message;
    expect(card?.calls).toEqual(['carla']);
    await say('ana', 'deny 1');
    expect(stage.said.findLast((each) => each.key.startsWith('event-'))?.message.calls).toBeUndefined();
    const approvers = Array.from({ length: 20 }, (_, index) => `p${index}`);
    stage = { ...stage, world: { ...stage.world, measureRules: { ...stage.world.measureRules, approvers } } };
    expect((await say('ana', 'unplug gateway')).message.calls).toBeUndefined();
  });

  it('say how the conversation goes on without this chat, before anybody can pull the plug', async () => {
    const card = JSON.stringify((await say('ana', 'unplug gateway')).message.blocks);
    expect(card).toMatch(/If this chat is cut off too, go on at the machine where Tourniquet runs \(tq chat\)/);
    expect(JSON.stringify((await say('ana', 'freeze')).message.blocks)).not.toContain('cut off too');
    expect(stage.device.effects).toEqual([]);
  });

  it('end at one "no"', async () => {
    await say('ana', 'unplug gateway');
    await say('ben', 'approve 1');
    await say('cem', 'deny 1 the boss is on the telephone');
    expect(words(await say('dora', 'approve 1'))).toMatch(/refused by cem at .* UTC; nothing was done/);
    expect(stage.device.effects).toEqual([]);
  });

  it('answer a press that comes too late with who decided what and when', async () => {
    const proposal = await say('ana', 'freeze');
    await say('ben', 'approve 1', nonceOf(proposal));
    const late = await say('cem', 'approve 1', nonceOf(proposal));
    expect(words(late)).toMatch(/was approved by ben at .* UTC; it is in force/);
    expect(stage.device.effects).toEqual(['engage tq1']);
  });

  it('do not take a button of another plan', async () => {
    await say('ana', 'freeze');
    expect(words(await say('ben', 'approve 1', 'of-another'))).toMatch(/belongs to another plan/);
  });

  it('give two who press at once one effect and two answers', async () => {
    await say('ana', 'freeze');
    const answers = await Promise.all([say('ben', 'approve 1'), say('cem', 'approve 1')]);
    expect(stage.device.effects).toEqual(['engage tq1']);
    expect(answers.map(words).every((line) => line !== '')).toBe(true);
  });

  it('whose record somebody has deleted are not called nothing: ledger and undo all say that they may stand', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    const { ledger } = stage.world;
    const gone = { ...ledger, read: async () => ({ version: 0, events: [] }) };
    for (const line of ['ledger', 'undo all']) {
      const answer = await say('ana', line, undefined, { ...stage.world, ledger: gone });
      expect([answer.status, answer.message.tone]).toEqual(['critical', 'critical']);
      expect(JSON.stringify(answer.message.blocks[0])).toContain('The record of measure 1 is gone from Redis');
    }
    expect((await say('ana', 'undo all')).status).toBe('ok');
  });

  it('that hold the same and are proposed at once are one, and the others learn which', async () => {
    const answers = await Promise.all(['ana', 'ben', 'cem'].map((person) => say(person, 'block')));
    expect(await stage.world.ledger.numbers('all')).toHaveLength(1);
    const [number] = await stage.world.ledger.numbers('open');
    expect(answers.filter(({ status }) => status === 'warning')).toHaveLength(1);
    const others = answers.filter(({ status }) => status === 'refused').map(words);
    expect(others).toHaveLength(2);
    for (const line of others)
      expect(line).toContain(`measure ${number} (block-port-25, waiting for approval) has port 25 on gateway already`);
  });

  it('can be proposed though whoever proposed the same before died in the middle of it', async () => {
    await stage.world.holds.take('gateway/port-25', await stage.world.ledger.reserve());
    expect(words(await say('ana', 'block'))).toContain('Measure 2: block port 25 on gateway');
  });

  it('taken back by two at once are taken back once, and both are told so', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    const released: string[] = [];
    const { measureDrivers } = withReleases(stage.world, released);
    const slow: typeof stage.world.measureDrivers.find = (order) => {
      const driver = measureDrivers.find(order);
      if ('refused' in driver) return driver;
      return {
        ...driver,
        release: async (...args) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return driver.release(...args);
        },
      };
    };
    const wait = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
    const world = { ...stage.world, measureDrivers: { find: slow }, clock: { ...stage.world.clock, wait } };
    const answers = await Promise.all(
      ['undo 1', 'undo 1', 'undo all'].map((line, index) => say(`person-${index}`, line, undefined, world)),
    );
    expect(answers.map(words)).toEqual(answers.map(() => 'Measure 1 is taken back.'));
    expect(answers.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(released).toEqual(['tq1']);
  });

  it('can’t be approved after their time, and the reconciler closes them', async () => {
    await say('ana', 'freeze');
    stage.now += 900_001;
    expect(words(await say('ben', 'approve 1'))).toMatch(/not approved in time/);
    await say('ana', 'freeze');
    stage.now += 900_001;
    await reconcile(stage.world);
    expect((await say('ana', 'ledger')).status).toBe('ok');
    expect(stage.device.effects).toEqual([]);
  });

  it('go ahead alone only with a reason, which stands in the card', async () => {
    await say('ana', 'freeze');
    await say('ana', 'break-glass 1 alone on shift');
    expect(stage.device.effects).toEqual(['engage tq1']);
    expect(JSON.stringify((await say('ana', 'ledger')).message)).toContain('freeze-outbound');
    expect(JSON.stringify(stage.said.at(-1)?.message)).toContain('alone on shift');
  });

  it('are refused where another open measure holds the same, with what frees it', async () => {
    await say('ana', 'freeze');
    expect(words(await say('ben', 'freeze'))).toMatch(
      /measure 1 \(freeze-outbound, waiting for approval\) has the way out of mx1 already; approve or deny 1 first/,
    );
  });

  it('change nothing while the audit log can’t be written, but can be taken back', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    await say('ana', 'block');
    stage.auditIsAway = true;
    await expect(say('ben', 'approve 2')).rejects.toThrow(/nothing was changed/);
    expect(stage.device.effects).toEqual(['engage tq1']);
    expect((await say('ana', 'undo 1')).status).toBe('ok');
    expect(stage.device.effects).toEqual(['engage tq1', 'release tq1']);
  });

  it('are not agreed to while the audit log can’t be written: the press counts once it is said again, and not before', async () => {
    await say('ana', 'freeze');
    stage.auditIsAway = true;
    await expect(say('ben', 'approve 1')).rejects.toThrow(/nothing was changed/);
    stage.auditIsAway = false;
    await reconcile(stage.world);
    expect(stage.device.effects, 'nothing comes into force behind the refusal').toEqual([]);
    expect(words(await say('ben', 'approve 1'))).toMatch(/in force/);
    expect(stage.audit.map(({ what }) => what)).toEqual([
      'proposed freeze-outbound',
      'approved',
      'engage freeze-outbound on mx1',
      expect.stringContaining('engaged'),
    ]);
  });

  it('can be refused and kept also where the audit log can’t be written, which is said', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    await say('ana', 'block');
    stage.auditIsAway = true;
    for (const line of ['deny 2 not now', 'keep 1 until noon']) {
      const answer = await say('cem', line);
      expect(answer.status).toBe('ok');
      expect(JSON.stringify(answer.message.blocks)).toMatch(/it is not in the audit log.*the disk is full/);
    }
    stage.auditIsAway = false;
    expect(words(await say('ben', 'approve 2'))).toMatch(/refused by cem/);
  });

  describe('that were agreed to and have not begun, as the hand died or the disk is full,', () => {
    beforeEach(async () => {
      await say('ana', 'freeze');
      await change(stage.world, 1, () => [
        { kind: 'approved', at: stage.now, by: { person: 'ben', shown: { foreign: 'ben' } } },
      ]);
    });

    it.each([
      ['deny 1 not now', /measure 1 was refused by cem/],
      ['undo 1', /Measure 1 was approved, but had not begun; it will not be carried out/],
      ['undo all', /Measure 1 was approved, but had not begun; it will not be carried out/],
    ])('are stopped by %s', async (line, answer) => {
      expect(words(await say('cem', line))).toMatch(answer);
      await reconcile(stage.world);
      expect(stage.device.effects).toEqual([]);
      expect(words(await say('ana', 'freeze')), 'what they held is free').toMatch(/Measure 2: freeze/);
      await say('ben', 'approve 2');
      expect(stage.device.effects).toEqual(['engage tq2']);
    });

    it('are begun by whoever finds them soon, and not long after', async () => {
      stage.now += 60_000;
      await reconcile(stage.world);
      expect(stage.device.effects).toEqual(['engage tq1']);
      await say('ana', 'block');
      await change(stage.world, 2, () => [
        { kind: 'approved', at: stage.now, by: { person: 'ben', shown: { foreign: 'ben' } } },
      ]);
      stage.now += 900_000;
      await reconcile(stage.world);
      expect(stage.device.effects).toEqual(['engage tq1']);
      const news = JSON.stringify(stage.said.at(-1)?.message);
      expect(news).toContain('could not be begun in time; nothing was done');
      expect(news, 'nothing stands that could be taken back').not.toContain('undo');
    });
  });

  it('say of nothing in force what still waits, which undo all leaves to the people who are asked', async () => {
    await say('ana', 'freeze');
    expect(words(await say('ana', 'undo all'))).toBe(
      'Nothing is in force; there is nothing to take back. Still waiting for approval: 1; deny ends it.',
    );
  });

  it('note in the audit log which of two presses did not count', async () => {
    await say('ana', 'freeze');
    const { ledger } = stage.world;
    const slow: MeasureStage['world']['ledger'] = {
      ...ledger,
      append: async (...args) => {
        if (args[2][0]?.kind === 'approved') await say('cem', 'deny 1');
        return ledger.append(...args);
      },
    };
    await say('ben', 'approve 1', undefined, { ...stage.world, ledger: slow });
    expect(stage.audit.map(({ who, what }) => `${who} ${what}`)).toEqual([
      'ana proposed freeze-outbound',
      'ben approved',
      'cem denied',
      'ben did not count: decided-already',
    ]);
  });

  it('are not carried out where the world moved on since the plan was shown', async () => {
    await say('ana', 'freeze');
    stage.device.state = 'somebody else changed it';
    expect(words(await say('ben', 'approve 1'))).toMatch(/changed since the plan was shown; nothing was done/);
    expect(stage.device.effects).toEqual([]);
    expect(words(await say('ana', 'freeze'))).toMatch(/Measure 2: freeze/);
  });
});
