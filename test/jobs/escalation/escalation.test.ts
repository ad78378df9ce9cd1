import { beforeEach, describe, expect, it } from 'vitest';
import { beginEscalation } from '../../../jobs/escalation/begin.ts';
import { escalate } from '../../../jobs/escalation/tick.ts';
import { changeIncident } from '../../../jobs/incidents/change.ts';
import { viewIncident } from '../../../jobs/incidents/view.ts';
import { plain } from '../../../src/domain/foreign.ts';
import type { EscalationRules } from '../../../src/domain/escalation/rules.ts';
import { HOUSE } from '../../../src/domain/incidents/incident.ts';
import type { IncidentEvent } from '../../../src/domain/incidents/incident.ts';
import { PageFailed } from '../../../src/ports/pagers.ts';
import { makePager } from '../../support/fake-pager.ts';
import type { FakePager } from '../../support/fake-pager.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

const MINUTE = 60_000;
const RULES: EscalationRules = {
  tiers: [
    { call: ['anna'], by: ['thread', 'direct'], waitMs: 5 * MINUTE },
    { call: ['ben'], by: ['page'], waitMs: 10 * MINUTE },
  ],
  rounds: 2,
  staleMs: 30 * MINUTE,
  answerMs: 10 * MINUTE,
};

describe('calling until somebody has it', () => {
  let chat: IncidentChat;
  let first: FakePager;
  let second: FakePager;
  beforeEach(async () => {
    first = makePager('first');
    second = makePager('second');
    chat = makeIncidentChat({
      onCall: {
        rules: RULES,
        rotas: [],
        rooms: [],
        directTo: (person) => [{ surface: 'slack', id: `to-${person}` }],
      },
      pagers: { all: [first, second] },
    });
    await chat.say('house', 'open hq listed');
    await beginEscalation(chat.stage.world, 1, HOUSE, 'wake');
  });
  const wait = async (minutes: number): Promise<number> => {
    chat.stage.now += minutes * MINUTE;
    return escalate(chat.stage.world);
  };
  const said = (place: string): readonly string[] =>
    chat.stage.said
      .filter((each) => each.conversation.id === place && each.loud)
      .map((each) => plain(each.message.summary));
  const triggers = (pager: FakePager): number => pager.taken.filter((page) => page.what === 'trigger').length;

  /** Labels that stand now on the calls and questions of this place. */
  const offered = (place: string): readonly (readonly string[])[] => {
    const louds = chat.stage.said.filter((each) => each.conversation.id === place && each.as !== undefined);
    return louds.map((loud) => {
      const { conversation, as } = loud;
      const now = chat.stage.said.findLast((each) => each.conversation.id === conversation.id && each.key === as);
      return chat.labels((now ?? loud).message);
    });
  };

  it('takes "I have it" back from every call that was made, wherever, once somebody has it', async () => {
    await wait(0);
    await wait(5);
    await wait(10);
    expect(offered('room')).toEqual([
      ['I have it', 'Show it'],
      ['I have it', 'Show it'],
    ]);
    expect(offered('to-anna')).toEqual(offered('room'));
    await chat.say('ben', 'ack 1', 'elsewhere');
    expect(offered('room')).toEqual([['Show it'], ['Show it']]);
    expect(offered('to-anna')).toEqual([['Show it'], ['Show it']]);
    expect(await chat.stage.world.offers.of(1)).toEqual([]);
  });

  it('takes it back at once from a call that is made while somebody takes it', async () => {
    const { outbox } = chat.stage.world;
    const put = outbox.put.bind(outbox);
    let taken = false;
    const world = {
      ...chat.stage.world,
      outbox: {
        put: async (utterance: Parameters<typeof put>[0]) => {
          if (utterance.loud && !taken) {
            taken = true;
            await chat.say('ben', 'ack 1', 'elsewhere');
          }
          await put(utterance);
        },
      },
    };
    await escalate(world);
    expect(taken).toBe(true);
    expect(offered('room')).toEqual([['Show it']]);
    expect(offered('to-anna')).toEqual([['Show it']]);
  });

  it('leaves "Still on it" until it is answered, and takes it back then', async () => {
    await chat.say('anna', 'ack 1');
    await wait(31);
    expect(offered('to-anna')).toEqual([['Still on it']]);
    await chat.say('anna', 'ack 1');
    expect(offered('room').flat()).not.toContain('Still on it');
    expect(offered('to-anna')).toEqual([[]]);
  });

  it('names the first in the thread and directly, then pages the second, then begins the next round, then says so', async () => {
    await wait(0);
    expect(said('room').at(-1)).toContain('anna: incident 1 at hq needs somebody');
    expect(said('to-anna')).toHaveLength(1);
    expect(triggers(first)).toBe(0);
    await wait(5);
    expect(first.taken).toMatchObject([{ what: 'trigger', incident: 1, people: ['ben'] }]);
    await wait(10);
    expect(said('to-anna')).toHaveLength(2);
    await wait(5);
    expect(triggers(first)).toBe(2);
    expect(said('room').at(-1)).toContain('The chain is at its end');
    expect(await wait(1000)).toBe(0);
    expect(first.taken[0]?.key).toBe(first.taken[1]?.key);
  });

  it('calls each tier of each round once, though ten ticks run at the same moment', async () => {
    await Promise.all(Array.from({ length: 10 }, () => escalate(chat.stage.world)));
    chat.stage.now += 5 * MINUTE;
    await Promise.all(Array.from({ length: 10 }, () => escalate(chat.stage.world)));
    expect(said('to-anna')).toHaveLength(1);
    expect(triggers(first)).toBe(1);
  });

  it('stops at once when somebody has it, and tells the paging service', async () => {
    await wait(0);
    await wait(5);
    await chat.say('anna', 'ack 1');
    await wait(1);
    expect(first.taken.map((page) => page.what)).toEqual(['trigger', 'acknowledge']);
    await wait(20);
    expect(triggers(first)).toBe(1);
    await chat.say('anna', 'close 1');
    await wait(1);
    await wait(1);
    expect(first.taken.map((page) => page.what)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(await chat.stage.world.incidents.numbers('open')).toEqual([]);
  });

  it('asks whoever has it when nothing is heard, and calls again when nobody answers', async () => {
    await wait(0);
    await chat.say('anna', 'ack 1');
    await wait(31);
    expect(said('room').at(-1)).toContain('still on incident 1?');
    expect(said('to-anna').at(-1)).toContain('still on incident 1?');
    await wait(10);
    expect(said('room').at(-1)).toContain('Nobody answered');
    await wait(0);
    expect(said('room').at(-1)).toContain('anna: incident 1 at hq needs somebody again');
  });

  it('pages anew after an acknowledgement went stale, as an acknowledged alert rings nobody again', async () => {
    await wait(0);
    await wait(5);
    await chat.say('ben', 'ack 1');
    await wait(31);
    await wait(10);
    await wait(0);
    await wait(5);
    const keys = first.taken.filter((page) => page.what === 'trigger').map((page) => page.key);
    expect(new Set(keys).size).toBe(2);
    await chat.say('anna', 'close 1');
    await wait(1);
    expect(first.taken.filter((page) => page.what === 'resolve').map((page) => page.key)).toEqual(keys);
  });

  it('is content with a press of "Still on it", and with any work that is seen', async () => {
    await wait(0);
    await chat.say('anna', 'ack 1');
    await wait(31);
    expect(plain((await chat.press('anna', 'Still on it')).summary)).toContain('You have incident 1');
    await wait(10);
    expect((await viewIncident(chat.stage.world, 1))?.incident.state).toBe('acknowledged');
    await wait(15);
    await chat.say('anna', 'note the ISP is asked');
    await wait(25);
    expect(said('room').filter((each) => each.includes('still on'))).toHaveLength(1);
  });

  it('pages by another way where one fails, and says so in the thread', async () => {
    first.fails = true;
    await wait(0);
    await wait(5);
    expect(triggers(second)).toBe(1);
    expect(said('room').at(-1)).toBe(
      'Paging for incident 1 by first failed: first answered 503; second is tried instead.',
    );
  });

  it('tries every way again where all have failed, as long as nobody has it', async () => {
    first.fails = true;
    second.fails = true;
    await wait(0);
    await wait(5);
    expect(said('room').at(-1)).toContain('there is no other way to page');
    await wait(0.1);
    second.fails = false;
    await wait(0.5);
    expect(triggers(second)).toBe(1);
    await wait(1);
    expect(triggers(second)).toBe(1);
  });

  it('makes a page again whose outcome is not known, under the same key', async () => {
    await wait(0);
    chat.stage.now += 5 * MINUTE;
    const call: IncidentEvent = { kind: 'escalated', at: chat.stage.now, tier: 1, round: 0, to: ['ben'], way: 'page' };
    await changeIncident(chat.stage.world, 1, () => ({ events: [call], result: undefined }));
    await wait(0.1);
    expect(triggers(first)).toBe(0);
    await wait(0.5);
    expect(triggers(first)).toBe(1);
  });

  it.each([
    ['it was closed before the call was due', async () => {}],
    [
      'its page was written down and not yet made',
      async () => {
        const event: IncidentEvent = { kind: 'escalated', at: chat.stage.now, tier: 1, round: 0, to: [], way: 'page' };
        await changeIncident(chat.stage.world, 1, () => ({ events: [event], result: undefined }));
      },
    ],
    [
      'every service had failed',
      async () => {
        first.fails = true;
        second.fails = true;
        await wait(0);
        await wait(5);
        first.fails = false;
        second.fails = false;
      },
    ],
    [
      'it had gone stale',
      async () => {
        await wait(0);
        await chat.say('anna', 'ack 1');
        await wait(31);
      },
    ],
  ])('never pages for a closed incident: %s', async (_what, before) => {
    await before();
    await chat.say('anna', 'close 1 over');
    const already = triggers(first) + triggers(second);
    const loud = chat.stage.said.filter((each) => each.loud).length;
    // What comes late, from a clock that jumped or a job that was delayed.
    await changeIncident(chat.stage.world, 1, () => ({
      events: [{ kind: 'acknowledgement-stale', at: chat.stage.now }],
      result: undefined,
    }));
    for (const minutes of [0, 5, 10, 60, -600, 10_000]) await wait(minutes);
    expect(triggers(first) + triggers(second)).toBe(already);
    expect(chat.stage.said.filter((each) => each.loud).length).toBe(loud);
  });

  it('does not page by another way when it was closed while the first way failed', async () => {
    await wait(0);
    const send = async (): Promise<void> => {
      await chat.say('anna', 'close 1');
      throw new PageFailed('first answered 503', true);
    };
    chat.stage.now += 5 * MINUTE;
    await escalate({ ...chat.stage.world, pagers: { all: [{ name: 'first', send }, second] } });
    expect(triggers(second)).toBe(0);
  });

  it('does not page when it is closed between the decision and the call', async () => {
    await wait(0);
    chat.stage.now += 5 * MINUTE;
    const { incidents } = chat.stage.world;
    let raced = false;
    const racing = {
      ...chat.stage.world,
      incidents: {
        ...incidents,
        append: async (...args: Parameters<typeof incidents.append>) => {
          if (!raced) {
            raced = true;
            await chat.say('anna', 'close 1');
          }
          return incidents.append(...args);
        },
      },
    };
    await escalate(racing);
    expect(triggers(first)).toBe(0);
  });

  it('is begun by a person with escalate, once', async () => {
    await chat.say('ben', 'open hq another', 'elsewhere');
    expect(plain((await chat.say('ben', 'escalate', 'elsewhere')).summary)).toContain('first: anna');
    expect(plain((await chat.say('ben', 'escalate', 'elsewhere')).summary)).toContain('already');
    expect(said('elsewhere').at(-1)).toContain('anna: incident 2');
  });
});
