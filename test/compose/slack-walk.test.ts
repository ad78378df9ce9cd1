/** The whole of "Pull the plug" in Slack, by buttons alone: signed requests over HTTP, through the queue, and back. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { freePort, until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { Person, overHttp } from '../support/slack/person.ts';
import { BOT_TOKEN, SIGNING_SECRET, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import { pullThePlug, summaryOf } from '../support/slack/walk.ts';
import type { Posted } from '../support/slack/workspace.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

describeLab('"Pull the plug" in Slack', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let bot: Bot;
  let child: ChildProcess;
  let port: number;
  let log = '';
  beforeAll(async () => {
    bot = makeBot();
    slack = await startSlackServer();
    slack.workspace.limitsRate = true;
    port = await freePort();
    writeFileSync(
      join(bot.dataFolder, 'tourniquet.yaml'),
      'people: [{name: anna, role: responder, slack: T0HOME/U0ANNA}]\n',
    );
    child = spawn(TQ, ['start'], {
      cwd: bot.dataFolder,
      env: {
        ...process.env,
        TOURNIQUET_DATA: bot.dataFolder,
        TOURNIQUET_OPERATIONS_PORT: String(await freePort()),
        SLACK_BOT_TOKEN: BOT_TOKEN,
        SLACK_SIGNING_SECRET: SIGNING_SECRET,
        SLACK_API_URL: slack.apiUrl,
        PORT: String(port),
      },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await until(() => log.includes('the chats are heard here'), 20_000, 'the bot to listen');
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    await slack.close();
    await bot.clean();
  });

  const anna = (): Person => new Person(slack, overHttp(`http://127.0.0.1:${port}/slack/events`)).in('D0ANNA');
  const shown = (): readonly Posted[] => slack.workspace.posted;

  it('goes from the first look to a closed incident; every press is answered, and no spent button is left', async () => {
    await pullThePlug(slack, anna);
    await anna().command('drill stop');
    await until(() => shown().some((each) => each.text.includes('The drill is over')), 15_000, 'the score');
    expect(shown().find((each) => each.text.includes('The drill is over'))?.text).toContain('contained');
  }, 120_000);

  it('keeps a drill in a channel to itself: its threads belong to it, and nothing of it becomes real once it is over', async () => {
    const inChannel = (): readonly Posted[] => shown().filter((each) => each.channel === 'C0OPS');
    const saying = (words: string): Posted | undefined => inChannel().findLast((each) => each.text.includes(words));
    const ops = (): Person => anna().in('C0OPS');
    await ops().command('drill start nothing-wrong --seed 1');
    await until(() => saying('You come in') !== undefined, 15_000, 'the drill to begin');
    const briefing = saying('You come in');
    if (!briefing) throw new Error('nothing was said');
    await ops().press(briefing, 'Look what happened');
    const beneath = (): readonly Posted[] => inChannel().filter((each) => each.thread === briefing.ts);
    await until(() => beneath().length > 0 && !beneath()[0]?.text.includes('working'), 15_000, 'the look beneath it');
    expect(beneath()[0] && summaryOf(beneath()[0] as Posted)).toMatch(/^DRILL/);
    await ops().reply(briefing, 'incidents');
    await until(() => saying('No incident')?.thread === briefing.ts, 15_000, 'an answer in the thread');
    expect(summaryOf(saying('No incident') as Posted)).toMatch(/^DRILL/);
    await ops().command('drill stop');
    await until(() => saying('The drill is over') !== undefined, 15_000, 'the score');
    await ops().press(briefing, 'Look what happened');
    await until(() => saying('belongs to a drill that is over') !== undefined, 15_000, 'the refusal');
    expect(summaryOf(saying('belongs to a drill that is over') as Posted)).not.toMatch(/^DRILL/);
  }, 60_000);
});
