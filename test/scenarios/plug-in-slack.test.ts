/**
 * The plug is pulled from Slack, which is cut off by it: what goes on at the terminal meanwhile is posted in the thread
 * once Slack is back. And deaths on the way: of the bot between the card and the press, of the agent in the middle of an
 * effect, of the agent's host. Real processes on both ends of a real queue, and a real kernel.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBox } from '../lab/box.ts';
import type { Box, Inside } from '../lab/box.ts';
import { describeLab } from '../lab/packages.ts';
import { freePort, until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { Person, overHttp } from '../support/slack/person.ts';
import { BOT_TOKEN, SIGNING_SECRET, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import type { Posted } from '../support/slack/workspace.ts';
import { talkTo } from '../support/talk.ts';
import type { Talk } from '../support/talk.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');
const TITLE = 'everything is listed';
const CONFIG = `sites: [{ name: hq, addresses: [9.9.9.9], firewall: gateway }]
firewalls: [{ name: gateway, kind: nftables, reach: agent, outside: [wan0] }]
people:
  - { name: anna, role: admin, slack: T0HOME/U0ANNA, terminal: root }
  - { name: ben, role: approver, slack: T0HOME/U0BEN }
  - { name: cem, role: approver, slack: T0HOME/U0CEM }
`;

/** Stands first in the agent's PATH; on the next effect behind the fence it kills the agent, which is its parent. */
const MORTAL = `#!/bin/sh
case "$3:$4" in tourniquet:*/fence/*) if rm /run/mortal/dies 2>/dev/null; then kill -9 $PPID; exec /bin/sh "$@"; fi;; esac
exec /bin/sh "$@"
`;

describeLab('the plug, pulled from Slack', { sets: ['redis', 'net'], root: true }, () => {
  let gateway: Box;
  let bot: Bot;
  let slack: SlackServer;
  let port: number;
  let operations: number;
  let anna: Talk;
  let agent: Inside;
  const person = (id: string): Person => new Person(slack, overHttp(`http://127.0.0.1:${port}/slack/events`), { id });
  const shown = (words: string): Posted | undefined =>
    slack.workspace.posted.findLast((each) => JSON.stringify([each.text, each.blocks]).includes(words));
  const rules = (): Promise<string> => gateway.must(['nft', 'list', 'ruleset']);
  const start = async (): Promise<Talk> => {
    [port, operations] = [await freePort(), await freePort()];
    const child = spawn(TQ, ['start'], {
      cwd: bot.dataFolder,
      env: {
        ...process.env,
        TOURNIQUET_DATA: bot.dataFolder,
        TOURNIQUET_OPERATIONS_PORT: String(operations),
        SLACK_BOT_TOKEN: BOT_TOKEN,
        SLACK_SIGNING_SECRET: SIGNING_SECRET,
        SLACK_API_URL: slack.apiUrl,
        PORT: String(port),
        NO_COLOR: '1',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const talk = talkTo('anna', { child, output: () => log, kill: (signal) => void child.kill(signal) });
    await until(() => log.includes('the chats are heard here'), 30_000, 'the bot to listen');
    return talk;
  };
  const ended = async ({ inside }: Pick<Talk, 'inside'>, signal: NodeJS.Signals): Promise<void> => {
    const gone = new Promise((resolve) => inside.child.once('exit', resolve));
    inside.kill(signal);
    await gone;
  };
  const startAgent = async (): Promise<Inside> => {
    const env = [
      'PATH=/run/mortal:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `TOURNIQUET_DATA=${bot.dataFolder}/agent`,
      `TOURNIQUET_CONFIG=${bot.dataFolder}/tourniquet.yaml`,
      `REDIS_URL=unix://${bot.dataFolder}/redis/redis.sock`,
      'LOG_LEVEL=info',
    ];
    const inside = gateway.start(['env', ...env, process.execPath, join(TQ, '../../src/main.ts'), 'agent', 'gateway']);
    await until(() => inside.output().includes('the agent listens'), 30_000, 'the agent to listen');
    return inside;
  };

  beforeAll(async () => {
    bot = makeBot();
    writeFileSync(join(bot.dataFolder, 'tourniquet.yaml'), CONFIG);
    slack = await startSlackServer();
    for (const id of ['U0BEN', 'U0CEM']) slack.workspace.users.set(id, { id, team: 'T0HOME', kind: 'member' });
    gateway = await startBox({ name: 'gateway', sets: ['net'] });
    await gateway.must(['sh', '-c', 'ip link add wan0 type bridge && ip link set wan0 up && mkdir -p /run/mortal']);
    gateway.write('/run/mortal/sh', MORTAL);
    await gateway.must(['chmod', '755', '/run/mortal/sh']);
    anna = await start();
    agent = await startAgent();
  });
  afterAll(async () => {
    if (process.env['TOURNIQUET_SHOW']) process.stdout.write(anna.transcript());
    await ended(anna, 'SIGTERM');
    await gateway.stop();
    await slack.close();
    await bot.clean();
  });

  it('is approved by buttons that were shown before the bot was killed; one too late learns who decided and when', async () => {
    await person('U0ANNA').command(`open hq ${TITLE}`);
    await until(() => shown(TITLE) !== undefined, 20_000, 'the headline');
    await person('U0ANNA').command('unplug gateway --lease 10 --incident 1');
    await until(() => shown('approve 1') !== undefined, 20_000, 'the card');
    const card = shown('approve 1');
    if (!card) throw new Error('no card');
    const asShown = structuredClone(card);
    await ended(anna, 'SIGKILL');
    anna = await start();
    expect(await person('U0BEN').press(card, 'Approve')).toMatchObject({ status: 200 });
    await until(() => shown('agreed so far: ben') !== undefined, 20_000, 'the first to agree');
    expect(await rules()).not.toContain('tourniquet');
    await person('U0CEM').press(card, 'Approve');
    await until(async () => (await rules()).includes('tourniquet_tq1'), 20_000, 'the plug to be pulled');
    await until(
      () => shown('Measure 1: pull the plug on gateway for 10 min: in force') !== undefined,
      20_000,
      'the card',
    );
    await person('U0BEN').press(asShown, 'No');
    await until(() => shown('measure 1 was approved by ben and cem at') !== undefined, 20_000, 'who decided');
    // The conversation is older than what is missed.
    await new Promise((resolve) => setTimeout(resolve, 4000));
  });

  it('goes on at the terminal while Slack is cut off, and what was said there is posted in the thread afterwards', async () => {
    slack.workspace.fail('*', { kind: 'cut' }, 10_000);
    await anna.say('note the PC at the reception is off the wall --incident 1');
    await until(() => anna.inside.output().includes('"reachable":false'), 40_000, 'the outage to be noticed');
    // Also over a death of the bot.
    await ended(anna, 'SIGKILL');
    anna = await start();
    expect(await anna.say('undo 1')).toContain('Measure 1 is taken back');
    expect(await rules()).not.toContain('tourniquet');
    slack.workspace.heal();
    await until(() => shown('this happened elsewhere') !== undefined, 60_000, 'what was missed');
    const missed = shown('this happened elsewhere');
    const headline = slack.workspace.posted.find((each) => each.thread === undefined && each.text.includes(TITLE));
    expect(missed?.thread).toBe(headline?.ts);
    const said = JSON.stringify([missed?.text, missed?.blocks]);
    expect(said).not.toContain('opened by');
    expect(said).toContain('the PC at the reception is off the wall');
    expect(said).toMatch(/measure 1 is being taken back by /);
    expect(slack.workspace.posted.filter((each) => each.text.includes('this happened elsewhere'))).toHaveLength(1);
  });

  it('is carried out once though the agent is killed in the middle of it, and taken away by a reboot of its host is told', async () => {
    gateway.write('/run/mortal/dies', '');
    await anna.say('block gateway --incident 1');
    const answer = anna.begin('break-glass 2 alone at night');
    await until(() => agent.child.exitCode !== null || agent.child.signalCode !== null, 20_000, 'the agent to die');
    agent = await startAgent();
    await answer.done(60_000);
    await until(async () => /#2 .*: in force/.test(await anna.say('ledger')), 40_000, 'it to be known again');
    expect((await rules()).match(/^table inet tourniquet/gm)).toHaveLength(1);

    // A reboot: its rules are gone, and so is the agent; both come back as they begin.
    agent.kill('SIGKILL');
    await gateway.must(['nft', 'flush', 'ruleset']);
    agent = await startAgent();
    expect(await anna.say('ledger')).toMatch(/#2 block-port-25 gateway: no longer in force/);
    expect(await anna.say('undo 2')).toContain('Measure 2 is taken back');
    expect(await anna.say('close 1 that was it')).toMatch(/Incident 1 is closed/);
    expect(await anna.say('audit-log verify')).toContain('The audit log is whole');
  });
});
