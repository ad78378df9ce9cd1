/** Bot and agent as two processes over one Redis, on a real kernel: a gateway in namespaces of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBox } from '../lab/box.ts';
import type { Box, Inside } from '../lab/box.ts';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { startRedis } from '../lab/redis.ts';
import type { RedisServer } from '../lab/redis.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot, Outcome } from '../support/bot.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

describeLab('bot and agent', { sets: ['redis', 'net'] }, () => {
  let redis: RedisServer;
  let gateway: Box;
  let agent: Inside;
  let bot: Bot;
  let host: Bot;
  let socket: string;
  beforeAll(async () => {
    bot = makeBot();
    host = makeBot();
    socket = join(host.dataFolder, 'line.sock');
    redis = await startRedis(['--maxmemory-policy', 'noeviction', '--unixsocket', socket]);
    gateway = await startBox({ name: 'gateway', sets: ['net'] });
    await gateway.must(['ip', 'link', 'add', 'wan0', 'type', 'bridge']);
    await gateway.must(['ip', 'link', 'set', 'wan0', 'up']);
    const config = `firewalls:
  - { name: gateway, kind: nftables, reach: agent, outside: [wan0] }
people:
  - { name: ana, role: admin, terminal: root }
measures: { protected: [10.77.0.5] }
agent: { measures: [block-port-25, quarantine-host], longestLeaseMinutes: 30 }
`;
    for (const each of [bot, host]) writeFileSync(join(each.dataFolder, 'tourniquet.yaml'), config);
    await startAgent();
  });
  afterAll(async () => {
    await gateway.stop();
    await redis.stop();
    await bot.clean();
    await host.clean();
  });

  async function startAgent(): Promise<void> {
    agent = gateway.start([
      'env',
      `REDIS_URL=unix://${socket}`,
      `TOURNIQUET_DATA=${host.dataFolder}`,
      `TOURNIQUET_CONFIG=${join(host.dataFolder, 'tourniquet.yaml')}`,
      TQ,
      'agent',
      'gateway',
    ]);
    await until(() => agent.output().includes('the agent listens'), 20_000, 'the agent to listen');
  }
  const tq = (...words: readonly string[]): Promise<Outcome> =>
    bot.run(words, { env: { REDIS_URL: redis.url, TOURNIQUET_CONFIG: join(bot.dataFolder, 'tourniquet.yaml') } });
  const ruleset = (): Promise<string> => gateway.must(['nft', 'list', 'ruleset']);

  it('block port 25 on the agent’s own kernel, prove it, and take it back to the byte', async () => {
    const before = await ruleset();
    const proposal = await tq('block', '--lease', '10');
    expect(proposal.out).toContain('table inet tourniquet_tq1');
    expect(await ruleset()).toBe(before);
    const done = await tq('break-glass', '1', 'alone in the lab');
    expect(done.out).toMatch(/in force/);
    expect(await ruleset()).toContain('table inet tourniquet_tq1');
    expect((await tq('ledger')).out).toMatch(/in force/);
    const undone = await tq('undo', '1');
    expect([undone.status, undone.out.trim()]).toEqual([0, expect.stringContaining('taken back')]);
    expect(await ruleset()).toBe(before);
    expect((await tq('audit-log', 'verify')).status).toBe(0);
  });

  it('keep the agent’s own limits, whatever the bot asks', async () => {
    const refused = await tq('unplug', 'gateway');
    expect(refused.err).toMatch(/agent of gateway refuses.*does not carry out unplug/);
    expect((await tq('quarantine', 'gateway', '10.77.0.5')).err).toMatch(/protected/);
  });

  it('say unknown of a dead agent, never taken back, and go on once it lives', async () => {
    const { number } = JSON.parse((await tq('block', '--json')).out) as { number: number };
    await tq('break-glass', String(number), 'alone in the lab');
    agent.kill('SIGKILL');
    const undo = await tq('undo', String(number));
    expect(undo.status).toBe(3);
    expect(await ruleset()).toContain('table inet');
    await startAgent();
    await until(
      async () => (await tq('undo', String(number))).status === 0 && !(await ruleset()).includes('tourniquet'),
      40_000,
      'it to be taken back',
    );
  });
});
