/** Several gateways and a worker on another machine: nothing twice, nothing lost, whoever dies. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { KEY_PREFIX, openProducer, parseRedisUrl, whenReady } from '../../adapters/redis/connection.ts';
import { describeLab } from '../lab/packages.ts';
import { freePort, until } from '../lab/process.ts';
import { startRedis } from '../lab/redis.ts';
import type { RedisServer } from '../lab/redis.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { Person, overHttp } from '../support/slack/person.ts';
import type { SlackPayload } from '../support/slack/person.ts';
import { BOT_TOKEN, SIGNING_SECRET, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import type { Posted } from '../support/slack/workspace.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

interface Gateway {
  readonly child: ChildProcess;
  readonly port: number;
  readonly dataFolder: string;
}

describeLab('Slack heard by several gateways', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let redis: RedisServer;
  let one: Gateway;
  let two: Gateway;
  const bots: Bot[] = [];
  const children = new Set<ChildProcess>();
  beforeAll(async () => {
    slack = await startSlackServer();
    slack.workspace.limitsRate = false;
    redis = await startRedis(['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--appendfsync', 'always']);
    [one, two] = await Promise.all([gateway(), gateway()]);
  });
  afterAll(async () => {
    await Promise.all([...children].map((child) => stop(child, 'SIGKILL')));
    await slack.close();
    await redis.stop();
    for (const bot of bots) await bot.clean();
  });
  afterEach(() => slack.workspace.heal());

  async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  /** Each has a data folder of its own, as on a machine of its own. */
  async function start(
    role: string,
    port: number,
    ready: string,
  ): Promise<{ child: ChildProcess; dataFolder: string }> {
    const bot = makeBot();
    bots.push(bot);
    const child = spawn(TQ, ['start', '--role', role], {
      cwd: bot.dataFolder,
      env: {
        ...process.env,
        TOURNIQUET_DATA: bot.dataFolder,
        TOURNIQUET_OPERATIONS_PORT: String(await freePort()),
        REDIS_URL: redis.url,
        SLACK_BOT_TOKEN: role === 'worker' ? '' : BOT_TOKEN,
        SLACK_SIGNING_SECRET: role === 'worker' ? '' : SIGNING_SECRET,
        SLACK_API_URL: slack.apiUrl,
        PORT: String(port),
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.add(child);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    await until(() => err.includes(ready), 30_000, `${role} to start`);
    return { child, dataFolder: bot.dataFolder };
  }
  async function gateway(): Promise<Gateway> {
    const port = await freePort();
    return { ...(await start('gateway', port, 'the chats are heard here')), port };
  }
  const worker = async (): Promise<ChildProcess> => (await start('worker', await freePort(), '"started"')).child;
  const address = ({ port }: Gateway): string => `http://127.0.0.1:${port}/slack/events`;
  /** Somebody whose words come by this gateway, and come again by that one. */
  const anna = (by: Gateway, again: Gateway = by): Person =>
    new Person(slack, (payload: SlackPayload, retry) => overHttp(address(retry === 0 ? by : again))(payload, retry), {
      channel: 'D0ANNA',
    });
  const said = (words: string): readonly Posted[] => slack.workspace.posted.filter((each) => each.text.includes(words));

  async function nothingPending(): Promise<void> {
    const client = openProducer(parseRedisUrl(redis.url));
    await whenReady(client, 5000);
    const pending = (): Promise<number> => client.zcard(`${KEY_PREFIX}:outbox:slack:due`);
    await until(async () => (await pending()) === 0, 20_000, 'what was said to be written down');
    client.disconnect();
  }

  it('carries what comes by one, again by the other, and again after both were killed, once', async () => {
    const busy = await worker();
    const command = await anna(one, two).command('windows 10.0.20348');
    const mention = await anna(one, two).mention('windows 10.0.17763');
    expect([command.status, mention.status]).toEqual([200, 200]);
    expect([(await command.again()).status, (await mention.again()).status]).toEqual([200, 200]);
    await until(() => said('20348').length > 0 && said('17763').length > 0, 20_000, 'both answers');
    // Killed between Slack's answer and writing it down, one would say it again: rather twice than never.
    await nothingPending();
    await Promise.all([stop(one.child, 'SIGKILL'), stop(two.child, 'SIGKILL')]);
    const [first, second] = await Promise.all([gateway(), gateway()]);
    one = first;
    two = second;
    const late = overHttp(address(two));
    expect((await late(command.payload, 2)).status).toBe(200);
    expect((await late(mention.payload, 2)).status).toBe(200);
    await anna(two).command('windows 10.0.14393');
    await until(() => said('14393').length > 0, 20_000, 'the next answer');
    expect(said('20348')).toHaveLength(1);
    expect(said('17763')).toHaveLength(1);
    await stop(busy, 'SIGTERM');
  });

  it('carries out after its death what a gateway had acknowledged, and says it once', async () => {
    const sent = await anna(one).command('windows 10.0.26100');
    expect(sent.status).toBe(200);
    await stop(one.child, 'SIGKILL');
    expect(said('26100')).toEqual([]);
    const busy = await worker();
    await until(() => said('26100').length > 0, 20_000, 'the answer');
    expect((await overHttp(address(two))(sent.payload, 1)).status).toBe(200);
    await anna(two).command('windows 10.0.19045');
    await until(() => said('19045').length > 0, 20_000, 'the next answer');
    expect(said('26100')).toHaveLength(1);
    await stop(busy, 'SIGTERM');
    one = await gateway();
  });

  it('takes from the redelivery what a gateway took with it into death', async () => {
    const busy = await worker();
    one.child.kill('SIGSTOP');
    const person = anna(one);
    const unheard = person.mention('windows 10.0.22631').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const payload = person.last;
    one.child.kill('SIGKILL');
    children.delete(one.child);
    expect(await unheard).toBeUndefined();
    if (!payload) throw new Error('nothing was sent');
    expect(said('22631')).toEqual([]);
    expect((await overHttp(address(two))(payload, 1)).status).toBe(200);
    await until(() => said('22631').length > 0, 20_000, 'the answer');
    expect(said('22631')).toHaveLength(1);
    await stop(busy, 'SIGTERM');
  });

  it('brings a dropped file to a worker on another machine, which has neither the token nor the gateway’s folder', async () => {
    const busy = await worker();
    const listing = Array.from({ length: 300 }, (_, index) =>
      JSON.stringify({
        queue_name: 'deferred',
        queue_id: `4XyZ${String(index).padStart(6, '0')}`,
        arrival_time: Math.floor(Date.now() / 1000) - 60 * index,
        message_size: 1000,
        sender: 'news@shop.example',
        recipients: [{ address: `u${index}@example.net`, delay_reason: 'connection timed out' }],
      }),
    ).join('\n');
    await anna(two).drop('mailq.json', `${listing}\n`, 'queue --mta postfix');
    await until(() => said('300 messages').length > 0, 20_000, 'what is in the file');
    expect(readdirSync(join(two.dataFolder, 'dropped'))).toEqual([]);
    await stop(busy, 'SIGTERM');
  });
});
