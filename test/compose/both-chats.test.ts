import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { startService } from '../support/service.ts';
import type { Service } from '../support/service.ts';
import { Person, overHttp } from '../support/slack/person.ts';
import { roadTo, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import type { Posted } from '../support/slack/workspace.ts';
import { buttonsOf } from '../support/teams/cards.ts';
import { ANA, PRIVATE, TENANT, press, privateWords } from '../support/teams/people.ts';
import type { ActivityJson } from '../support/teams/people.ts';
import { startPlatform } from '../support/teams/platform.ts';
import type { Platform, SimulatedMessage } from '../support/teams/platform.ts';

const TITLE = 'mail is refused everywhere';

describeLab('one incident in Slack and in Teams at once', { sets: ['redis'] }, () => {
  let bot: Bot;
  let slack: SlackServer;
  let teams: Platform;
  let service: Service;
  beforeAll(async () => {
    bot = makeBot();
    slack = await startSlackServer();
    teams = await startPlatform({ tokens: false });
    teams.conversations.add(PRIVATE);
    const { env, ready } = roadTo(slack, 'http');
    service = await startService(bot, {
      ready,
      env: { ...env, TEAMS_LOCAL: '1' },
      config: `sites: [{name: hq, addresses: [9.9.9.9]}]
people:
  - {name: anna, role: admin, slack: T0HOME/U0ANNA}
  - {name: ana, role: admin, teams: ${TENANT}/${ANA.aadObjectId}}
chat: {teams: {conversation: "${PRIVATE}"}}
`,
    });
  });
  afterAll(async () => {
    await service.stop();
    await slack.close();
    await teams.close();
    await bot.clean();
  });

  const anna = (): Person => new Person(slack, overHttp(`${service.address}/slack/events`));
  const post = async (activity: ActivityJson): Promise<unknown> => {
    const response = await fetch(`${service.address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
    });
    expect(response.status).toBe(200);
    return response.json().catch(() => undefined);
  };
  const inSlack = (): Posted | undefined =>
    slack.workspace.posted.find((each) => each.thread === undefined && JSON.stringify(each.blocks).includes(TITLE));
  const inTeams = (): SimulatedMessage | undefined =>
    teams.messages.find((each) => JSON.stringify(each.activity).includes(`Incident 1 · hq: ${TITLE}`));
  const labels = (): readonly string[] => buttonsOf(inTeams()?.activity).map((each) => each.title);
  const pressInTeams = async (label: string): Promise<unknown> => {
    const button = buttonsOf(inTeams()?.activity).find((each) => each.title === label);
    if (!button) throw new Error(`no button ${label}; there are ${labels().join(', ')}`);
    return post(press(teams.url, button.data, { replyToId: inTeams()?.id }));
  };
  const slackSays = (): string => JSON.stringify(inSlack()?.blocks ?? '').replaceAll('`', '');
  const teamsSays = (): string => String(inTeams()?.activity['summary']);
  const bothSay = (words: string): Promise<void> =>
    until(() => slackSays().includes(words) && teamsSays().includes(words), 20_000, `both headlines to say ${words}`);

  it('is opened in Slack and followed in Teams', async () => {
    await anna().command(`open hq ${TITLE}`);
    await until(() => inSlack() !== undefined, 20_000, 'the headline in Slack');
    await post(privateWords(teams.url, 'incident 1'));
    await until(() => inTeams() !== undefined, 15_000, 'the headline in Teams');
    expect(labels()).toContain('I have it');
  });

  it('shows on both what is decided in Teams, and no button that is spent', async () => {
    await pressInTeams('I have it');
    await bothSay('Ana has it');
    expect(labels()).not.toContain('I have it');
    expect(slackSays()).not.toContain('"I have it"');
  });

  it('shows on both what is decided in Slack', async () => {
    const before = teamsSays();
    await anna().command('skip nothing is configured to look with --incident 1');
    await until(() => teamsSays() !== before, 20_000, 'the headline in Teams to go on');
    const next = / · next: .*/.exec(teamsSays())?.[0] ?? '';
    expect(next).not.toBe('');
    await bothSay(next);
  });

  it('takes back in Slack what an answer there offered, once it was done in Teams', async () => {
    await anna().command('do --incident 1');
    const offering = (): readonly Posted[] =>
      slack.workspace.posted.filter((each) => /"(?:done|skip)/.test(JSON.stringify(each.blocks)) && each !== inSlack());
    await until(() => offering().length > 0, 20_000, 'an answer in Slack that offers what comes next');
    await post(privateWords(teams.url, 'skip the ISP does it --incident 1'));
    await until(() => offering().length === 0, 20_000, 'no answer in Slack to offer it still');
    expect(offering()).toEqual([]);
  });

  it('gives the one who presses what is spent an answer, though the headline has gone on', async () => {
    const stale = { tq: { command: 'ack 1', key: 'incident-1', label: 'I have it' } };
    const before = teams.messages.length;
    expect(await post(press(teams.url, stale))).toMatchObject({ statusCode: 200 });
    await until(() => teams.messages.length > before, 15_000, 'the answer');
    expect(String(teams.messages.at(-1)?.activity['summary'])).toMatch(/already|has it|incident 1/i);
  });

  it('takes every button but the report away on both once it is closed', async () => {
    await post(privateWords(teams.url, 'close 1 it was the drill of the ISP'));
    await bothSay('closed');
    expect(labels()).toEqual(['Report']);
    const slackButtons = [...slackSays().matchAll(/"type":"button".*?"text":"([^"]+)"/g)].map((match) => match[1]);
    expect(slackButtons).toEqual(['Report']);
  });

  it('is told in Teams when Slack has thrown the app out, and Slack gets what waited once it is let in again', async () => {
    const inTeamsSaid = (words: RegExp): boolean =>
      teams.messages.some((each) => words.test(String(each.activity['summary'])));
    slack.workspace.tokenRevoked = true;
    await anna().command('help check');
    await until(
      () => inTeamsSaid(/Slack can’t be reached \(token_revoked: .*SLACK_BOT_TOKEN/),
      20_000,
      'Teams to hear it',
    );
    slack.workspace.tokenRevoked = false;
    const answered = (): boolean => slack.workspace.posted.some((each) => each.text.includes('only looks'));
    await until(() => answered() && inTeamsSaid(/Slack can be reached again/), 45_000, 'the answer after all');
    expect(slack.workspace.posted.filter((each) => each.text.includes('only looks'))).toHaveLength(1);
  });
});
