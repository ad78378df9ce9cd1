/** The outbox on a real Redis, through Slack's surface, into a Slack that keeps its rates. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { startDeliverer } from '../../../adapters/redis/deliverer.ts';
import type { Deliverer } from '../../../adapters/redis/deliverer.ts';
import { openOutbox } from '../../../adapters/redis/outbox.ts';
import { message } from '../../../src/messages/message.ts';
import type { Utterance } from '../../../src/ports/conversation.ts';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';
import { connectRedis } from '../../lab/redis.ts';
import type { ConnectedRedis } from '../../lab/redis.ts';
import { openSlackStage } from '../../support/slack/stage.ts';
import type { SlackStage } from '../../support/slack/stage.ts';
import type { Call } from '../../support/slack/workspace.ts';

describeLab('what waits to be said in Slack', { sets: ['redis'] }, () => {
  let connected: ConnectedRedis;
  let redis: RedisClient;
  let stage: SlackStage;
  const deliverers: Deliverer[] = [];
  const lost: string[] = [];
  beforeAll(async () => {
    connected = await connectRedis();
    ({ redis } = connected);
  });
  afterAll(async () => {
    await connected.close();
  });
  beforeEach(async () => {
    stage = await openSlackStage();
    await redis.flushall();
  });
  afterEach(async () => {
    await Promise.all(deliverers.splice(0).map((each) => each.close()));
    await stage.close();
  });

  const put = (id: string, key: string, words: string, more: Partial<Utterance> = {}): Promise<void> =>
    openOutbox(redis).put({ conversation: { surface: 'slack', id }, key, message: message('neutral', words), ...more });
  const deliver = (from: SlackStage): void =>
    void deliverers.push(startDeliverer(openOutbox(redis), 'slack', from.chat.surface, (_each, why) => lost.push(why)));
  const texts = (channel: string): readonly string[] =>
    stage.slack.workspace.posted.filter((each) => each.channel === channel).map((each) => each.text.replace('🔵 ', ''));
  const calls = (method: string): readonly Call[] =>
    stage.slack.workspace.calls.filter((call) => call.method === method);
  const gaps = (made: readonly Call[]): readonly number[] =>
    made.slice(1).map((call, index) => call.at - (made[index]?.at ?? 0));

  it('comes in order in its conversation though the first had to wait, and holds up no other', async () => {
    stage.slack.workspace.fail('chat.postMessage', { kind: 'status', status: 429, retryAfter: 2 });
    await put('C0OPS', 'a', 'first');
    await put('C0OPS', 'b', 'second');
    deliver(stage);
    await until(() => calls('chat.postMessage').length > 0, 8000, 'the refused call');
    await put('C0OPS/1790000001.000001', 'c', 'in a thread of that channel');
    await put('D0ANNA', 'd', 'elsewhere');
    await until(() => texts('D0ANNA').length > 0, 8000, 'what is said elsewhere');
    expect(texts('C0OPS')).toEqual([]);
    await until(() => texts('C0OPS').length === 3, 15_000, 'all three');
    expect(texts('C0OPS').filter((each) => !each.startsWith('in a thread'))).toEqual(['first', 'second']);
    const [refused, ...taken] = calls('chat.postMessage').filter((call) => call.args['channel'] === 'C0OPS');
    expect(refused?.outcome).toBe('status 429');
    expect(taken.map((call) => call.outcome)).toEqual(['ok', 'ok', 'ok']);
    expect((taken[0]?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(1990);
    expect(Math.min(...gaps(taken))).toBeGreaterThan(990);
    expect(lost).toEqual([]);
  });

  it('is edited once a second at most, however often it changes, and ends with the last', async () => {
    deliver(stage);
    const began = performance.now();
    for (let done = 0; done <= 40; done += 1) {
      await put('C0OPS', 'sweep', `${done} of 40 looked at`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until(() => texts('C0OPS')[0] === '40 of 40 looked at', 8000, 'the last count');
    const edits = calls('chat.update');
    expect(stage.slack.workspace.posted).toHaveLength(1);
    expect(edits.length).toBeGreaterThan(1);
    expect(edits.length).toBeLessThan(2 + (performance.now() - began) / 1000);
    expect(Math.min(...gaps(edits))).toBeGreaterThan(990);
  });

  it('is said after a restart, once, and edits what stood before it', async () => {
    deliver(stage);
    await put('C0OPS', 'incident-1', 'Incident 1 is open');
    await until(() => texts('C0OPS').length === 1, 8000, 'the headline');
    stage.slack.workspace.fail('*', { kind: 'status', status: 503 }, 10_000);
    await put('C0OPS', 'incident-1', 'Incident 1 is contained');
    await put('C0OPS', 'incident-1', 'somebody look', { loud: true });
    await until(() => stage.slack.workspace.calls.some((call) => call.outcome === 'status 503'), 8000, 'a failed try');
    await Promise.all(deliverers.splice(0).map((each) => each.close()));
    stage.slack.workspace.heal();
    const restarted = await openSlackStage({ slack: stage.slack });
    deliver(restarted);
    await until(() => texts('C0OPS').length === 2, 20_000, 'both');
    const [headline] = stage.slack.workspace.posted;
    expect(stage.slack.workspace.posted.map(({ text, thread, edits }) => ({ text, thread, edits }))).toEqual([
      { text: '🔵 Incident 1 is contained', thread: undefined, edits: 1 },
      { text: '🔵 somebody look', thread: headline?.ts, edits: 0 },
    ]);
    await restarted.close();
  });
});
