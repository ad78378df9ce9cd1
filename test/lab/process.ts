/** One real server under test: started, waited for until it really answers, ended by its pid. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningServer {
  readonly pid: number;
  /** Sends a signal; the server stays ours to end. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
  /** What it printed so far. */
  output(): string;
}

export interface ServerPlan {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** True once it answers. */
  ready(): Promise<boolean>;
}

const START_WITHIN_MS = 15_000;

export async function startServer(plan: ServerPlan): Promise<RunningServer> {
  const child = spawn(plan.program, [...plan.args], {
    ...(plan.cwd !== undefined && { cwd: plan.cwd }),
    env: { ...process.env, ...plan.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${plan.program} could not be started: ${error.message}`)));
    child.once('exit', (code) =>
      reject(new Error(`${plan.program} ended with status ${code} before it was ready: ${output.slice(-600)}`)),
    );
  });
  failed.catch(() => {});
  await Promise.race([failed, until(() => plan.ready(), START_WITHIN_MS, `${plan.program} to answer`)]);
  return {
    pid: child.pid ?? 0,
    signal: (name) => void child.kill(name),
    output: () => output,
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(killer);
}

/** How many times as long as the reader of a test would think a busy machine may take. */
const PATIENCE = 3;

/**
 * Waits for a condition, looking every 20 ms; an Error names what was waited for. The limit is there for what never comes:
 * what has to come soon is measured by who says so.
 */
export async function until(condition: () => Promise<boolean> | boolean, ms: number, what: string): Promise<void> {
  const last = performance.now() + ms * PATIENCE;
  while (!(await condition())) {
    if (performance.now() > last) throw new Error(`waited ${ms * PATIENCE} ms for ${what}, in vain`);
    await sleep(20);
  }
}

/** Whether it ends before a timer that is set now: where the machine stands still, both are late alike. */
export async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const over = work.then(
    () => true,
    () => true,
  );
  // What was read while the timer was due is heard first.
  const late = sleep(ms).then(() => new Promise((resolve) => setImmediate(resolve)));
  return Promise.race([over, late.then(() => false)]);
}

/**
 * The fewest milliseconds of up to five tries, begun again only while they are too many: what the product needs, where the
 * machine has other work now and then.
 */
export async function quickest(ms: number, once: () => Promise<number>): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < 5 && least >= ms; tries += 1) least = Math.min(least, await once());
  return least;
}

/**
 * A port of the loopback that nothing uses, for TCP and UDP both, and that no other test process is given: it may be long
 * until a server has it. It is none of those that the kernel gives out by itself (ip_local_port_range).
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    if (claims(port) && (await bindsTcp(port)) && (await bindsUdp(port))) return port;
  }
}

/** A file for each port that a living process was given. */
const CLAIMS = join(tmpdir(), `tq-ports-${process.getuid?.() ?? 0}`);
let isSwept = false;

function claims(port: number): boolean {
  if (!isSwept) sweepClaims();
  isSwept = true;
  try {
    writeFileSync(join(CLAIMS, String(port)), String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** What a process was given that has ended is nobody's any more. */
function sweepClaims(): void {
  mkdirSync(CLAIMS, { recursive: true });
  for (const file of readdirSync(CLAIMS).map((name) => join(CLAIMS, name)))
    if (!holdsClaim(file)) rmSync(file, { force: true });
}

function holdsClaim(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')) || process.pid, 0);
    return true;
  } catch {
    return false;
  }
}

function bindsTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function bindsUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
