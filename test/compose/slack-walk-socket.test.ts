/** The whole of "Pull the plug" in Slack over Socket Mode, by buttons alone: nothing reaches the bot from outside. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { freePort, until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';
import { Person, overSocket } from '../support/slack/person.ts';
import { APP_TOKEN, BOT_TOKEN, startSlackServer } from '../support/slack/server.ts';
import type { SlackServer } from '../support/slack/server.ts';
import { pullThePlug } from '../support/slack/walk.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

describeLab('"Pull the plug" in Slack over Socket Mode', { sets: ['redis'] }, () => {
  let slack: SlackServer;
  let bot: Bot;
  let child: ChildProcess;
  let log = '';
  beforeAll(async () => {
    bot = makeBot();
    slack = await startSlackServer();
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
        SLACK_APP_TOKEN: APP_TOKEN,
        SLACK_API_URL: slack.apiUrl,
      },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await until(() => log.includes('connected over Socket Mode'), 20_000, 'the socket');
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    await slack.close();
    await bot.clean();
  });

  it('goes from the first look to a closed incident, without a port of its own', async () => {
    await pullThePlug(slack, () => new Person(slack, overSocket(slack), { channel: 'D0ANNA' }));
    expect(log).not.toContain('the chats are heard here');
  }, 120_000);
});
