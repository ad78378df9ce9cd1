/** Somebody outside with nothing but the contract: every request gets its status, nothing leaks, and the bot goes on. */
import { createHmac } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { quickest, until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { startService } from '../support/service.ts';
import type { Service } from '../support/service.ts';
import { BOT_TOKEN, SIGNING_SECRET, roadTo, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';

const APP = '11111111-2222-4333-8444-555555555555';
const TENANT = '99999999-2222-4333-8444-555555555555';
const PASSWORD = 'a~secret~of~the~app';
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

describeLab('somebody outside', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let foreign: Server;
  let foreignUrl = '';
  const stolen: string[] = [];
  let bot: Bot;
  let service: Service;
  let base = '';
  let count = 0;
  beforeAll(async () => {
    bot = makeBot();
    slack = await startSlackServer();
    foreign = createServer((request, response) => {
      stolen.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    const bound = foreign.address();
    foreignUrl = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/steal`;
    const { env, ready } = roadTo(slack, 'http');
    const teams = { MicrosoftAppId: APP, MicrosoftAppPassword: PASSWORD, MicrosoftAppTenantId: TENANT };
    service = await startService(bot, { ready, env: { ...env, ...teams, LOG_LEVEL: 'debug' } });
    base = service.address;
  });
  afterAll(async () => {
    await service.stop();
    await slack.close();
    await new Promise((resolve) => foreign.close(resolve));
    await bot.clean();
  });

  interface Attempt {
    readonly body?: string;
    readonly type?: string;
    /** Seconds that the signature's time stamp is off; `none`: unsigned. */
    readonly at?: number | 'none';
    readonly secret?: string;
    readonly path?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }
  async function attempt(plan: Attempt): Promise<{ status: number; body: string; ms: number }> {
    const { body = '', at = 0, secret = SIGNING_SECRET, path = '/slack/events', method = 'POST' } = plan;
    const stamp = String(Math.floor(Date.now() / 1000) + (at === 'none' ? 0 : at));
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`;
    const began = performance.now();
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...(plan.type !== undefined && { 'content-type': plan.type }),
        ...(at !== 'none' && { 'x-slack-request-timestamp': stamp, 'x-slack-signature': signature }),
        ...plan.headers,
      },
      ...(method !== 'GET' && method !== 'HEAD' && { body }),
    });
    return { status: response.status, body: await response.text(), ms: performance.now() - began };
  }
  const command = (text: string, more: Readonly<Record<string, string>> = {}): string =>
    new URLSearchParams({
      command: '/tq',
      text,
      team_id: 'T0HOME',
      user_id: 'U0ANNA',
      channel_id: 'C0OPS',
      trigger_id: `9.9.${(count += 1)}`,
      ...more,
    }).toString();
  const press = (responseUrl: string, value: string): string =>
    `payload=${encodeURIComponent(
      JSON.stringify({
        type: 'block_actions',
        team: { id: 'T0HOME' },
        user: { id: 'U0ANNA', team_id: 'T0HOME' },
        channel: { id: 'C0OPS' },
        message: { ts: '1790000001.000001' },
        response_url: responseUrl,
        trigger_id: `9.9.${(count += 1)}`,
        actions: [{ type: 'button', action_id: 'a', action_ts: `${(count += 1)}.1`, block_id: 'b', value }],
      }),
    )}`;
  const token = (head: object, claims: object): string =>
    `${[head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2ln`;
  const activity = (more: object = {}): string =>
    JSON.stringify({
      type: 'message',
      id: `a${(count += 1)}`,
      channelId: 'msteams',
      serviceUrl: 'https://smba.trafficmanager.net/teams/',
      from: { id: '29:x', aadObjectId: APP },
      recipient: { id: '28:bot' },
      conversation: { id: 'a:1', conversationType: 'personal', tenantId: TENANT },
      channelData: { tenant: { id: TENANT } },
      text: 'help',
      ...more,
    });

  it.each<readonly [string, number, () => Attempt]>([
    ['unsigned', 401, () => ({ body: command('help'), type: FORM, at: 'none' })],
    ['another secret', 401, () => ({ body: command('help'), type: FORM, secret: 'guessed' })],
    ['301 s old', 401, () => ({ body: command('help'), type: FORM, at: -302 })],
    ['301 s ahead', 401, () => ({ body: command('help'), type: FORM, at: 302 })],
    ['two signatures in one header', 401, () => ({ body: 'x', headers: { 'x-slack-signature': 'v0=00, v0=11' } })],
    ['65 kB', 413, () => ({ body: 'x'.repeat(65_537), type: FORM })],
    ['a challenge unsigned', 401, () => ({ body: '{"type":"url_verification"}', type: JSON_TYPE, at: 'none' })],
    ['broken JSON', 400, () => ({ body: '{"a":', type: JSON_TYPE })],
    ['a list', 400, () => ({ body: '[]', type: JSON_TYPE })],
    ['nothing', 400, () => ({ body: '', type: JSON_TYPE })],
    ['a form that says it is text', 400, () => ({ body: command('help'), type: 'text/plain' })],
    ['a form without a type', 400, () => ({ body: command('help') })],
    ['a broken payload', 400, () => ({ body: 'payload=%7B%22', type: FORM })],
    [
      'an event of odd types',
      200,
      () => ({ body: '{"type":"event_callback","event":{"type":{},"user":[1]}}', type: JSON_TYPE }),
    ],
    [
      'an event that nobody knows',
      200,
      () => ({ body: '{"type":"event_callback","event":{"type":"x"}}', type: JSON_TYPE }),
    ],
    ['GET', 405, () => ({ method: 'GET' })],
    ['HEAD', 405, () => ({ method: 'HEAD' })],
    ['PUT', 405, () => ({ method: 'PUT' })],
    ['another path', 404, () => ({ body: command('help'), type: FORM, path: '/slack/events/' })],
    ['Teams: GET', 405, () => ({ method: 'GET', path: '/api/messages' })],
    ['Teams: no token', 401, () => ({ body: activity(), type: JSON_TYPE, path: '/api/messages' })],
    [
      'Teams: broken JSON',
      400,
      () => ({ body: '{', type: JSON_TYPE, path: '/api/messages', headers: { authorization: 'Bearer x' } }),
    ],
    ['Teams: 300 kB', 413, () => ({ body: activity({ text: 'x'.repeat(300_000) }), path: '/api/messages' })],
  ])('%s is answered with %i, at once', async (_what, status, make) => {
    const once = async (): Promise<number> => {
      const answer = await attempt(make());
      expect(answer.status).toBe(status);
      return answer.ms;
    };
    expect(await quickest(3000, once)).toBeLessThan(3000);
  });

  it.each<readonly [string, number, object, string]>([
    ['no token at all', 401, {}, 'Bearer garbage'],
    [
      'a token unsigned',
      401,
      {},
      `Bearer ${token({ alg: 'none' }, { aud: 'x', iss: 'https://api.botframework.com' })}`,
    ],
    [
      'a token for another app',
      401,
      {},
      `Bearer ${token({ alg: 'RS256' }, { aud: TENANT, iss: 'https://api.botframework.com' })}`,
    ],
    [
      'a token of an emulator',
      401,
      {},
      `Bearer ${token({ alg: 'RS256' }, { aud: APP, iss: 'https://sts.windows.net/x/' })}`,
    ],
    ['the channel of an emulator', 403, { channelId: 'emulator' }, 'Bearer garbage'],
    ['another service address', 403, { serviceUrl: 'https://evil.example/' }, 'Bearer garbage'],
    ['another tenant', 403, { channelData: { tenant: { id: APP } } }, 'Bearer garbage'],
  ])('Teams with %s is answered with %i', async (_what, status, more, authorization) => {
    const answer = await attempt({
      body: activity(more),
      type: JSON_TYPE,
      path: '/api/messages',
      headers: { authorization },
    });
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain(APP);
  });

  it('gets a signed challenge back, and an unsigned certificate check without effect', async () => {
    const asked = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await attempt({ body: asked, type: JSON_TYPE })).toMatchObject({ status: 200, body: 'abc' });
    expect(await attempt({ body: 'ssl_check=1', type: FORM, at: 'none' })).toMatchObject({ status: 200, body: '' });
  });

  it('hears a command, says what it does not know in the answer, and does nothing a second time', async () => {
    const posted = (): number => slack.workspace.posted.filter((each) => each.text.includes('Windows Vista')).length;
    const body = command('windows 6.0.6001');
    const replies = await Promise.all([
      attempt({ body, type: FORM }),
      attempt({ body, type: FORM }),
      attempt({
        body,
        type: FORM,
        at: -2,
        headers: { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' },
      }),
    ]);
    expect(replies.map((each) => [each.status, each.body])).toEqual([
      [200, ''],
      [200, ''],
      [200, ''],
    ]);
    const unknown = await attempt({ body: command('frobnicate', { response_url: foreignUrl }), type: FORM });
    expect(JSON.parse(unknown.body)).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('frobnicate'),
    });
    await until(() => posted() > 0, 20_000, 'the answer');
    expect((await attempt({ body: command(''), type: FORM })).status).toBe(200);
    await until(() => slack.workspace.posted.some((each) => each.text.includes('commands')), 20_000, 'the help');
    expect(posted()).toBe(1);
  });

  it('sends nothing to an address that is none of Slack’s, whatever a press says', async () => {
    for (const url of [
      foreignUrl,
      'https://hooks.slack.com.evil.example/x',
      'https://a:b@hooks.slack.com/x',
      'file:///etc',
    ])
      expect((await attempt({ body: press(url, 'garbage'), type: FORM })).status).toBe(200);
    expect(stolen).toEqual([]);
  });

  it('is still answered while three hundred others send a byte and wait, and nothing is written down of those', async () => {
    const slow: Socket[] = Array.from({ length: 300 }, () => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n{');
      return socket;
    });
    // Slack waits 3 s.
    const slowestOfHundred = async (): Promise<number> => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => attempt({ body: command('windows 6.1.7601'), type: FORM })),
      );
      expect(answers.filter((each) => each.status !== 200)).toEqual([]);
      return Math.max(...answers.map((each) => each.ms));
    };
    expect(await quickest(3000, slowestOfHundred)).toBeLessThan(3000);
    for (const socket of slow) socket.destroy();
    expect((await attempt({ body: command('frobnicate'), type: FORM })).status).toBe(200);
    expect(service.log()).not.toContain('a request of a chat failed');
  });

  it('finds no secret in the log or the data folder, the reasons of its refusals once each, and the bot alive', () => {
    const secrets = [BOT_TOKEN, SIGNING_SECRET, PASSWORD];
    expect(secrets.filter((secret) => service.log().includes(secret))).toEqual([]);
    const files = readdirSync(bot.dataFolder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(bot.dataFolder, name))
      .filter((path) => statSync(path).isFile());
    const found = files.filter((path) => secrets.some((secret) => readFileSync(path).includes(secret)));
    expect(found).toEqual([]);
    expect(service.log().split('The signature is wrong.')).toHaveLength(2);
    expect(service.isRunning()).toBe(true);
  });
});
