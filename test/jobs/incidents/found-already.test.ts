import { beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/domain/diagnosis/evidence.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { makeIncidentChat } from '../../support/incident-chat.ts';
import type { IncidentChat } from '../../support/incident-chat.ts';

const MINUTE = 60_000;
const WORKSTATION: Evidence = {
  listings: [
    {
      subject: '203.0.113.7',
      state: 'listed',
      lists: [{ zone: 'one.bl.test', state: 'listed', nature: 'abuse' }],
    },
  ],
  queue: { messages: 2 },
  site: { sharedAddress: true },
};

describe('an incident that is opened right after a triage', () => {
  let chat: IncidentChat;
  beforeEach(() => {
    chat = makeIncidentChat();
  });
  const seen = (minutesAgo: number, evidence: Evidence = WORKSTATION): Promise<void> =>
    chat.stage.world.evidence.keep({
      id: 'e1',
      place: 'hq',
      at: chat.stage.now - minutesAgo * MINUTE,
      looks: [],
      evidence,
    });

  it('has its verdict, and goes on with the first step', async () => {
    await seen(2);
    await chat.say('ana', 'open hq');
    expect(plain(chat.headline().summary)).toContain('next: Freeze outbound mail');
  });

  it('asks anew where that was more than a quarter of an hour ago', async () => {
    await seen(16);
    await chat.say('ana', 'open hq');
    expect(JSON.stringify(chat.headline())).toContain('There is no verdict yet');
  });

  it('asks anew where nothing was found then, and where nothing can be read', async () => {
    await seen(2, { queue: { messages: 2 }, listings: [{ subject: '203.0.113.7', state: 'clear', lists: [] }] });
    await chat.say('ana', 'open hq');
    expect(JSON.stringify(chat.headline())).toContain('There is no verdict yet');
    const store = chat.stage.world.evidence;
    const blind = makeIncidentChat({ evidence: { ...store, latest: () => Promise.reject(new Error('no Redis')) } });
    await blind.say('ana', 'open hq');
    expect(JSON.stringify(blind.headline())).toContain('There is no verdict yet');
  });
});
