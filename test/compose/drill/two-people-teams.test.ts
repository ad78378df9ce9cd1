/** Two people practise in one thread of a Teams channel: who proposed does not agree, whoever has joined does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';
import { makeBot } from '../../support/bot.ts';
import type { Bot } from '../../support/bot.ts';
import { startService } from '../../support/service.ts';
import type { Service } from '../../support/service.ts';
import { buttonsOf } from '../../support/teams/cards.ts';
import { ANA, BEN, CHANNEL, TENANT, channelWords, press } from '../../support/teams/people.ts';
import type { ActivityJson } from '../../support/teams/people.ts';
import { startPlatform } from '../../support/teams/platform.ts';
import type { Platform, SimulatedMessage } from '../../support/teams/platform.ts';

const PEOPLE = `people:
  - {name: ana, role: responder, teams: ${TENANT}/${ANA.aadObjectId}}
  - {name: ben, role: approver, teams: ${TENANT}/${BEN.aadObjectId}}
`;
const ROOT = '1690000000000';

describeLab('a drill of two people in Teams', { sets: ['redis'] }, () => {
  let platform: Platform;
  let bot: Bot;
  let service: Service;
  beforeAll(async () => {
    bot = makeBot();
    platform = await startPlatform({ tokens: false });
    platform.conversations.add(CHANNEL);
    platform.messages.push({ conversation: CHANNEL, id: ROOT, activity: {}, edits: 0 });
    service = await startService(bot, { config: PEOPLE, env: { TEAMS_LOCAL: '1' } });
  });
  afterAll(async () => {
    await service.stop();
    await platform.close();
    await bot.clean();
  });

  const post = async (activity: ActivityJson): Promise<unknown> => {
    const response = await fetch(`${service.address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const say = (from: object, words: string): Promise<unknown> =>
    post({ ...channelWords(platform.url, words, ROOT), from });
  const pressOn = async (from: object, card: SimulatedMessage, title: string): Promise<unknown> => {
    const data = buttonsOf(card.activity).find((each) => each.title === title)?.data;
    expect(data, `${title} on ${JSON.stringify(card.activity)}`).toBeDefined();
    const { conversation, channelData } = channelWords(platform.url, '', ROOT);
    return post(press(platform.url, data, { from, conversation, channelData, replyToId: card.id }));
  };
  const shown = (words: string): SimulatedMessage | undefined =>
    platform.messages.findLast((each) => JSON.stringify(each.activity).includes(words));
  const says = async (words: string): Promise<SimulatedMessage> => {
    await until(() => shown(words) !== undefined, 20_000, `“${words}” to be said`);
    return shown(words) as SimulatedMessage;
  };

  it('has the second agree by the button, and not the first; all of it is marked, and nothing becomes real', async () => {
    await say(ANA, 'drill start infected-workstation --seed 3 --speed 60');
    const briefing = await says('You come in');
    await say(BEN, 'drill join');
    await says('You approve from now on');
    await pressOn(ANA, briefing, 'Look what happened');
    await pressOn(ANA, await says('Open an incident'), 'Open an incident');
    await pressOn(ANA, await says('Propose'), 'Propose');
    const card = await says('somebody other than who proposed it must agree');
    const refused = await pressOn(ANA, card, 'Approve');
    await until(
      () => /can’t approve it/.test(JSON.stringify(refused)) || shown('can’t approve it') !== undefined,
      15_000,
      'the refusal of the proposer',
    );
    expect(shown('Measure 1: freeze outbound mail of mx1: in force')).toBeUndefined();
    await pressOn(BEN, card, 'Approve');
    await says('Measure 1: freeze outbound mail of mx1: in force');
    for (const each of platform.messages.slice(1)) {
      expect(String(each.activity['summary'])).toMatch(/^DRILL/);
      expect(each.conversation).toBe(`${CHANNEL};messageid=${ROOT}`);
    }
    await until(
      () => buttonsOf(card.activity).every((each) => each.title !== 'Approve'),
      20_000,
      'Approve to be spent',
    );
    await say(BEN, 'drill stop');
    const score = await says('The drill is over');
    expect(String(score.activity['summary'])).toMatch(/^DRILL/);
    await say(ANA, 'ledger');
    const ledger = await says('Nothing is in force.');
    expect(String(ledger.activity['summary'])).not.toMatch(/^DRILL/);
  });
});
