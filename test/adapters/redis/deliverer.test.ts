import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RedisClient } from '../../../adapters/redis/connection.ts';
import { startDeliverer } from '../../../adapters/redis/deliverer.ts';
import { openOutbox } from '../../../adapters/redis/outbox.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { message } from '../../../src/messages/message.ts';
import { DeliveryLater, DeliveryNever } from '../../../src/ports/conversation.ts';
import type { Surface, Utterance } from '../../../src/ports/conversation.ts';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';
import { connectRedis } from '../../lab/redis.ts';
import type { ConnectedRedis } from '../../lab/redis.ts';

describeLab('the deliverer', { sets: ['redis'] }, () => {
  let connected: ConnectedRedis;
  let redis: RedisClient;
  beforeAll(async () => {
    connected = await connectRedis();
    ({ redis } = connected);
  });
  afterAll(async () => {
    await connected.close();
  });

  const utter = (id: string, key: string, words: string, more: Partial<Utterance> = {}): Utterance => ({
    conversation: { surface: 'slack', id },
    key,
    message: message('neutral', words),
    ...more,
  });

  /** Delivers what was put until `count` were said; gives what the surface was asked to do. */
  async function sayAll(
    utterances: readonly Utterance[],
    count: number,
    deliver: (words: string, previous: string | undefined) => string = (words) => `id of ${words}`,
  ): Promise<{ said: string[]; lost: string[] }> {
    const outbox = openOutbox(redis);
    for (const each of utterances) await outbox.put(each);
    const said: string[] = [];
    const lost: string[] = [];
    const surface: Surface = {
      name: 'slack',
      deliver: async ({ message: { summary } }, previous) => {
        const id = deliver(plain(summary), previous);
        said.push(`${plain(summary)} after ${previous ?? 'nothing'}`);
        return id;
      },
    };
    const deliverer = startDeliverer(outbox, 'slack', surface, (_utterance, why) => lost.push(why));
    await until(() => said.length + lost.length >= count, 10_000, `${count} to be said`);
    await deliverer.close();
    return { said, lost };
  }

  it('edits what stands under a key, and goes on editing it though something loud came between', async () => {
    await sayAll([utter('c1', 'k', 'headline')], 1);
    expect((await sayAll([utter('c1', 'k', 'wake up', { loud: true })], 1)).said).toEqual([
      'wake up after id of headline',
    ]);
    expect((await sayAll([utter('c1', 'k', 'headline, later')], 1)).said).toEqual([
      'headline, later after id of headline',
    ]);
  });

  it('keeps the order of one conversation though its first has to wait, and holds up no other', async () => {
    let refused = 0;
    const { said } = await sayAll(
      [utter('c2', 'a', 'first'), utter('c2', 'b', 'second'), utter('c3', 'a', 'elsewhere')],
      3,
      (words) => {
        if (words === 'first' && (refused += 1) < 3) throw new DeliveryLater('wait', 150);
        return words;
      },
    );
    expect(said.map((each) => each.split(' ')[0])).toEqual(['elsewhere', 'first', 'second']);
  });

  it('keeps the order where a later version comes while the first is being said', async () => {
    const outbox = openOutbox(redis);
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    const said: string[] = [];
    const surface: Surface = {
      name: 'slack',
      deliver: async ({ message: { summary } }) => {
        said.push(plain(summary));
        if (said.length === 1) await told;
        return 'id';
      },
    };
    await outbox.put(utter('c6', 'k', 'headline'));
    const deliverer = startDeliverer(outbox, 'slack', surface, () => {});
    await until(() => said.length === 1, 10_000, 'the headline to be on its way');
    await outbox.put(utter('c6', 'k', 'headline, later'));
    await outbox.put(utter('c6', 'k', 'wake up', { loud: true }));
    await outbox.put(utter('c6', 'k', 'headline, at last'));
    tell();
    await until(() => said.length >= 3, 10_000, 'all to be said');
    await outbox.put(utter('c6', 'j', 'and on'));
    await until(() => said.includes('and on'), 10_000, 'what comes after');
    await deliverer.close();
    expect(said).toEqual(['headline', 'headline, at last', 'wake up', 'and on']);
  });

  it('says only the last of several versions that wait', async () => {
    const { said } = await sayAll(
      [1, 2, 3].map((each) => utter('c4', 'k', `version ${each}`)),
      1,
    );
    expect(said).toEqual(['version 3 after nothing']);
  });

  it('gives up what can never be delivered, tells, and goes on', async () => {
    const { said, lost } = await sayAll([utter('c5', 'a', 'gone'), utter('c5', 'b', 'next')], 2, (words) => {
      if (words === 'gone') throw new DeliveryNever('the channel is gone');
      return words;
    });
    expect(lost).toEqual(['the channel is gone']);
    expect(said).toEqual(['next after nothing']);
  });
});
