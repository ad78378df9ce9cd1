/** Weeks of mornings on a clock that is set by hand: no waiting. */
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMornings } from '../../../adapters/simulated/mornings.ts';
import { lookInTheMorning } from '../../../jobs/morning/morning.ts';
import { viewIncident } from '../../../jobs/incidents/view.ts';
import { instantOf } from '../../../src/domain/calendar/zone.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { MorningLook } from '../../../src/domain/morning/judge.ts';
import type { MorningPlan } from '../../../src/domain/morning/plan.ts';
import type { Mornings } from '../../../src/ports/mornings.ts';
import { LISTED, WELL, difference, listed, morningLook } from '../../support/looks.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

const MINUTE = 60_000;
const PLAN: MorningPlan = { site: 'hq', timezone: 'Europe/Berlin', times: ['02:30'], days: [0, 1, 2, 3, 4, 5, 6] };
const RULES = {
  tiers: [{ call: ['anna'], by: ['direct' as const], waitMs: 5 * MINUTE }],
  rounds: 1,
  staleMs: 30 * MINUTE,
  answerMs: 10 * MINUTE,
};

describe('mornings', () => {
  let chat: IncidentChat;
  let looks: string[];
  let evidence: MorningLook;
  const open = (mornings: Mornings): IncidentChat =>
    makeIncidentChat({
      mornings,
      onCall: { rules: RULES, rotas: [], rooms: [{ surface: 'slack', id: 'room' }], directTo: () => [] },
    });
  beforeEach(() => {
    chat = open(makeMornings(() => chat.stage.now, [PLAN]));
    looks = [];
    evidence = morningLook(WELL);
  });
  const tick = (): Promise<number> =>
    lookInTheMorning(chat.stage.world, async () => {
      looks.push(new Date(chat.stage.now).toISOString());
      return { ...evidence, now: chat.stage.now };
    });
  const days = (): readonly string[] =>
    chat.stage.said.filter((each) => each.key.startsWith('morning-')).map((each) => each.key);
  const run = async (from: string, until: string, up: (now: number) => boolean = () => true): Promise<void> => {
    for (let now = Date.parse(from); now < Date.parse(until); now += 5 * MINUTE) {
      chat.stage.now = now;
      if (up(now)) await tick();
    }
  };

  it('are one message a day over three weeks with the spring night, by two schedulers and a tick that always runs', async () => {
    for (let now = Date.parse('2027-03-14T00:00:00Z'); now < Date.parse('2027-04-04T00:00:00Z'); now += 10 * MINUTE) {
      chat.stage.now = now;
      await Promise.all([tick(), tick(), tick()]);
    }
    expect(looks).toHaveLength(21);
    expect(new Set(days()).size).toBe(21);
    expect(looks).toContain('2027-03-28T01:30:00.000Z');
  });

  it('are one message in the autumn night in which the time comes twice', async () => {
    await run('2027-10-30T22:00:00Z', '2027-10-31T20:00:00Z');
    expect(looks).toEqual(['2027-10-31T00:30:00.000Z']);
  });

  it('that were missed are made up for once, late, and it is said', async () => {
    await run('2027-05-03T00:00:00Z', '2027-05-05T00:00:00Z', (now) => {
      const hour = new Date(now).getUTCHours();
      return now > Date.parse('2027-05-04T00:00:00Z') || hour > 9;
    });
    expect(looks).toEqual(['2027-05-03T10:00:00.000Z', '2027-05-04T00:30:00.000Z']);
    const [first, second] = chat.stage.said
      .filter((each) => each.key.startsWith('morning-'))
      .map((each) => plain(each.message.summary));
    expect(first).toContain('late by 570 min');
    expect(second).not.toContain('late');
  });

  it('are one message per date while the clock jumps to and fro by days', async () => {
    const base = Date.parse('2027-06-10T06:00:00Z');
    for (const hours of [0, 24, 0, -24, 0, 48, 24, 0, -24, 48]) {
      chat.stage.now = base + hours * 60 * MINUTE;
      await tick();
    }
    expect(days().toSorted()).toEqual([
      'morning-hq-2027-06-09',
      'morning-hq-2027-06-10',
      'morning-hq-2027-06-11',
      'morning-hq-2027-06-12',
    ]);
  });

  it('are one message though all workers are restarted together fifty times while they look', async () => {
    chat.stage.now = Date.parse('2027-06-10T06:00:00Z');
    for (let times = 0; times < 50; times += 1) {
      const dying = lookInTheMorning(chat.stage.world, async () => {
        throw new Error('the process ends');
      });
      await Promise.all([dying, dying]);
    }
    await Promise.all([tick(), tick()]);
    await tick();
    expect(looks).toHaveLength(1);
    expect(new Set(days())).toEqual(new Set(['morning-hq-2027-06-10']));
  });

  it('edit the day’s message at a further look, and post beneath it only what is new', async () => {
    chat = open(makeMornings(() => chat.stage.now, [{ ...PLAN, times: ['07:30', '12:00', '17:00'] }]));
    const at = (time: string): void => {
      chat.stage.now = instantOf('2027-06-10', time, 'Europe/Berlin');
    };
    at('07:30');
    await tick();
    at('12:00');
    await tick();
    at('17:00');
    evidence = morningLook(LISTED, {
      verdictBefore: 'healthy',
      listings: difference({ appeared: [listed('zen.test')] }),
    });
    await tick();
    expect(looks).toHaveLength(3);
    const room = chat.stage.said.filter((each) => each.key === 'morning-hq-2027-06-10');
    expect(room.map((each) => each.loud ?? false)).toEqual([false, false, false, true]);
  });

  it('open one incident per cause and site with triage done and the first step proposed; repeats join it', async () => {
    chat.stage.now = Date.parse('2027-06-10T06:00:00Z');
    evidence = morningLook(LISTED, {
      verdictBefore: 'healthy',
      listings: difference({ appeared: [listed('zen.test')] }),
      confirmed: ['zen.test'],
    });
    await tick();
    const seen = await viewIncident(chat.stage.world, 1);
    expect(seen?.incident).toMatchObject({ site: 'hq', cause: 'compromised-workstation', state: 'open' });
    expect(seen?.measures).toMatchObject([{ state: 'proposed', order: { kind: 'freeze-outbound', server: 'mx1' } }]);
    expect(chat.stage.device.effects).toEqual([]);
    expect(seen?.incident.chain?.tiers[0]?.people).toEqual(['anna']);
    expect(plain((await chat.press('ben', 'Approve')).summary)).toContain('in force');
    chat.stage.now += 24 * 60 * MINUTE;
    await tick();
    expect((await viewIncident(chat.stage.world, 1))?.incident.repeats).toBe(1);
    expect(await chat.stage.world.incidents.numbers('all')).toHaveLength(1);
  });

  it('open another one once the first is closed', async () => {
    evidence = morningLook(LISTED, { verdictBefore: 'healthy' });
    chat.stage.now = Date.parse('2027-06-10T06:00:00Z');
    await tick();
    await chat.press('anna', 'No');
    await chat.say('anna', 'close 1');
    chat.stage.now += 24 * 60 * MINUTE;
    await tick();
    expect(await chat.stage.world.incidents.numbers('open')).toHaveLength(1);
    expect((await viewIncident(chat.stage.world, 1))?.incident.state).toBe('closed');
  });
});
