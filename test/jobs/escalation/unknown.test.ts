import { beforeEach, describe, expect, it } from 'vitest';
import { escalate } from '../../../jobs/escalation/tick.ts';
import { callAboutUnknown } from '../../../jobs/escalation/unknown.ts';
import { viewIncident } from '../../../jobs/incidents/view.ts';
import { reconcile } from '../../../jobs/measures/reconcile.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { EscalationRules } from '../../../src/domain/escalation/rules.ts';
import type { Observation } from '../../../src/domain/measures/plan.ts';
import type { MeasureDrivers } from '../../../src/ports/measures.ts';
import { makePager } from '../../support/fake-pager.ts';
import type { FakePager } from '../../support/fake-pager.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';
import type { MeasureWorld } from '../../support/measure-world.ts';

const RULES: EscalationRules = {
  tiers: [{ call: ['anna'], by: ['thread', 'direct', 'page'], waitMs: 300_000 }],
  rounds: 2,
  quiet: { from: '00:00', to: '23:59', timezone: 'UTC' },
  staleMs: 1_800_000,
  answerMs: 600_000,
};

describe('a measure of which it is not known how it stands', () => {
  let chat: IncidentChat;
  let pager: FakePager;
  let away: MeasureWorld;
  beforeEach(() => {
    pager = makePager('pager');
    chat = stageWith(RULES);
    away = withSight(chat.stage.world, { kind: 'unknown', why: ['mx1 does not answer'] });
  });
  const stageWith = (rules?: EscalationRules): IncidentChat =>
    makeIncidentChat({
      onCall: {
        ...(rules && { rules }),
        rotas: [],
        rooms: [{ surface: 'slack', id: 'mail-room' }],
        directTo: (person) => [{ surface: 'slack', id: `to-${person}` }],
      },
      pagers: { all: [pager] },
    });
  const freeze = async (): Promise<void> => {
    await chat.say('anna', 'freeze');
    await chat.say('ben', 'approve 1');
  };
  const passes = async (seconds: number): Promise<number> => {
    chat.stage.now += seconds * 1000;
    const called = await callAboutUnknown(chat.stage.world);
    await escalate(chat.stage.world);
    return called;
  };
  /** The world of a worker that dies as it writes into an incident. */
  const dyingAt = (what: 'begin' | 'append'): MeasureWorld => {
    const dies = (): Promise<never> => Promise.reject(new Error('the worker dies'));
    return { ...chat.stage.world, incidents: { ...chat.stage.world.incidents, [what]: dies } };
  };
  const triggers = (): readonly string[] =>
    pager.taken.filter((page) => page.what === 'trigger').map((page) => page.summary);
  const loud = (place: string): readonly string[] =>
    chat.stage.said
      .filter((each) => each.conversation.id === place && each.loud)
      .map((each) => plain(each.message.summary));

  it('pages after a minute, and once, in the incident it belongs to', async () => {
    await chat.say('anna', 'open hq spam');
    await freeze();
    await reconcile(away);
    expect(await passes(59)).toBe(0);
    expect(triggers()).toEqual([]);
    expect(await passes(2)).toBe(1);
    expect(triggers()).toHaveLength(1);
    expect(triggers()[0]).toMatch(
      /^Incident 1 at hq: since \d\d:\d\d UTC it is not known how measure 1 stands \(freeze outbound mail of mx1\); spam/,
    );
    expect(loud('to-anna')[0]).toMatch(/^anna: incident 1 at hq needs somebody: since/);
    expect(loud('room').join('\n')).toMatch(
      /Measure 1: freeze outbound mail of mx1: since .* not known .* People are called/,
    );
    for (let tick = 0; tick < 10; tick += 1) expect(await passes(5)).toBe(0);
    expect(triggers()).toHaveLength(1);
    expect(plain((await chat.say('anna', 'incident 1')).summary)).toContain('Incident 1');
  });

  it('calls whoever has the incident too, under an alert that rings', async () => {
    await chat.say('anna', 'open hq spam');
    await chat.say('anna', 'escalate');
    await chat.say('anna', 'ack 1');
    await freeze();
    await reconcile(away);
    await passes(61);
    const keys = pager.taken.filter((page) => page.what === 'trigger').map((page) => page.key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
    expect((await viewIncident(chat.stage.world, 1))?.incident.state).toBe('open');
    await chat.say('anna', 'ack 1');
    await passes(400);
    expect(triggers()).toHaveLength(2);
  });

  it('has an incident opened for it where it belongs to none, or to one that is closed', async () => {
    await chat.say('anna', 'open hq spam');
    await freeze();
    await chat.say('anna', 'keep 1 until the ISP answers');
    await chat.say('anna', 'close 1 over');
    await reconcile(away);
    expect(await passes(61)).toBe(1);
    const seen = await viewIncident(chat.stage.world, 2);
    expect(seen?.incident).toMatchObject({ state: 'open', site: 'hq', measures: [1] });
    expect(triggers()).toHaveLength(1);
    const labels = chat.shown('mail-room').flatMap((each) => chat.labels(each.message));
    expect(labels).toContain('Undo 1');
    expect(plain((await chat.say('anna', 'close 2 seen', 'mail-room')).summary)).toContain('closed');
    expect(await passes(5)).toBe(0);
  });

  it('is called about again when it is not known a second time, and told when it is known again', async () => {
    await freeze();
    await reconcile(away);
    expect(await passes(61)).toBe(1);
    await chat.say('anna', 'ack 1', 'mail-room');
    await reconcile(chat.stage.world);
    expect(loud('room').at(-1)).toBe('Measure 1: freeze outbound mail of mx1: known again: in force.');
    expect(await passes(600)).toBe(0);
    await reconcile(away);
    expect(await passes(61)).toBe(1);
    expect(triggers()).toHaveLength(2);
    expect(await chat.stage.world.incidents.numbers('all')).toEqual([1]);
  });

  it('is called about in the same incident by whoever goes on after a death', async () => {
    await freeze();
    await reconcile(away);
    chat.stage.now += 61_000;
    const { incidents } = chat.stage.world;
    expect(await callAboutUnknown(dyingAt('begin'))).toBe(0);
    expect(await incidents.numbers('all')).toEqual([]);
    expect(await passes(5)).toBe(1);
    expect(await incidents.numbers('all')).toEqual([1]);
    expect(triggers()).toHaveLength(1);
  });

  it('is called about in another incident where the one was closed before anybody was called in it', async () => {
    await chat.say('anna', 'open hq spam');
    await freeze();
    await chat.say('anna', 'keep 1 until the ISP answers');
    await reconcile(away);
    chat.stage.now += 61_000;
    expect(await callAboutUnknown(dyingAt('append'))).toBe(0);
    await chat.say('anna', 'close 1 over');
    expect(await passes(5)).toBe(1);
    expect((await viewIncident(chat.stage.world, 2))?.incident).toMatchObject({ state: 'open', measures: [1] });
    expect(triggers()).toHaveLength(1);
    expect(await passes(5)).toBe(0);
  });

  it('calls nobody while a person was asked to do it by hand', async () => {
    await freeze();
    await reconcile(withSight(chat.stage.world, { kind: 'unknown', why: ['say confirm 1'], awaits: 'person' }));
    expect(await passes(3600)).toBe(0);
    expect(triggers()).toEqual([]);
  });

  it('is told in the thread where nobody is configured to be called', async () => {
    chat = stageWith();
    away = withSight(chat.stage.world, { kind: 'unknown', why: ['mx1 does not answer'] });
    await chat.say('anna', 'open hq spam');
    await freeze();
    await reconcile(away);
    expect(await passes(61)).toBe(1);
    expect(loud('room').at(-1)).toMatch(/Nobody is configured to be called/);
    expect(triggers()).toEqual([]);
  });
});

/** The same world, in which every look shows this. */
function withSight(world: MeasureWorld, sight: Observation): MeasureWorld {
  const find: MeasureDrivers['find'] = (order) => {
    const driver = world.measureDrivers.find(order);
    return 'refused' in driver ? driver : { ...driver, observe: async () => sight };
  };
  return { ...world, measureDrivers: { find } };
}
