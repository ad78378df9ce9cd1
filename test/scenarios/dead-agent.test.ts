/** An agent that dies while its measure stands: how long until somebody's telephone rings. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
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
import { startPagerDuty } from '../support/paging-services.ts';
import type { PagingService } from '../support/paging-services.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');
const KEY = 'k'.repeat(32);

describeLab('a bot whose agent dies', { sets: ['redis', 'net'] }, () => {
  let redis: RedisServer;
  let gateway: Box;
  let agent: Inside;
  let pager: PagingService;
  let bot: Bot;
  let host: Bot;
  let house: ChildProcess;
  let socket: string;
  beforeAll(async () => {
    [bot, host] = [makeBot(), makeBot()];
    socket = join(host.dataFolder, 'line.sock');
    [redis, gateway, pager] = await Promise.all([
      startRedis(['--maxmemory-policy', 'noeviction', '--unixsocket', socket]),
      startBox({ name: 'gateway', sets: ['net'] }),
      startPagerDuty(KEY),
    ]);
    await gateway.must(['ip', 'link', 'add', 'wan0', 'type', 'bridge']);
    await gateway.must(['ip', 'link', 'set', 'wan0', 'up']);
    writeFileSync(join(bot.dataFolder, 'key'), KEY, { mode: 0o600 });
    for (const each of [bot, host]) writeFileSync(join(each.dataFolder, 'tourniquet.yaml'), config());
    await startAgent();
    house = spawn(TQ, ['start'], { env: { ...process.env, ...env(), PORT: '0' }, stdio: ['pipe', 'pipe', 'inherit'] });
  });
  afterAll(async () => {
    house.kill('SIGKILL');
    await gateway.stop();
    await redis.stop();
    await pager.close();
    await Promise.all([bot.clean(), host.clean()]);
  });
  const config = (): string => `sites: [{ name: hq, firewall: gateway }]
firewalls: [{ name: gateway, kind: nftables, reach: agent, outside: [wan0] }]
people: [{ name: ana, role: admin, terminal: root }]
escalation: { tiers: [{ call: [ana], by: [page], waitMinutes: 5 }] }
paging: [{ name: duty, kind: pagerduty, keyFile: ${join(bot.dataFolder, 'key')}, url: '${pager.url}/v2/enqueue' }]
`;
  const env = (): Record<string, string> => ({
    REDIS_URL: redis.url,
    TOURNIQUET_DATA: bot.dataFolder,
    TOURNIQUET_CONFIG: join(bot.dataFolder, 'tourniquet.yaml'),
    LOG_LEVEL: 'warn',
  });
  const tq = (...words: readonly string[]): Promise<Outcome> => bot.run(words, { env: env() });
  async function startAgent(): Promise<void> {
    const settings = [`REDIS_URL=unix://${socket}`, `TOURNIQUET_DATA=${host.dataFolder}`];
    const file = `TOURNIQUET_CONFIG=${join(host.dataFolder, 'tourniquet.yaml')}`;
    agent = gateway.start(['env', ...settings, file, TQ, 'agent', 'gateway']);
    await until(() => agent.output().includes('the agent listens'), 20_000, 'the agent to listen');
  }

  it('pages somebody within two minutes, once, in an incident of its own, and says when it is known again', async () => {
    await tq('block', 'gateway');
    expect((await tq('break-glass', '1', 'alone in the lab')).out).toMatch(/in force/);
    agent.kill('SIGKILL');
    const died = Date.now();
    await until(() => pager.alerts.size > 0, 120_000, 'somebody to be paged');
    const seconds = (Date.now() - died) / 1000;
    expect(seconds).toBeGreaterThan(60);
    const [alert] = pager.alerts.values();
    expect(alert?.shown).toMatch(
      /^Incident 1 at hq: since \d\d:\d\d UTC it is not known how measure 1 stands \(block port 25 on gateway for everyone\)/,
    );
    expect((await tq('incident', '1')).out).toMatch(/in force|not known/);
    await startAgent();
    await until(async () => /in force/.test((await tq('ledger')).out), 60_000, 'it to be known again');
    expect((await tq('report', '1')).out).toContain('it is not known how measure 1 stands');
    expect((await tq('ack', '1')).status).toBe(0);
    await until(
      () => [...pager.alerts.values()].every((each) => each.state === 'acknowledged'),
      20_000,
      'the service to be told',
    );
    expect([...pager.alerts.values()].map((each) => each.triggered)).toEqual([1]);
    console.info(`paged ${seconds.toFixed(0)} s after the agent's death`);
    expect((await tq('undo', '1')).status).toBe(0);
  }, 300_000);
});
