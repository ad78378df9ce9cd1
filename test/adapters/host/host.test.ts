import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { sshArgv } from '../../../adapters/host/ssh.ts';
import { FenceLost } from '../../../src/ports/host.ts';

const LIMITS = { deadlineMs: 20_000, longest: 100 };
const host = openHost('mx1', (argv) => argv);

async function collect(argv: readonly string[], limits = LIMITS): Promise<readonly (string | undefined)[]> {
  const all: (string | undefined)[] = [];
  for await (const lines of host.lines(argv, limits)) all.push(...lines);
  return all;
}

describe('a host', () => {
  it('runs an argv as it is: nothing in it is a shell’s', async () => {
    expect(await collect(['printf', '%s\\n', '$(id)', 'a b', ';ls', '*'])).toEqual(['$(id)', 'a b', ';ls', '*']);
  });

  it('gives lines as they come, and a line that is too long as undefined', async () => {
    expect(await collect(['printf', `one\\n${'x'.repeat(500)}\\nthree`])).toEqual(['one', undefined, 'three']);
  });

  it.each([
    [['no-such-tool-here'], 20_000, 'Is it installed'],
    [['sh', '-c', 'echo denied >&2; exit 69'], 20_000, 'ended with status 69: denied'],
    [['sleep', '30'], 312.3456, 'did not end within 0.3 s'],
  ])('says of %j within %d ms what is unknown and why', async (argv, deadlineMs, why) => {
    await expect(collect(argv, { deadlineMs, longest: 100 })).rejects.toThrow(why);
  });
});

it('does not wait for what a program leaves behind that keeps its errors open, as the reused ssh connection did before 8.5', async () => {
  const argv = ['sh', '-c', 'sleep 30 >/dev/null & echo begun; echo "a warning" >&2'];
  const began = performance.now();
  expect(await collect(argv, { deadlineMs: 25_000, longest: 100 })).toEqual(['begun']);
  expect(await host.run(argv, { deadlineMs: 25_000 })).toEqual({ code: 0, out: 'begun\n', err: 'a warning\n' });
  expect(performance.now() - began).toBeLessThan(20_000);
});

it('keeps its deadline though a child of the program holds its output', async () => {
  const argv = ['sh', '-c', 'sleep 30 & echo begun; wait'];
  const began = performance.now();
  await expect(collect(argv, { deadlineMs: 300, longest: 100 })).rejects.toThrow('did not end within 0.3 s');
  await expect(host.run(argv, { deadlineMs: 300 })).rejects.toThrow('did not end within 0.3 s');
  expect(performance.now() - began).toBeLessThan(20_000);
});

describe('ssh', () => {
  const reach = { host: 'mx2.example.com', user: 'tourniquet', port: 2222, keyFile: '/k', knownHostsFile: '/h' };

  it('leaves nothing to a configuration file and asks nobody', () => {
    const argv = sshArgv(reach, ['postqueue', '-j'], '/c').join(' ');
    for (const part of [
      '-F none',
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'UserKnownHostsFile=/h',
      'IdentityFile=/k',
      '-p 2222',
      '-l tourniquet',
      '-- mx2.example.com env PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" LC_ALL=C postqueue -j',
    ])
      expect(argv).toContain(part);
  });

  it('speaks to Windows without what only Unix has', () => {
    expect(sshArgv(reach, ['powershell', '-File', 'C:/x.ps1'], '/c').at(-1)).toBe('powershell -File C:/x.ps1');
  });

  it('has every word arrive at the far shell as it was', async () => {
    const words = ['printf', '%s\\n', "it's", '$(id)', 'a b', '`ls`', '"', '\\', '*'];
    const remote = sshArgv(reach, words, '/c').at(-1) ?? '';
    expect(await collect(['sh', '-c', remote])).toEqual(words.slice(2));
  });
});

const folder = mkdtempSync(join(tmpdir(), 'tq-host-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the listing of a configured server is read through its own tool, and one that fails is unknown, never empty', async () => {
  const { makeBot } = await import('../../support/bot.ts');
  const bot = makeBot();
  const tool = join(folder, 'postqueue');
  const line = JSON.stringify({
    queue_name: 'deferred',
    queue_id: 'A843F21E832',
    arrival_time: 1_795_490_579,
    message_size: 3,
    sender: 'MAILER-DAEMON',
    recipients: [{ address: 'a@b.example' }],
  });
  writeFileSync(tool, `#!/bin/sh\n[ "$1" = -j ] || exit 64\necho '${line}'\n`);
  chmodSync(tool, 0o755);
  writeFileSync(join(bot.dataFolder, 'tourniquet.yaml'), 'servers:\n  - {name: mx1, mta: postfix}\n');
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const said = await bot.run(['queue', 'mx1', '--json'], { env });
  expect(JSON.parse(said.out)).toMatchObject({
    schema: 'tourniquet.queue/1',
    server: 'mx1',
    mta: 'postfix',
    messages: 1,
    nullSender: { messages: 1 },
  });
  const again = await bot.run(['queue', 'mx1'], { env });
  expect(again.out).toMatch(/Since the last look \d+ s ago: nothing changed\./);
  const shown = await bot.run(['queue', 'mx1', 'top', 'oldest'], { env });
  expect(shown.out).toMatch(/A843F21E832\s+deferred\s+<> \(null sender\)/);
  expect(await bot.run(['queue', 'mx1', 'show', 'ALL--all'], { env })).toMatchObject({
    status: 64,
    err: expect.stringContaining('is no queue id that postfix would give'),
  });
  writeFileSync(tool, '#!/bin/sh\necho "postqueue: fatal: mail system is down" >&2\nexit 69\n');
  const failed = await bot.run(['queue', 'mx1'], { env });
  expect(failed).toMatchObject({ status: 3, out: expect.stringContaining('mail system is down') });
  expect(await bot.run(['queue', 'mx7'], { env })).toMatchObject({
    status: 64,
    err: expect.stringContaining('say one of mx1'),
  });
  await bot.clean();
});

describe('a program run to its end', () => {
  const fences = mkdtempSync(join(tmpdir(), 'tourniquet-fence-'));
  const fenced = openHost('gw', (argv) => argv, join(fences, 'fence'));
  afterAll(() => rmSync(fences, { recursive: true }));

  it('gives its status and what it printed, and reads what it is given', async () => {
    const ran = await fenced.run(['sh', '-c', 'cat; echo no >&2; exit 3'], { deadlineMs: 20_000, input: 'a $(id)\n' });
    expect(ran).toEqual({ code: 3, out: 'a $(id)\n', err: 'no\n' });
  });

  it('passes its words on as they are, behind the fence too', async () => {
    const ran = await fenced.run(['printf', '%s|', '$(id)', "it's", '-n'], { deadlineMs: 20_000, fence: 3 });
    expect(ran).toEqual({ code: 0, out: "$(id)|it's|-n|", err: '' });
  });

  it('is refused by the host where a larger number was seen, and does nothing', async () => {
    const file = join(fences, 'effect');
    await fenced.run(['true'], { deadlineMs: 20_000, fence: 9 });
    await expect(fenced.run(['touch', file], { deadlineMs: 20_000, fence: 8 })).rejects.toThrow(FenceLost);
    expect(existsSync(file)).toBe(false);
    await fenced.run(['touch', file], { deadlineMs: 20_000, fence: 9 });
    expect(existsSync(file)).toBe(true);
  });

  it('does nothing where the fence’s number can’t be kept, but for an undo that is not too late', async () => {
    const full = mkdtempSync(join(fences, 'full-'));
    await openHost('gw', (argv) => argv, full).run(['true'], { deadlineMs: 20_000, fence: 5 });
    // Nothing can be written to any file.
    const limit = ['sh', '-c', 'trap "" XFSZ; ulimit -f 0; exec "$@"', 'x'];
    const crowded = openHost('gw', (argv) => [...limit, ...argv], full);
    expect((await crowded.run(['true'], { deadlineMs: 20_000, fence: 6 })).code).not.toBe(0);
    expect((await crowded.run(['true'], { deadlineMs: 20_000, fence: 6, undoes: true })).code).toBe(0);
    await expect(crowded.run(['true'], { deadlineMs: 20_000, fence: 4, undoes: true })).rejects.toThrow(FenceLost);
  });

  it('never overlaps with another behind the same fence', async () => {
    const log = join(fences, 'log');
    const argv = ['sh', '-c', 'echo in >> "$1"; sleep 0.1; echo out >> "$1"', 'x', log];
    await Promise.all([1, 2, 3].map(() => fenced.run(argv, { deadlineMs: 20_000, fence: 10 })));
    expect(readFileSync(log, 'utf8')).toBe('in\nout\nin\nout\nin\nout\n');
  });

  it('says that its outcome is unknown where it does not end in time', async () => {
    await expect(fenced.run(['sleep', '30'], { deadlineMs: 200 })).rejects.toThrow('is looked up again');
  });
});
