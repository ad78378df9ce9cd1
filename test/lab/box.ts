/**
 * A box: a machine of the lab, made of namespaces (mount, network, process, host name) and an overlay of this system's root
 * with package sets laid over it, so that a server finds its fixed paths and nothing of it touches the system.
 *
 * Owns: start, run inside, wiring boxes together, end. Doesn't own: what runs in it.
 * Rules:
 * 1. All changes land in a tmpfs of the box's own; with the box's last process they are gone.
 * 2. The box's first process ends when its standard input is closed, and the kernel then ends every process in the box: if
 *    the test run dies, so does the box (pid_namespaces(7)).
 * 3. The first process ignores SIGCHLD, so that orphans (daemons) are reaped by the kernel (sigaction(2)).
 * 4. The project's folder, the temporary folder and the cache are shared at their own paths; unix sockets there reach
 *    across boxes, TCP and UDP don't.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SetName } from '../../bin/debian-packages.mjs';
import { programOf, unpacked } from './packages.ts';
import { until } from './process.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Box {
  readonly name: string;
  /** The first process, as this system numbers it. */
  readonly pid: number;
  /** argv -> argv that runs it inside, for whoever starts processes himself. */
  enter(argv: readonly string[]): readonly string[];
  /** Runs to its end. Never throws for a status. */
  exec(argv: readonly string[], input?: string | Buffer): Promise<Ran>;
  /** The same, but a status other than 0 is an Error with what was printed. Its standard output. */
  must(argv: readonly string[], input?: string | Buffer): Promise<string>;
  /** Starts a process that stays. `kill` reaches the process itself. */
  start(argv: readonly string[]): Inside;
  /** A file inside, by its absolute path there. */
  read(path: string): string;
  write(path: string, text: string): void;
  stop(): Promise<void>;
}

export interface Inside {
  readonly child: ChildProcess;
  output(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface BoxPlan {
  readonly name: string;
  /** Laid over the system's root, the last on top. */
  readonly sets?: readonly SetName[];
  /** HOST of the resolver; without it the box has none. */
  readonly resolver?: string;
}

const PROJECT = join(import.meta.dirname, '../..');

export async function startBox(plan: BoxPlan): Promise<Box> {
  const folder = mkdtempSync(join(tmpdir(), 'tq-box-'));
  const layers = (plan.sets ?? []).map((name) => unpacked(name).root);
  const shared = [...new Set([PROJECT, modulesFolder(), tmpdir(), dirname(unpacked('net').root)])];
  const child = spawn(
    'unshare',
    [
      '-m',
      '-n',
      '-p',
      '-u',
      '--fork',
      '--kill-child',
      'sh',
      '-ec',
      SETUP,
      'box',
      folder,
      layers.join(':'),
      plan.name,
      ...shared,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  try {
    await until(() => /^ready \d+$/m.test(printed) || child.exitCode !== null, 10_000, `the box ${plan.name} to stand`);
    if (child.exitCode !== null) throw new Error(`the box ${plan.name} could not be made: ${printed.trim()}`);
  } catch (error) {
    child.stdin.end();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const box = openBox(plan.name, Number(/^ready (\d+)$/m.exec(printed)?.[1]), child, folder);
  box.write('/etc/resolv.conf', plan.resolver === undefined ? '' : `nameserver ${plan.resolver}\n`);
  box.write('/etc/hosts', `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${plan.name}\n`);
  box.write('/etc/hostname', `${plan.name}\n`);
  return box;
}

/** A worktree's node_modules may be a link to elsewhere. */
function modulesFolder(): string {
  const real = spawnSync('readlink', ['-f', join(PROJECT, 'node_modules')], { encoding: 'utf8' }).stdout.trim();
  return existsSync(real) ? real : PROJECT;
}

/** $1 folder, $2 the sets' folders with colons between, $3 host name, the rest: shared folders. Busy paths (proc, sys, dev) are the box's own. */
const SETUP = `
folder=$1; layers=$2; name=$3; shift 3
read -r me rest < /proc/self/stat
mount --make-rprivate /
hostname "$name"
mount -t tmpfs -o mode=0755 none "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
# Copied, not stacked: a layer that lies below another layer's folder is refused (ELOOP), and the cache lies below /.
(IFS=:; for each in $layers; do cp -a "$each/." "$folder/upper/"; done)
mount -t overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" none "$folder/root"
cd "$folder/root"
mkdir -p proc sys dev run tmp
mount -t proc none proc
mount -t sysfs none sys
mount -t tmpfs -o mode=0755 none run
for each in "$@"; do mkdir -p ".$each"; mount --bind "$each" ".$each"; done
mount -t tmpfs -o mode=0755 none dev
for each in null zero full random urandom tty; do touch dev/$each; mount --bind /dev/$each dev/$each; done
mkdir dev/shm dev/pts; chmod 1777 dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 none dev/pts
ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd; ln -s /proc/self/fd/0 dev/stdin; ln -s /proc/self/fd/1 dev/stdout; ln -s /proc/self/fd/2 dev/stderr
trap '' CHLD
ip link set lo up 2>/dev/null || chroot . ip link set lo up
touch .tourniquet-box
# Said from inside: until then /proc/PID/root is this system's own root, and what is written there would be written here.
exec chroot . sh -c 'echo "ready $0"; exec cat > /dev/null' "$me"
`;

function openBox(name: string, pid: number, first: ChildProcess, folder: string): Box {
  const enter = (argv: readonly string[]): readonly string[] => [
    'nsenter',
    '-t',
    String(pid),
    '-m',
    '-n',
    '-p',
    '-u',
    '-r',
    '-w',
    '--',
    ...argv,
  ];
  const exec = (argv: readonly string[], input?: string | Buffer): Promise<Ran> =>
    new Promise((resolve, reject) => {
      const [program = '', ...words] = enter(argv);
      const child = spawn(program, words, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => void out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => void err.push(chunk));
      child.once('error', reject);
      // A program that doesn't read its input is no fault of the test.
      child.stdin.on('error', () => {});
      child.once('close', (code) =>
        resolve({ code: code ?? 255, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
      );
      child.stdin.end(input ?? '');
    });
  const outside = (path: string): string => join('/proc', String(pid), 'root', path);
  return {
    name,
    pid,
    enter,
    exec,
    must: async (argv, input) => {
      const ran = await exec(argv, input);
      if (ran.code !== 0) throw new Error(`${name}: ${argv.join(' ')} ended with ${ran.code}: ${ran.err || ran.out}`);
      return ran.out;
    },
    start: (argv) => startInside(enter(argv)),
    read: (path) => readFileSync(outside(path), 'utf8'),
    write: (path, text) => {
      if (!existsSync(outside('/.tourniquet-box')))
        throw new Error(`${name} has no root of its own; ${path} is not written.`);
      mkdirSync(dirname(outside(path)), { recursive: true });
      writeFileSync(outside(path), text);
    },
    stop: async () => {
      const gone = new Promise<void>((resolve) => {
        if (first.exitCode !== null || first.signalCode !== null) resolve();
        else first.once('exit', () => resolve());
      });
      first.stdin?.end();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startInside(argv: readonly string[]): Inside {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    child,
    output: () => output,
    kill: (signal) => {
      // nsenter waits as the parent of the process proper, which it forked into the process namespace.
      const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
      process.kill(Number(children === '' ? child.pid : children.split(' ')[0]), signal);
    },
  };
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    LC_ALL: 'C',
  };
}

/** A cable: an interface in each of two boxes. No interface of this system is involved. */
export async function wire(a: Box, nameA: string, b: Box, nameB: string): Promise<void> {
  const ip = programOf('net', 'usr/bin/ip');
  const words = [
    'link',
    'add',
    nameA,
    'netns',
    String(a.pid),
    'type',
    'veth',
    'peer',
    'name',
    nameB,
    'netns',
    String(b.pid),
  ];
  const made = spawnSync(ip.path, words, { encoding: 'utf8', env: { ...process.env, ...ip.env } });
  if (made.status !== 0) throw new Error(`no cable from ${a.name} to ${b.name}: ${made.stderr}`);
  await Promise.all([a.must(['ip', 'link', 'set', nameA, 'up']), b.must(['ip', 'link', 'set', nameB, 'up'])]);
}
