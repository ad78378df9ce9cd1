import { beforeEach, describe, expect, it } from 'vitest';
import { commandJobs } from '../../../jobs/catalogue.ts';
import { countMeasures } from '../../../jobs/measures/ledger.ts';
import { reconcile } from '../../../jobs/measures/reconcile.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { makeMeasureStage } from '../../support/measure-world.ts';
import type { MeasureStage } from '../../support/measure-world.ts';
import { JOBS, sayIn, withReleases, words } from './said.ts';

describe('measures that were carried out', () => {
  let stage: MeasureStage;
  beforeEach(() => {
    stage = makeMeasureStage();
  });
  const say = (person: string, line: string, nonce?: string, world = stage.world): Promise<Answer> =>
    sayIn(stage, person, line, nonce, world);

  it('are unknown, not in force, while no answer came, and are continued and told', async () => {
    await say('ana', 'freeze');
    stage.device.fate.push('reply-lost');
    const answer = await say('ben', 'approve 1');
    expect(answer.status).toBe('unknown');
    stage.now += 60_000;
    expect(await reconcile(stage.world)).toBe(0);
    expect(stage.device.effects).toEqual(['engage tq1']);
    expect((await say('ana', 'ledger')).status).toBe('warning');
  });

  it('are counted as unknown a minute after they were last known, and until they are known again', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    const unknowns = async (): Promise<number> => (await countMeasures(stage.world, stage.now)).unknown;
    const { measureDrivers } = stage.world;
    const blind: typeof measureDrivers.find = (order) => {
      const driver = measureDrivers.find(order);
      return 'refused' in driver ? driver : { ...driver, observe: async () => ({ kind: 'unknown', why: ['away'] }) };
    };
    const away = { ...stage.world, measureDrivers: { find: blind } };
    stage.now += 60_000;
    await reconcile(away);
    stage.now += 59_000;
    expect(await unknowns()).toBe(0);
    stage.now += 2000;
    expect(await unknowns()).toBe(1);
    // Neither the hour's look nor what is said of it makes it known.
    stage.now += 3_600_000;
    await reconcile(away);
    await say('ana', 'keep 1 while we look');
    expect(await unknowns()).toBe(1);
    await reconcile(stage.world);
    expect(await unknowns()).toBe(0);
  });

  it('tell that somebody took them away by hand', async () => {
    await say('ana', 'block gateway');
    await say('ben', 'approve 1');
    stage.device.inForce.clear();
    stage.now += 60_000;
    await reconcile(stage.world);
    expect(stage.said.filter((each) => each.loud).map((each) => plain(each.message.summary))).toEqual([
      'Measure 1: block port 25 on gateway for everyone: no longer in force, by somebody else’s hand or a restart there',
    ]);
    expect((await say('ana', 'undo 1')).status).toBe('ok');
  });

  it('refuse an exact undo with the difference, and take back only what is ours when told so', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    stage.device.hand = 'changed';
    const refused = await say('ana', 'undo 1');
    expect(refused.status).toBe('critical');
    expect(JSON.stringify(refused.message)).toContain('- a line');
    expect(stage.device.inForce.size).toBe(1);
    expect((await say('ana', 'undo 1 --ours-only')).status).toBe('ok');
    expect(stage.device.inForce.size).toBe(0);
  });

  it('are taken back the last first by undo all, and then nothing is held or in force', async () => {
    for (const line of ['freeze', 'block gateway']) await say('ana', line);
    await say('ben', 'approve 1');
    await say('ben', 'approve 2');
    expect(words(await say('ana', 'undo all'))).toBe('All 2 measures are taken back, the last first.');
    expect(stage.device.effects.slice(2)).toEqual(['release tq2', 'release tq1']);
    expect(words(await say('ana', 'freeze'))).toMatch(/Measure 3/);
  });

  it('are taken back by undo all in the reverse order of coming into force, whichever was proposed first', async () => {
    for (const line of ['freeze', 'block', 'unplug']) await say('ana', line);
    for (const line of ['approve 3', 'approve 2', 'approve 1']) {
      stage.now += 1000;
      await say('ben', line);
      await say('cem', line);
    }
    await say('ana', 'undo all');
    expect(stage.device.effects.slice(-3)).toEqual(['release tq1', 'release tq2', 'release tq3']);
  });

  it('end with their lease, which is told, and what they held is free', async () => {
    await say('ana', 'block gateway --lease 30');
    await say('ben', 'approve 1');
    stage.now += 30 * 60_000 + 1;
    stage.device.inForce.clear();
    const released: string[] = [];
    await reconcile(withReleases(stage.world, released));
    expect(released, 'what the ended lease left empty on the device').toEqual(['tq1']);
    expect(plain(stage.said.at(-1)?.message.summary ?? [])).toMatch(/over, as its lease ended/);
    expect(words(await say('ana', 'block gateway'))).toMatch(/Measure 2/);
  });

  it('are extended while they are in force, and refused with how they stand once they are not', async () => {
    await say('ana', 'block gateway --lease 30');
    await say('ben', 'approve 1');
    expect((await say('ana', 'extend 1')).status).toBe('ok');
    await say('ana', 'undo 1');
    const late = await say('ana', 'extend 1');
    expect([late.status, words(late)]).toEqual([
      'refused',
      expect.stringMatching(/measure 1 is not in force: taken back/),
    ]);
  });

  it('without an end of their own are asked about every hour, until somebody keeps them', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    const asked = (): number =>
      stage.said.filter((each) => plain(each.message.summary).includes('still needed')).length;
    for (let minute = 0; minute < 130; minute += 10) {
      stage.now += 600_000;
      await reconcile(stage.world);
    }
    expect(asked()).toBe(2);
    await say('ben', 'keep 1 until the provider answers');
    stage.now += 7_200_000;
    await reconcile(stage.world);
    expect(asked()).toBe(2);
  });

  it('are asked about with buttons on the newest question alone, and on none once it is answered', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    const questions = (): readonly (readonly string[])[] =>
      stage.said
        .filter((each) => each.loud && plain(each.message.summary).includes('still needed'))
        .map((each) => {
          const { message } = stage.said.findLast((later) => later.key === each.as) ?? each;
          return message.blocks.flatMap((block) => ('buttons' in block ? block.buttons.map(({ label }) => label) : []));
        });
    for (let hours = 0; hours < 3; hours += 1) {
      stage.now += 3_600_000;
      await reconcile(stage.world);
    }
    expect(questions()).toEqual([[], [], ['Keep it', 'Undo']]);
    await say('ana', 'undo 1');
    expect(questions()).toEqual([[], [], []]);
  });

  it('edit their card on every surface that showed it', async () => {
    await say('ana', 'freeze');
    await say('ben', 'approve 1');
    const cards = stage.said.filter((each) => each.key === 'event-1' || each.conversation.id === 'of-ana');
    expect(cards.length).toBeGreaterThan(0);
    expect(plain(cards.at(-1)?.message.summary ?? [])).toMatch(/in force/);
    expect(JSON.stringify(cards.at(-1)?.message)).not.toContain('approve 1');
  });

  it('are all commands of the registry', () => {
    expect(Object.keys(commandJobs)).toEqual(expect.arrayContaining(Object.keys(JOBS)));
  });
});
