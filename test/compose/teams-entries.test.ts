/** Every way into the bot from Teams, by a whole bot; and what waits to be said there while it is dead. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEY_PREFIX, openProducer, parseRedisUrl, whenReady } from '../../adapters/redis/connection.ts';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { startRedis } from '../lab/redis.ts';
import type { RedisServer } from '../lab/redis.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { startService } from '../support/service.ts';
import type { Service } from '../support/service.ts';
import { BOT, GROUP, PRIVATE, TENANT, ANA, groupWords, press, privateWords } from '../support/teams/people.ts';
import type { ActivityJson } from '../support/teams/people.ts';
import { startPlatform } from '../support/teams/platform.ts';
import type { Platform, SimulatedMessage } from '../support/teams/platform.ts';

const MESSAGE = '<div>Delivery failed: <b>550 5.7.1</b> client [185.12.45.7] blocked using zen.spamhaus.org</div>';

const CONFIGURATION = `sites: [{name: hq, addresses: [9.9.9.9]}]
resolvers: ["127.0.0.1:9"]
people: [{name: ana, role: admin, teams: ${TENANT}/${ANA.aadObjectId}}]
`;

describeLab('the ways into the bot in Teams', { sets: ['redis'] }, () => {
  let bot: Bot;
  let redis: RedisServer;
  let platform: Platform;
  let service: Service;
  beforeAll(async () => {
    bot = makeBot();
    redis = await startRedis(['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--appendfsync', 'always']);
    platform = await startPlatform({ tokens: false });
    platform.conversations.add(PRIVATE);
    platform.conversations.add(GROUP);
    await start();
  });
  afterAll(async () => {
    await service.stop();
    await platform.close();
    await redis.stop();
    await bot.clean();
  });

  async function start(): Promise<void> {
    service = await startService(bot, { config: CONFIGURATION, env: { REDIS_URL: redis.url, TEAMS_LOCAL: '1' } });
  }
  const post = async (activity: ActivityJson): Promise<unknown> => {
    const response = await fetch(`${service.address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const said = (words: string, where = PRIVATE): readonly SimulatedMessage[] =>
    platform.messages.filter((each) => each.conversation === where && JSON.stringify(each.activity).includes(words));
  const invoke = (name: string, value: object): Promise<unknown> => post(press(platform.url, {}, { name, value }));

  it('greets the group chat that it is added to, answers there where it is mentioned, and leaves chatter alone', async () => {
    const added = groupWords(platform.url, '', { type: 'conversationUpdate', membersAdded: [{ id: BOT.id }] });
    await post({ ...added, text: undefined, entities: undefined });
    await until(() => said('Tourniquet is here', GROUP).length === 1, 15_000, 'the greeting');
    await post(groupWords(platform.url, '', { text: 'shall we have lunch?', entities: [] }));
    await post(groupWords(platform.url, 'windows 6.0.6001'));
    await until(() => said('Windows Vista', GROUP).length === 1, 15_000, 'the answer');
    expect(platform.messages.filter((each) => each.conversation.startsWith(GROUP))).toHaveLength(2);
  });

  it('opens a form from a message with what it says, and the form becomes an incident', async () => {
    const messagePayload = { id: '1', body: { contentType: 'html', content: MESSAGE } };
    const opened = await invoke('composeExtension/fetchTask', { commandId: 'incident-from-message', messagePayload });
    expect(JSON.stringify(opened)).toContain('185.12.45.7');
    const data = { form: 'incident-from-message', words: 'hq refused: 550 5.7.1, 185.12.45.7, zen.spamhaus.org' };
    const closed = await invoke('composeExtension/submitAction', { commandId: 'incident-from-message', data });
    expect(JSON.stringify(closed)).toContain('Taken');
    await until(
      () => said('Incident 1').some((each) => JSON.stringify(each.activity).includes('185.12.45.7')),
      20_000,
      'the incident',
    );
  });

  it('hears a form as the line one would have typed, and says on it what is wrong', async () => {
    const opened = await invoke('task/fetch', { data: { form: 'say' } });
    expect(JSON.stringify(opened)).toContain('AdaptiveCard');
    const wrong = await invoke('task/submit', { data: { form: 'say', line: 'frobnicate' } });
    expect(JSON.stringify(wrong)).toContain('there is no command');
    await invoke('task/submit', { data: { form: 'say', line: 'windows 10.0.20348' } });
    await until(() => said('Windows Server 2022').length === 1, 15_000, 'the answer');
  });

  it('says in order, once, what waited while Teams was away and the bot was killed', async () => {
    const versions = ['6.1.7601', '6.3.9600', '10.0.14393', '10.0.17763', '10.0.22631'];
    const before = platform.messages.length;
    platform.fail(503, 'Away', 10_000);
    const requests = platform.requests.length;
    for (const version of versions) {
      await post(privateWords(platform.url, `windows ${version}`));
      // Each is answered before the next is asked: what is looked at is the order of what waits.
      await until(async () => (await waiting()) > versions.indexOf(version), 15_000, 'the answer to wait');
    }
    await until(() => platform.requests.length > requests, 15_000, 'a try');
    await service.stop('SIGKILL');
    platform.heal();
    await start();
    const after = (): readonly string[] =>
      platform.messages
        .slice(before)
        .map((each) => JSON.stringify(each.activity))
        .filter((each) => !each.includes('reached'));
    await until(() => after().length >= versions.length, 60_000, 'all of them');
    expect(after().map((each) => versions.findIndex((version) => each.includes(version)))).toEqual([0, 1, 2, 3, 4]);
  });

  async function waiting(): Promise<number> {
    const client = openProducer(parseRedisUrl(redis.url));
    await whenReady(client, 5000);
    const keys = await client.keys(`${KEY_PREFIX}:outbox:teams:q:*`);
    const lengths = await Promise.all(keys.map((key) => client.llen(key)));
    client.disconnect();
    return lengths.reduce((sum, each) => sum + each, 0);
  }
});
