import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { startBox, wire } from './box.ts';
import type { Box } from './box.ts';
import { describeLab } from './packages.ts';

const leftovers = (): readonly string[] => [
  ...readFileSync('/proc/self/mounts', 'utf8').split('\n'),
  ...readdirSync('/sys/class/net'),
  ...readdirSync(tmpdir()).filter((name) => name.startsWith('tq-box-')),
];

describeLab('a box of the lab', { sets: ['net'], root: true }, () => {
  const started: Box[] = [];
  const start = async (name: string): Promise<Box> => {
    const box = await startBox({ name, sets: ['net'] });
    started.push(box);
    return box;
  };
  afterEach(async () => {
    for (const box of started.splice(0)) await box.stop();
  });

  it('has a name, processes, interfaces and files of its own', async () => {
    const box = await start('island');
    expect((await box.must(['hostname'])).trim()).toBe('island');
    box.write('/etc/only-here', 'yes');
    expect(await box.must(['cat', '/etc/only-here'])).toBe('yes');
    expect(() => readFileSync('/etc/only-here')).toThrow('ENOENT');
    expect(JSON.parse(await box.must(['ip', '-j', 'link']))).toHaveLength(1);
    expect((await box.must(['nft', '--version'])).startsWith('nftables')).toBe(true);
    expect(await box.exec(['sh', '-c', 'cat; echo no >&2; exit 7'], 'in')).toEqual({ code: 7, out: 'in', err: 'no\n' });
  });

  it('never writes into this system’s own files, however quickly it is written to', async () => {
    const own = ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'].map((path) => readFileSync(path, 'utf8'));
    for (let times = 0; times < 5; times += 1) await start(`quick${times}`);
    expect(['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'].map((path) => readFileSync(path, 'utf8'))).toEqual(own);
    expect(() => readFileSync('/.tourniquet-box')).toThrow('ENOENT');
  });

  it('is wired to another one', async () => {
    const [a, b] = await Promise.all([start('left'), start('right')]);
    await wire(a, 'eth0', b, 'eth0');
    await a.must(['ip', 'address', 'add', '10.9.0.1/24', 'dev', 'eth0']);
    await b.must(['ip', 'address', 'add', '10.9.0.2/24', 'dev', 'eth0']);
    expect(await a.must(['ip', 'route', 'get', '10.9.0.2'])).toContain('dev eth0 src 10.9.0.1');
  });

  it('leaves nothing on this system, though a daemon ran in it', async () => {
    const before = leftovers();
    const box = await start('brief');
    await box.must(['sh', '-c', 'setsid sleep 1000 >/dev/null 2>&1 &']);
    expect(await box.must(['ps', '-ef'])).toContain('sleep 1000');
    const inside = readFileSync(`/proc/${box.pid}/task/${box.pid}/children`, 'utf8').trim();
    expect(inside).not.toBe('');
    await box.stop();
    expect(() => readFileSync(`/proc/${inside}/comm`)).toThrow(/ENOENT|ESRCH/);
    expect(leftovers()).toEqual(before);
  });

  it('kills the process proper, not the one that led into the box', async () => {
    const box = await start('short');
    const sleeping = box.start(['sleep', '1000']);
    const ended = new Promise((resolve) => {
      sleeping.child.once('exit', (code, signal) => resolve([code, signal]));
    });
    while (!(await box.must(['ps', '-e'])).includes('sleep'));
    sleeping.kill('SIGKILL');
    await ended;
    expect(await box.must(['ps', '-e'])).not.toContain('sleep');
  });
});
