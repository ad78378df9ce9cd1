import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { freePort, quickest, until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { startService } from '../support/service.ts';
import type { Service, ServiceForm } from '../support/service.ts';
import { Person, overHttp, overSocket } from '../support/slack/person.ts';
import { roadTo, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import type { Posted } from '../support/slack/workspace.ts';

describeLab('the whole bot in Slack', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let bot: Bot;
  let port: number;
  const services: Service[] = [];
  beforeEach(async () => {
    bot = makeBot();
    slack = await startSlackServer();
    port = await freePort();
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await slack.close();
    await bot.clean();
  });

  async function start(road: 'http' | 'socket' = 'http', more: ServiceForm = {}): Promise<Service> {
    const { env, ready } = roadTo(slack, road);
    const service = await startService(bot, { ready, port, ...more, env: { ...env, ...more.env } });
    services.push(service);
    return service;
  }

  const anna = (): Person => new Person(slack, overHttp(`http://127.0.0.1:${port}/slack/events`));
  const said = (words: string): readonly Posted[] =>
    slack.workspace.posted.filter((each) => JSON.stringify([each.text, each.blocks]).includes(words));

  it('answers a signed slash command by the Web API, once though it comes thrice, within 3 s acknowledged', async () => {
    await start();
    const sent = await anna().command('status');
    expect(sent).toMatchObject({ status: 200, body: '' });
    await until(() => said('Tourniquet runs').length > 0, 15_000, 'the answer');
    expect((await sent.again()).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await sent.again()).status).toBe(200);
    const once = async (): Promise<number> => {
      const other = await anna().command('help check');
      expect(other.status).toBe(200);
      return other.ms;
    };
    expect(await quickest(3000, once)).toBeLessThan(3000);
    await until(() => said('only looks').length > 0, 15_000, 'the second answer');
    expect(said('Tourniquet runs')).toHaveLength(1);
    expect(said('Tourniquet runs')[0]).toMatchObject({ channel: 'C0OPS', thread: undefined });
  });

  it('answers a mention in natural words in its thread, and a press on that answer beneath it', async () => {
    await start();
    const sent = await anna().mention('how are you?');
    expect(sent.status).toBe(200);
    await until(() => said('Tourniquet runs').length > 0, 15_000, 'the answer');
    const [answer] = said('Tourniquet runs');
    expect(answer?.thread).toMatch(/^\d+\.\d+$/);
    await anna().mention('help frobnicate');
    await until(() => said('there is no command').length > 0, 15_000, 'the second answer');
    const [misheard] = said('there is no command');
    if (!misheard) throw new Error('no answer');
    expect((await anna().press(misheard, 'Help')).status).toBe(200);
    await until(
      () => said('commands').some((each) => each.thread === misheard.thread),
      15_000,
      'the answer to the press',
    );
  });

  it('says what it does not understand to the person alone, at once', async () => {
    await start();
    const sent = await anna().command('chekc 9.9.9.9');
    expect(JSON.parse(sent.body)).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('did you mean check?'),
    });
    const mentioned = await anna().mention('chekc 9.9.9.9');
    expect(mentioned.status).toBe(200);
    await until(() => said('did you mean check?').some((each) => each.to === 'U0ANNA'), 8000, 'the private answer');
    expect(slack.workspace.posted.every((each) => each.to === 'U0ANNA')).toBe(true);
  });

  it('is heard over Socket Mode, reconnects, and carries a redelivery of one envelope once', async () => {
    const service = await start('socket');
    expect(service.log()).toContain('Slack is started: Socket Mode');
    const person = new Person(slack, overSocket(slack));
    slack.cutSockets();
    await until(() => slack.sockets() > 0, 15_000, 'a new connection');
    const sent = await person.command('status');
    expect(sent.status).toBe(200);
    await sent.again();
    await until(() => said('Tourniquet runs').length > 0, 15_000, 'the answer');
    await person.command('help check');
    await until(() => said('only looks').length > 0, 15_000, 'the next');
    expect(said('Tourniquet runs')).toHaveLength(1);
  });

  it('keeps what it has to say through an outage of Slack and through its own death, and then says it once', async () => {
    const service = await start();
    slack.workspace.fail('chat.postMessage', { kind: 'status', status: 503 }, 1000);
    expect((await anna().command('status')).status).toBe(200);
    await until(() => slack.workspace.calls.some((call) => call.method === 'chat.postMessage'), 15_000, 'a try');
    await service.stop('SIGKILL');
    slack.workspace.heal();
    port = await freePort();
    await start();
    await until(() => said('Tourniquet runs').length > 0, 40_000, 'the answer after the restart');
    expect(said('Tourniquet runs')).toHaveLength(1);
  });

  it('takes an incident from open to its thread: which of two is meant is known by the thread, buttons work there', async () => {
    writeFileSync(
      join(bot.dataFolder, 'tourniquet.yaml'),
      'sites: [{name: hq, addresses: [9.9.9.9]}]\npeople: [{name: anna, role: admin, slack: T0HOME/U0ANNA}]\n',
    );
    await start();
    await anna().command('open hq the first thing');
    await until(() => said('the first thing').length > 0, 15_000, 'the first incident');
    await anna().command('open hq the second thing');
    await until(() => said('the second thing').length > 0, 15_000, 'the second incident');
    const headline = said('the first thing').find((each) => each.thread === undefined);
    if (!headline) throw new Error('no headline');
    expect((await anna().reply(headline, 'ack')).status).toBe(200);
    await until(
      () => slack.workspace.posted.some((each) => each.thread === headline.ts),
      15_000,
      'an answer beneath it',
    );
    await until(() => /anna/i.test(JSON.stringify(headline.blocks)), 15_000, 'the headline to say who has it');
    expect(JSON.stringify(said('the second thing').map((each) => each.blocks))).not.toMatch(/anna has it/i);
  });

  it('says in one line why it is not started', async () => {
    const service = await start('http', {
      env: { SLACK_BOT_TOKEN: '' },
      ready: 'Slack is not started: SLACK_BOT_TOKEN is not set',
    });
    expect(service.log().match(/Slack is/g)).toHaveLength(1);
  });

  it('gives the board of sites as App Home, and roles by team and user id', async () => {
    writeFileSync(
      join(bot.dataFolder, 'tourniquet.yaml'),
      'sites: [{name: hq, addresses: [9.9.9.9]}]\npeople: [{name: ben, role: viewer, slack: T0HOME/U0BEN}]\nchat: {slack: {everybody: nobody}}\n',
    );
    await start();
    await anna().openHome();
    await until(() => slack.workspace.views.length > 0, 15_000, 'the board');
    expect(JSON.stringify(slack.workspace.views[0]?.view)).toContain('hq');
    expect((await anna().command('status')).body).toContain('yours is nobody');
    const ben = new Person(slack, overHttp(`http://127.0.0.1:${port}/slack/events`), { id: 'U0BEN' });
    expect((await ben.command('status')).body).toBe('');
  });

  it('lets a user group do what its role may, refuses with words while Slack does not tell who is in it, and calls people and groups', async () => {
    writeFileSync(
      join(bot.dataFolder, 'tourniquet.yaml'),
      `sites: [{name: hq, addresses: [9.9.9.9]}]
people: [{name: ben, role: admin, slack: T0HOME/U0BEN}]
groups: [{name: desk, role: responder, slack: S0DESK}]
escalation: {tiers: [{call: [ben, 'group:desk'], by: [thread]}]}
`,
    );
    slack.workspace.fail('usergroups.users.list', { kind: 'status', status: 500 }, 1);
    await start();
    const refused = await anna().command('open hq the queue is full');
    expect(refused.body).toMatch(
      /open needs the role responder. By your name you have viewer; .* is not known .*S0DESK/,
    );
    slack.workspace.groups.set('S0DESK', ['U0ANNA']);
    slack.workspace.heal();
    await until(
      async () => (await anna().command('open hq the queue is full')).body === '',
      20_000,
      'the group to be known',
    );
    await until(() => said('the queue is full').length > 0, 15_000, 'the incident');
    expect((await anna().command('escalate 1')).body).toBe('');
    await until(() => said('needs somebody').length > 0, 15_000, 'the call');
    const [call] = said('needs somebody');
    expect(call?.text).toContain('<@U0BEN> <!subteam^S0DESK>');
    expect(JSON.stringify(call?.blocks)).toContain('<@U0BEN> <!subteam^S0DESK>');
    expect(call?.thread).toBe(said('the queue is full').find((each) => each.thread === undefined)?.ts);
    const stranger = new Person(slack, overHttp(`http://127.0.0.1:${port}/slack/events`), { id: 'U0NOBODY' });
    slack.workspace.users.set('U0NOBODY', { id: 'U0NOBODY', team: 'T0HOME', kind: 'member' });
    expect((await stranger.command('ack 1')).body).toContain('needs the role responder; yours is viewer');
  });
});
