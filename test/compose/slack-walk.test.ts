/** The whole of "Pull the plug" in Slack, by buttons alone: signed requests over HTTP, through the queue, and back. */
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
import { pullThePlug, summaryOf } from '../support/slack/walk.ts';
import type { Posted } from '../support/slack/workspace.ts';

describeLab('"Pull the plug" in Slack', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let bot: Bot;
  let service: Service;
  beforeAll(async () => {
    bot = makeBot();
    slack = await startSlackServer();
    slack.workspace.limitsRate = true;
    service = await startService(bot, {
      ...roadTo(slack, 'http'),
      config: 'people: [{name: anna, role: responder, slack: T0HOME/U0ANNA}]\n',
    });
  });
  afterAll(async () => {
    await service.stop();
    await slack.close();
    await bot.clean();
  });

  const anna = (): Person => new Person(slack, overHttp(`${service.address}/slack/events`)).in('D0ANNA');
  const shown = (): readonly Posted[] => slack.workspace.posted;

  it('goes from the first look to a closed incident; every press is answered, and no spent button is left', async () => {
    await pullThePlug(slack, anna);
    await anna().command('drill stop');
    await until(() => shown().some((each) => each.text.includes('The drill is over')), 15_000, 'the score');
    expect(shown().find((each) => each.text.includes('The drill is over'))?.text).toContain('contained');
  });

  it('keeps a drill in a channel to itself: its threads belong to it, and nothing of it becomes real once it is over', async () => {
    const inChannel = (): readonly Posted[] => shown().filter((each) => each.channel === 'C0OPS');
    const saying = (words: string): Posted | undefined => inChannel().findLast((each) => each.text.includes(words));
    const ops = (): Person => anna().in('C0OPS');
    await ops().command('drill start nothing-wrong --seed 1');
    await until(() => saying('You come in') !== undefined, 15_000, 'the drill to begin');
    const briefing = saying('You come in');
    if (!briefing) throw new Error('nothing was said');
    await ops().press(briefing, 'Look what happened');
    const beneath = (): readonly Posted[] => inChannel().filter((each) => each.thread === briefing.ts);
    await until(() => beneath().length > 0 && !beneath()[0]?.text.includes('working'), 15_000, 'the look beneath it');
    expect(beneath()[0] && summaryOf(beneath()[0] as Posted)).toMatch(/^DRILL/);
    await ops().reply(briefing, 'incidents');
    await until(() => saying('No incident')?.thread === briefing.ts, 15_000, 'an answer in the thread');
    expect(summaryOf(saying('No incident') as Posted)).toMatch(/^DRILL/);
    await ops().command('drill stop');
    await until(() => saying('The drill is over') !== undefined, 15_000, 'the score');
    await ops().press(briefing, 'Look what happened');
    await until(() => saying('belongs to a drill that is over') !== undefined, 15_000, 'the refusal');
    expect(summaryOf(saying('belongs to a drill that is over') as Posted)).not.toMatch(/^DRILL/);
  });
});
