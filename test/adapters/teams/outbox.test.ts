/** The outbox on a real Redis, through Teams' surface, into a Teams that keeps its rates. */
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
import { CHANNEL, GROUP, groupWords } from '../../support/teams/people.ts';
import { openTeamsStage } from '../../support/teams/stage.ts';
import type { TeamsStage } from '../../support/teams/stage.ts';

const RATES = [{ most: 7, ms: 1000 }];

describeLab('what waits to be said in Teams', { sets: ['redis'] }, () => {
  let connected: ConnectedRedis;
  let redis: RedisClient;
  let stage: TeamsStage;
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
    stage = await openTeamsStage({ mode: 'teams', rates: RATES });
    stage.platform.conversations.add(CHANNEL);
    stage.platform.conversations.add(GROUP);
    await redis.flushall();
    // The bot learns where Teams is by what it hears.
    await stage.post(groupWords(stage.platform.url, 'status'));
  });
  afterEach(async () => {
    await Promise.all(deliverers.splice(0).map((each) => each.close()));
    await stage.close();
  });

  const put = (id: string, key: string, words: string, more: Partial<Utterance> = {}): Promise<void> =>
    openOutbox(redis).put({ conversation: { surface: 'teams', id }, key, message: message('neutral', words), ...more });
  const deliver = (from: TeamsStage): void =>
    void deliverers.push(startDeliverer(openOutbox(redis), 'teams', from.surface, (_each, why) => lost.push(why)));
  const said = (conversation: string): readonly string[] =>
    stage.platform.messages
      .filter((each) => each.conversation === conversation)
      .map((each) => String(each.activity['summary']));

  it('comes in order in its conversation though the first was refused, and holds up no other', async () => {
    stage.platform.fail(429, 'TooManyRequests', 1, { 'retry-after': '2' });
    await put(GROUP, 'a', 'first');
    deliver(stage);
    await until(() => stage.platform.requests.some((each) => each.endsWith('/activities')), 8000, 'the refused post');
    await put(GROUP, 'b', 'second');
    await put(CHANNEL, 'c', 'elsewhere');
    await until(() => said(CHANNEL).length === 1, 8000, 'what is said elsewhere');
    expect(said(GROUP)).toEqual([]);
    await until(() => said(GROUP).length === 2, 15_000, 'both');
    expect(said(GROUP)).toEqual(['first', 'second']);
    expect(lost).toEqual([]);
  });

  it('is said at the pace of Teams, none lost of a burst, in order', async () => {
    deliver(stage);
    const words = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const [index, each] of words.entries()) await put(GROUP, `k${index}`, each);
    await until(() => said(GROUP).length === words.length, 20_000, 'all of them');
    expect(said(GROUP)).toEqual(words);
    expect(lost).toEqual([]);
  });

  it('is said after a restart, once, and edits what stood before it', async () => {
    deliver(stage);
    await put(GROUP, 'incident-1', 'Incident 1 is open');
    await until(() => said(GROUP).length === 1, 8000, 'the headline');
    stage.platform.fail(503, 'Away', 10_000);
    const before = stage.platform.requests.length;
    await put(GROUP, 'incident-1', 'Incident 1 is contained');
    await put(GROUP, 'incident-1', 'somebody look', { loud: true });
    await put(GROUP, 'other', 'and more');
    await until(() => stage.platform.requests.length > before, 8000, 'a failed try');
    await Promise.all(deliverers.splice(0).map((each) => each.close()));
    stage.platform.heal();
    const restarted = await openTeamsStage({ mode: 'teams', rates: RATES, restarted: stage });
    deliver(restarted);
    await until(() => said(GROUP).length === 3, 20_000, 'all three');
    expect(said(GROUP)).toEqual(['Incident 1 is contained', 'somebody look', 'and more']);
    expect(stage.platform.messages.map((each) => each.edits)).toEqual([1, 0, 0]);
    expect(lost).toEqual([]);
    await restarted.close();
  });
});
