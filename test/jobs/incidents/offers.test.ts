import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../../jobs/answer.ts';
import { noteOffers } from '../../../jobs/incidents/note-offers.ts';
import { actions, button, message } from '../../../src/messages/message.ts';
import { withoutOver } from '../../../src/messages/spent.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

describe('what an answer offers in an incident', () => {
  let chat: IncidentChat;
  beforeEach(async () => {
    chat = makeIncidentChat();
    await chat.say('ana', 'open hq mail is refused everywhere');
  });
  /** Labels that stand now on the message that was an answer when this line was said. */
  const answerTo = async (line: string, place = 'room'): Promise<() => readonly string[]> => {
    const before = chat.stage.said.length;
    await chat.say('ana', line, place);
    const { key } = chat.stage.said.slice(before).findLast((each) => each.final) ?? {};
    return () => chat.shown(place).flatMap((each) => (each.key === key ? chat.labels(each.message) : []));
  };

  it('is taken back once somebody has done it elsewhere', async () => {
    const labels = await answerTo('do');
    expect(labels()).toEqual(['Done', 'Skip']);
    await chat.say('ben', 'done --incident 1', 'elsewhere');
    expect(labels()).toEqual([]);
  });

  it('is taken back however many answers offered it, and what is still to do stays', async () => {
    const first = await answerTo('do');
    const second = await answerTo('do');
    await chat.say('ben', 'note nothing is over by a note');
    expect([first(), second()]).toEqual([
      ['Done', 'Skip'],
      ['Done', 'Skip'],
    ]);
    await chat.say('ben', 'skip nobody is at the machine --incident 1', 'elsewhere');
    expect([first(), second()]).toEqual([[], []]);
    const kept = await chat.stage.world.offers.of(1);
    expect(kept.filter((each) => each.conversation.id === 'room')).toEqual([]);
  });

  it('is taken back when the incident is closed', async () => {
    const labels = await answerTo('do');
    await chat.say('ben', 'close 1 it was the ISP', 'elsewhere');
    expect(labels()).toEqual([]);
  });

  it('is taken back of an answer that named measures, once they are no longer in force', async () => {
    await chat.say('ana', 'freeze mx1 --incident 1');
    await chat.say('ben', 'approve 1');
    const labels = await answerTo('close 1', 'elsewhere');
    expect(labels()).toEqual(['Undo 1', 'Keep 1']);
    await chat.say('ben', 'undo 1');
    expect(labels()).toEqual([]);
  });

  it('is taken back where it was a measure that stands now, or whose incident is over; another measure’s stays', async () => {
    const offered = message(
      'critical',
      'x',
      actions(
        button('This', 'quarantine gateway 10.0.0.5'),
        button('That', 'quarantine gateway 10.0.0.6'),
        button('Block', 'block gateway'),
      ),
    );
    const { world } = chat.stage;
    const request = { conversation: { surface: 'slack', id: 'room' }, id: 'hunt' } as CommandRequest;
    await noteOffers(world, request, offered);
    await chat.say('ana', 'quarantine gateway 10.0.0.5');
    const shown = (): readonly string[] =>
      chat.shown('room').flatMap((each) => (each.key === 'hunt' ? chat.labels(each.message) : []));
    expect(shown()).toEqual(['That', 'Block']);
    await chat.say('ben', 'deny 1');
    await chat.say('ben', 'close 1 it was the ISP');
    expect(shown()).toEqual([]);
  });

  it('leaves alone what belongs to another incident, what only looks, and decisions', () => {
    const approve = { ...button('Approve', 'approve 1'), nonce: 'n' };
    const offered = message(
      'neutral',
      'x',
      actions(button('Done', 'done wipe --incident 2'), button('Report', 'report 1'), approve, button('Ack', 'ack 1')),
    );
    const left = withoutOver(offered, {
      number: 1,
      state: 'closed',
      asked: false,
      steps: new Set(),
      ended: new Set([1]),
      held: new Set(),
    });
    expect(chat.labels(left)).toEqual(['Done', 'Report', 'Approve']);
  });
});
