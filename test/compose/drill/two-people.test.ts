/** Two people practise in one channel of Slack: who proposed does not agree, whoever has joined does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';
import { makeBot } from '../../support/bot.ts';
import type { Bot } from '../../support/bot.ts';
import { startService } from '../../support/service.ts';
import type { Service } from '../../support/service.ts';
import { buttonsOf } from '../../support/slack/buttons.ts';
import { Person, overHttp } from '../../support/slack/person.ts';
import { roadTo, startSlackServer } from '../../support/slack/server.ts';
import type { SlackServer } from '../../support/slack/server.ts';
import type { Posted } from '../../support/slack/workspace.ts';

const PEOPLE = `people:
  - {name: anna, role: responder, slack: T0HOME/U0ANNA}
  - {name: ben, role: approver, slack: T0HOME/U0BEN}
`;

describeLab('a drill of two people in Slack', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let bot: Bot;
  let service: Service;
  beforeAll(async () => {
    bot = makeBot();
    slack = await startSlackServer();
    service = await startService(bot, { ...roadTo(slack, 'http'), config: PEOPLE });
  });
  afterAll(async () => {
    await service.stop();
    await slack.close();
    await bot.clean();
  });
  const person = (id: string): Person => new Person(slack, overHttp(`${service.address}/slack/events`), { id });
  const shown = (words: string): Posted | undefined =>
    slack.workspace.posted.findLast((each) => JSON.stringify([each.text, each.blocks]).includes(words));
  const says = async (words: string): Promise<Posted> => {
    await until(() => shown(words) !== undefined, 20_000, `“${words}” to be said`);
    return shown(words) as Posted;
  };
  const responses = (): string => JSON.stringify(slack.responses);

  it('has the second agree by the button, and not the first; all of it is marked, and nothing becomes real', async () => {
    const [anna, ben] = [person('U0ANNA'), person('U0BEN')];
    await anna.command('drill start infected-workstation --seed 3 --speed 60');
    const briefing = await says('You come in');
    await ben.command('drill join');
    await says('You approve from now on');
    await anna.press(briefing, 'Look what happened');
    await anna.press(await says('Open an incident'), 'Open an incident');
    await anna.press(await says('Propose'), 'Propose');
    const card = await says('somebody other than who proposed it must agree');
    await anna.press(card, 'Approve');
    await until(
      () => /can’t approve it/.test(responses()) || shown('can’t approve it') !== undefined,
      15_000,
      'the refusal of the proposer',
    );
    expect(shown('in force')?.text ?? '').not.toContain('Measure 1: freeze outbound mail of mx1: in force');
    await ben.press(card, 'Approve');
    await says('Measure 1: freeze outbound mail of mx1: in force');
    const headline = await says('Incident 1');
    expect(headline.text).toMatch(/^DRILL/);
    expect(shown('opened by')?.text).toContain('opened by anna');
    expect(slack.workspace.posted.filter((each) => /U0(?:ANNA|BEN)/.test(each.text))).toEqual([]);
    const { length } = slack.workspace.posted;
    await ben.command('drill stop');
    const score = await says('The drill is over');
    expect(score.text).toMatch(/^DRILL/);
    expect(slack.workspace.posted.length).toBeGreaterThan(length);
    await anna.command('ledger');
    const ledger = await says('Nothing is in force.');
    expect(ledger.text).not.toMatch(/^DRILL/);
    expect(buttonsOf(card).map((each) => each.label)).not.toContain('Approve');
  });
});
