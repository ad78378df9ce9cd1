/** The whole of "Pull the plug" in Slack over Socket Mode, by buttons alone: nothing reaches the bot from outside. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { startService } from '../support/service.ts';
import type { Service } from '../support/service.ts';
import { Person, overSocket } from '../support/slack/person.ts';
import { roadTo, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import { pullThePlug } from '../support/slack/walk.ts';

describeLab('"Pull the plug" in Slack over Socket Mode', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let bot: Bot;
  let service: Service;
  beforeAll(async () => {
    bot = makeBot();
    slack = await startSlackServer();
    service = await startService(bot, {
      ...roadTo(slack, 'socket'),
      config: 'people: [{name: anna, role: responder, slack: T0HOME/U0ANNA}]\n',
    });
  });
  afterAll(async () => {
    await service.stop();
    await slack.close();
    await bot.clean();
  });

  it('goes from the first look to a closed incident, without a port of its own', async () => {
    await pullThePlug(slack, () => new Person(slack, overSocket(slack), { channel: 'D0ANNA' }));
    expect(service.log()).not.toContain('the chats are heard here');
  });
});
