/** A drill in one of two processes over one Redis: what is said in it reaches it, and nothing of it is real. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../lab/packages.ts';
import { until } from '../../lab/process.ts';
import { makeBot } from '../../support/bot.ts';
import type { Bot } from '../../support/bot.ts';

const TQ = join(import.meta.dirname, '../../../bin/tq');

interface Running {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
}

describeLab('a drill where two processes work', { sets: ['redis'] }, () => {
  let bot: Bot;
  let player: Running;
  let other: Running;

  function start(words: readonly string[]): Running {
    const env = { ...process.env, TOURNIQUET_DATA: bot.dataFolder, NO_COLOR: '1', LOG_LEVEL: 'info' };
    const more = { TOURNIQUET_OPERATIONS_PORT: '0', PORT: '0' };
    const child = spawn(TQ, [...words], { cwd: bot.dataFolder, env: { ...env, ...more }, stdio: 'pipe' });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    return { child, out: () => text.out, err: () => text.err };
  }

  /** What the player's terminal prints from here on, once it matches. */
  async function say(line: string, answer: RegExp): Promise<string> {
    const from = player.out().length;
    player.child.stdin?.write(`${line}\n`);
    await until(() => answer.test(player.out().slice(from)), 40_000, `the answer to ${line}`);
    return player.out().slice(from);
  }

  beforeAll(async () => {
    bot = makeBot();
    player = start(['chat']);
    await say('drill start infected-workstation --seed 3 --speed 1', /DRILL ▲ Tuesday, 07:30/);
    other = start(['start', '--role', 'worker']);
    await until(() => other.err().includes('started'), 60_000, 'the other process');
  });
  afterAll(async () => {
    for (const { child } of [player, other]) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve));
    }
    await bot.clean();
  });

  it('is answered by the one that plays it, also where the other took what was said', async () => {
    // The one that has just finished takes the next at once; in between both are idle, and the longest idle is served first.
    while (!other.err().includes('handed on to the process that plays the drill')) {
      expect(await say('ledger', /in force/)).toMatch(/^DRILL /);
      await sleep(500);
    }
  });

  it('lets one person at one keyboard propose, and approve as somebody else', async () => {
    await say('drill join', /DRILL ✔ You approve from now on/);
    await say('open', /DRILL ✔ Incident 1 is open/);
    await say('freeze mx1', /DRILL ▲ Measure 1: freeze outbound mail of mx1\?/);
    expect(await say('approve 1', /DRILL ▲ who proposed measure 1/)).toContain('ask a second person');
    await say('drill as ben approve 1', /DRILL ▲ Measure 1: freeze outbound mail of mx1: in force/);
    await say('skip', /DRILL \? skip needs a reason/);
    await say('drill as ben aprove 1', /DRILL \? .*aprove/);
  });

  it('leaves no trace in the real incidents, ledger, audit log and figures', async () => {
    const real = async (...words: string[]) => (await bot.run([...words])).out;
    expect(JSON.parse(await real('incidents', '--all', '--json'))).toMatchObject({ incidents: [] });
    expect(JSON.parse(await real('ledger', '--json'))).toMatchObject({ measures: [] });
    expect(await real('audit-log', 'verify')).toMatch(/The audit log has no entries yet/);
    expect(JSON.parse(await real('status', '--json'))).toMatchObject({ measures: { standing: 0 } });
    const beside = await bot.run(['chat'], { input: 'ledger\n' });
    expect(beside.out).toContain('Nothing is in force.');
    expect(beside.out).not.toContain('DRILL');
  });

  it('is over when it is stopped, and what is said afterwards is real again, whoever takes it', async () => {
    const before = other.err().length;
    await say('drill stop', /DRILL .* The drill is over/);
    expect(await say('ledger', /in force/)).not.toContain('DRILL');
    expect(other.err().slice(before)).not.toContain('"level":"error"');
  });
});
