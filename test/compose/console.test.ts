import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeLab } from '../lab/packages.ts';
import { until } from '../lab/process.ts';
import { makeBot } from '../support/bot.ts';
import type { Bot } from '../support/bot.ts';

const TQ = join(import.meta.dirname, '../../bin/tq');

describeLab('the console of the running bot', { sets: ['redis'] }, () => {
  let bot: Bot;
  let child: ChildProcess;
  let out = '';
  beforeEach(() => {
    bot = makeBot();
    out = '';
  });
  afterEach(async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await bot.clean();
  });

  it('prints its address at start; a link of tq console leads in; what is said there is answered there', async () => {
    child = spawn(TQ, ['start'], {
      cwd: bot.dataFolder,
      env: {
        ...process.env,
        TOURNIQUET_DATA: bot.dataFolder,
        TOURNIQUET_CONSOLE_PORT: '0',
        TOURNIQUET_OPERATIONS_PORT: '0',
        NO_COLOR: '1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await until(() => /http:\S+\/console/.test(out), 30_000, 'the address of the console');
    const link = (await bot.run(['console'])).out.trim();
    const { origin, searchParams } = new URL(link);
    expect(out).toContain(`${origin}/console`);
    const entered = await fetch(`${origin}/console/enter`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ pass: searchParams.get('pass') ?? '' }),
      headers: { origin },
    });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const events = await fetch(`${origin}/console/events`, { headers: { cookie } });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    const said = await fetch(`${origin}/console/say`, {
      method: 'POST',
      body: JSON.stringify({ id: 'event-id-1', room: 'main', text: 'ledger' }),
      headers: { origin, cookie },
    });
    expect(said.status).toBe(200);
    let seen = '';
    while (!seen.includes('Nothing is in force.')) seen += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    expect(seen).toContain('ledger');
  });

  it('says what to do where no console runs, and whom it knows where the name is nobody’s', async () => {
    child = spawn('true');
    await new Promise((resolve) => child.once('exit', resolve));
    const none = await bot.run(['console']);
    expect(none).toMatchObject({ status: 3, out: '' });
    expect(none.err).toContain('npm start');
    const nobody = await bot.run(['console', 'zoe']);
    expect(nobody.status).toBe(64);
    expect(nobody.err).toContain('"zoe" is no person of tourniquet.yaml; it names no people yet');
  });
});
