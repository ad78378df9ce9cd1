import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encode, sign } from '../../support/slack/person.ts';
import type { Signed } from '../../support/slack/person.ts';
import { openSlackStage } from '../../support/slack/stage.ts';
import type { SlackStage } from '../../support/slack/stage.ts';

describe('the way in over HTTP', () => {
  let stage: SlackStage;
  let count = 0;
  beforeAll(async () => {
    stage = await openSlackStage();
  });
  afterAll(() => stage.close());

  function command(at?: number, secret?: string, text = 'status'): Signed {
    const body = {
      team_id: 'T0HOME',
      channel_id: 'C0OPS',
      user_id: 'U0ANNA',
      command: '/tq',
      text,
      trigger_id: `1.2.t${(count += 1)}`,
    };
    return sign(...encode({ kind: 'command', body }), at, secret);
  }

  async function send(signed: Signed, change: Readonly<Record<string, string>> = {}): Promise<number> {
    const response = await fetch(stage.eventsUrl, {
      method: 'POST',
      body: signed.body,
      headers: { ...signed.headers, ...change },
    });
    await response.text();
    return response.status;
  }

  const now = (): number => Math.floor(Date.now() / 1000);

  it.each([
    [0, 200],
    [-290, 200],
    [290, 200],
    [-310, 401],
    [310, 401],
    [3600, 401],
  ])('takes a time stamp %i s away with %i', async (seconds, status) => {
    const before = stage.heard.length;
    expect(await send(command(now() + seconds))).toBe(status);
    expect(stage.heard.length - before).toBe(status === 200 ? 1 : 0);
  });

  it.each([
    ['another secret', () => command(undefined, 'not the secret'), {}],
    ['a changed body', () => ({ ...command(), body: `${command().body}&x=1` }), {}],
    ['no signature', command, { 'x-slack-signature': '' }],
    ['a signature of another version', command, { 'x-slack-signature': 'v1=00' }],
    ['a time stamp that is no number', command, { 'x-slack-request-timestamp': 'NaN' }],
  ])('refuses %s', async (_what, make, change) => {
    const before = stage.heard.length;
    expect(await send(make(), change)).toBe(401);
    expect(stage.heard).toHaveLength(before);
  });

  it('does nothing a second time for the same signed bytes, however often they come', async () => {
    const signed = command();
    const before = stage.heard.length;
    expect(await Promise.all([send(signed), send(signed), send(signed, { 'x-slack-retry-num': '1' })])).toEqual([
      200, 200, 200,
    ]);
    expect(stage.heard).toHaveLength(before + 1);
  });

  it('takes the same bytes again where they could not be heard the first time', async () => {
    const event = {
      type: 'event_callback',
      event_id: `Ev${(count += 1)}`,
      team_id: 'T0HOME',
      event: { type: 'app_mention', user: 'U0ANNA', channel: 'C0OPS', ts: '1.000001', text: '<@U0BOT> status' },
    };
    const signed = sign(...encode({ kind: 'event', body: event }));
    stage.answerWith(new Error('the queue is away'));
    const before = stage.heard.length;
    expect(await send(signed)).toBe(503);
    stage.answerWith({ kind: 'taken' });
    expect(await send(signed)).toBe(200);
    expect(stage.heard).toHaveLength(before + 1);
  });

  it('refuses a body over 64 kB before it is parsed, also one that does not tell its length', async () => {
    const before = stage.heard.length;
    expect(await send(command(undefined, undefined, 'x'.repeat(70_000))).catch(() => 413)).toBe(413);
    const signed = command(undefined, undefined, 'y'.repeat(70_000));
    const status = await new Promise<number>((resolve) => {
      const outgoing = request(
        stage.eventsUrl,
        { method: 'POST', headers: { ...signed.headers, 'transfer-encoding': 'chunked' } },
        (response) => resolve(response.statusCode ?? 0),
      );
      outgoing.once('error', () => resolve(413));
      outgoing.end(signed.body);
    });
    expect(status).toBe(413);
    expect(stage.heard).toHaveLength(before);
  });

  it('answers Slack’s own questions: the challenge signed, the certificate check unsigned and without effect', async () => {
    const challenge = sign(JSON.stringify({ type: 'url_verification', challenge: 'c1' }), 'application/json');
    const response = await fetch(stage.eventsUrl, { method: 'POST', ...challenge });
    expect(await response.text()).toBe('c1');
    const before = stage.heard.length;
    const check = await fetch(stage.eventsUrl, {
      method: 'POST',
      body: 'ssl_check=1&command=/tq&text=status&user_id=U0ANNA&channel_id=C0OPS',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(check.status).toBe(200);
    expect(stage.heard).toHaveLength(before);
    expect((await fetch(stage.eventsUrl)).status).toBe(405);
    expect(await send(sign('not json', 'application/json'))).toBe(400);
  });
});
