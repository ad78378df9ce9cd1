import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPace } from '../../../adapters/chat/teams/rates.ts';
import { conversationOf } from '../../../adapters/chat/teams/reference.ts';
import { readActivity } from '../../../adapters/chat/teams/activity.ts';
import { foreign } from '../../../src/domain/foreign.ts';
import { message, text } from '../../../src/messages/message.ts';
import { DeliveryLater, DeliveryNever } from '../../../src/ports/conversation.ts';
import type { Conversation, Utterance } from '../../../src/ports/conversation.ts';
import { ANA, CHANNEL, PRIVATE, TENANT, channelWords, privateWords } from '../../support/teams/people.ts';
import type { ActivityJson } from '../../support/teams/people.ts';
import { allAtWorst } from '../../support/teams/specimens.ts';
import { openTeamsStage } from '../../support/teams/stage.ts';
import type { TeamsStage } from '../../support/teams/stage.ts';

function conversation(activity: ActivityJson): Conversation {
  const read = readActivity(JSON.stringify(activity));
  if (read.kind === 'bad') throw new Error(read.why);
  return conversationOf(read.activity);
}

describe('saying something in Teams', () => {
  let stage: TeamsStage;
  let here: Conversation;
  beforeAll(async () => {
    stage = await openTeamsStage({ mode: 'teams' });
  });
  afterAll(() => stage.close());
  beforeEach(() => {
    stage.platform.conversations.add(PRIVATE);
    stage.platform.conversations.add(CHANNEL);
    here = conversation(privateWords(stage.platform.url, 'x'));
  });
  const say = (words: string, more: Partial<Utterance> = {}, previous?: string): Promise<string> =>
    stage.surface.deliver({ conversation: here, key: 'k', message: message('good', words), ...more }, previous);

  it.each([412, 429, 500, 502, 503, 504])('is tried again after %i, with jitter', async (status) => {
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      stage.platform.fail(status, 'Busy', 1);
      const error = await say('later').catch((each: unknown) => each);
      expect(error).toBeInstanceOf(DeliveryLater);
      waits.push((error as DeliveryLater).afterMs);
    }
    expect(new Set(waits).size).toBeGreaterThan(1);
  });

  it('waits as long as Teams asks, and no shorter', async () => {
    stage.platform.fail(429, 'TooManyRequests', 1, { 'retry-after': '7' });
    const error = (await say('later').catch((each: unknown) => each)) as DeliveryLater;
    expect(error.afterMs).toBeGreaterThanOrEqual(7000);
    expect(error.afterMs).toBeLessThanOrEqual(10_500);
  });

  it.each([
    [403, 'MessageWritesBlocked', 'install it again'],
    [404, 'ConversationNotFound', 'gone'],
  ])('is given up after %i %s, with why', async (status, code, why) => {
    stage.platform.fail(status, code, 1);
    const error = await say('never').catch((each: unknown) => each);
    expect(error).toBeInstanceOf(DeliveryNever);
    expect((error as Error).message).toContain(why);
  });

  it('is told elsewhere when Teams is away for long, and when it is back', async () => {
    await say('before');
    stage.reached.length = 0;
    stage.platform.fail(503, 'Away', 4);
    for (let round = 0; round < 4; round += 1) await say('lost').catch(() => {});
    await say('after');
    expect(stage.reached).toEqual([expect.stringContaining('unreachable: Teams answered 503 Away'), 'reachable']);
  });

  it('gets a new token where the old one is refused, and then goes on', async () => {
    stage.platform.fail(401, 'Unauthorized', 1);
    await say('with a fresh token');
    expect(JSON.stringify(stage.platform.messages.at(-1)?.activity)).toContain('with a fresh token');
  });

  it('is said as a smaller card where Teams finds it too large', async () => {
    stage.platform.fail(413, 'MessageSizeTooBig', 1);
    await stage.surface.deliver({ conversation: here, key: 'big', message: allAtWorst(), loud: true }, undefined);
    expect(JSON.stringify(stage.platform.messages.at(-1)?.activity).length * 2).toBeLessThan(9000);
  });

  it('is not posted twice where only its file could not be sent', async () => {
    const file = { name: 'report.md', type: 'text/markdown', text: '# x' } as const;
    const { platform } = stage;
    const before = platform.messages.length;
    platform.passOnce();
    platform.fail(503, 'Busy', 1);
    const spoiled = await say('with a file', { key: 'f', file }).catch((each: unknown) => each);
    expect(spoiled).toBeInstanceOf(DeliveryLater);
    await say('with a file', { key: 'f', file });
    const posted = platform.messages.slice(before).map((each) => JSON.stringify(each.activity));
    expect(posted.filter((each) => each.includes('with a file'))).toHaveLength(1);
    expect(posted.filter((each) => each.includes('file.consent'))).toHaveLength(1);
  });

  it('is posted anew where somebody took the old one away', async () => {
    const before = stage.platform.messages.length;
    const id = await say('again', {}, '123456');
    expect(id).not.toBe('123456');
    expect(stage.platform.messages.length).toBe(before + 1);
  });

  it('is posted beneath where it is loud, though something stands there', async () => {
    const first = await say('quiet');
    const second = await say('loud', { loud: true }, first);
    expect(second).not.toBe(first);
    expect(stage.platform.messages.find((each) => each.id === first)?.edits).toBe(0);
  });

  it('goes into the thread of a channel, and the reference survives a restart', async () => {
    stage.platform.messages.push({ conversation: CHANNEL, id: '1690000000000', activity: {}, edits: 0 });
    const kept: Conversation = JSON.parse(
      JSON.stringify(conversation(channelWords(stage.platform.url, 'x', '1690000000000'))),
    );
    await stage.surface.deliver({ conversation: kept, key: 'c', message: message('good', 'in the thread') }, undefined);
    expect(stage.platform.messages.at(-1)?.conversation).toBe(`${CHANNEL};messageid=1690000000000`);
  });

  it('begins a thread where it is said in a channel by itself', async () => {
    const id = await stage.surface.deliver(
      { conversation: { surface: 'teams', id: CHANNEL }, key: 'm', message: message('critical', 'good morning') },
      undefined,
    );
    const thread = { surface: 'teams' as const, id: `${CHANNEL};messageid=${id}` };
    await stage.surface.deliver({ conversation: thread, key: 'n', message: message('good', 'beneath') }, undefined);
    expect(stage.platform.messages.at(-1)?.conversation).toBe(thread.id);
  });

  it('begins a private chat with a person, once', async () => {
    const person: Conversation = { surface: 'teams', id: `person:${TENANT}/${ANA.aadObjectId}` };
    await stage.surface.deliver({ conversation: person, key: 'a', message: message('critical', 'wake up') }, undefined);
    await stage.surface.deliver({ conversation: person, key: 'b', message: message('critical', 'please') }, undefined);
    const [one, two] = stage.platform.messages.slice(-2);
    expect(one?.conversation).toMatch(/^a:/);
    expect(two?.conversation).toBe(one?.conversation);
    expect(stage.platform.requests.filter((each) => each === 'POST /v3/conversations')).toHaveLength(1);
  });

  it('sends no token to an address that is none of Teams, though a reference names it', async () => {
    const bent = conversation(privateWords('https://evil.example/', 'x'));
    const error = await stage.surface
      .deliver({ conversation: bent, key: 'e', message: message('good', 'secret') }, undefined)
      .catch((each: unknown) => each);
    expect(error).toBeInstanceOf(DeliveryNever);
  });

  it('mentions whom the message calls by the ids of the configuration alone, and nobody by words from outside', async () => {
    const calls = { ...message('critical', [foreign('<at>ben</at> come')]), calls: ['ana', 'nobody-known'] };
    await say('', { message: calls, loud: true });
    const sent = JSON.stringify(stage.platform.messages.at(-1)?.activity);
    const mention = { type: 'mention', text: '<at>ana</at>', mentioned: { id: ANA.aadObjectId, name: 'ana' } };
    expect(sent).toContain(`"entities":[${JSON.stringify(mention)}]`);
    expect(sent.match(/"type":"mention"/g)).toHaveLength(1);
  });

  it('mentions nobody in a drill, whose people have the names of ours', async () => {
    await say('', { message: { ...message('critical', 'come'), calls: ['ana'], drill: true }, loud: true });
    expect(JSON.stringify(stage.platform.messages.at(-1)?.activity)).not.toContain('"entities"');
  });

  it('notifies with the summary in plain words', async () => {
    const words = message('warning', ['listed: ', foreign('*x*\u202e')], text('more'));
    await stage.surface.deliver({ conversation: here, key: 's', message: words }, undefined);
    expect(stage.platform.messages.at(-1)?.activity).toMatchObject({ summary: 'listed: *x*<U+202E>' });
  });
});

it('keeps the pace of Teams for each thread by itself: 7 in a second, 60 in 30 s', () => {
  let now = 0;
  const pace = openPace(() => now);
  const burst = Array.from({ length: 8 }, () => pace.take('a'));
  expect(burst.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(burst[7]).toBeGreaterThan(0);
  expect(pace.take('b')).toBe(0);
  let sent = 7;
  while (now < 30_000) {
    now += 100;
    if (pace.take('a') === 0) sent += 1;
  }
  expect(sent).toBeLessThanOrEqual(61);
  expect(sent).toBeGreaterThanOrEqual(58);
});
