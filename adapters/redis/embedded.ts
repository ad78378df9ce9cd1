/**
 * The private redis-server: what the product uses where no REDIS_URL is set.
 *
 * Owns: one server per data folder, reached by its unix socket alone. Does not own: where the program comes from
 * (bin/debian-packages.mjs), connections (connection.ts).
 * Rules:
 * 1. AOF with fsync `always` and `noeviction`: an acknowledged job is on disk (with `everysec` 202 of 61,804 were lost).
 * 2. Who comes second joins; who leaves last shuts it down. Each user keeps a file named by its pid; those of dead
 *    processes are swept away, so that a kill -9 leaves nothing that stands in the way.
 * 3. The socket lives in the data folder, or, where that path is too long for a socket (107 bytes), in a private folder
 *    of the system's temporary directory named by a digest of the data folder.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, closeSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The program, and what its environment needs (a library path, where it was unpacked privately). */
export interface RedisProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface EmbeddedRedis {
  readonly socket: string;
  /** Leaves it; the last to leave ends the server. */
  leave(): Promise<void>;
}

/** Joins the server of this data folder, or starts it. Throws an Error that names the folder and the remedy. */
export async function joinEmbeddedRedis(dataFolder: string, program: () => RedisProgram): Promise<EmbeddedRedis> {
  const folder = join(dataFolder, 'redis');
  const users = join(folder, 'users');
  makeFolder(users, dataFolder);
  const socket = socketPath(folder);
  const mine = join(users, `${process.pid}`);
  await underLock(folder, async () => {
    writeFileSync(mine, '');
    if (!(await answers(socket))) await start(folder, socket, program());
  });
  return {
    socket,
    leave: () =>
      underLock(folder, async () => {
        rmSync(mine, { force: true });
        if (living(users).length === 0) await shutDown(socket);
      }),
  };
}

function makeFolder(users: string, dataFolder: string): void {
  try {
    makeEach(users);
  } catch (cause) {
    throw new Error(
      `The data folder ${dataFolder} can't be used (${reason(cause)}). Make it writable, or name another with TOURNIQUET_DATA.`,
      { cause },
    );
  }
}

/** One folder at a time: `recursive` tries for ever, deaf to every deadline, where none can be made (below /proc). */
function makeEach(folder: string): void {
  if (existsSync(folder)) return;
  makeEach(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    // Somebody else who begins at the same moment has made it.
    if (!existsSync(folder)) throw cause;
  }
}

function socketPath(folder: string): string {
  const near = join(folder, 'redis.sock');
  if (Buffer.byteLength(near) <= 100) return near;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const far = join(tmpdir(), `tourniquet-${process.getuid?.() ?? 0}-${digest}`);
  mkdirSync(far, { recursive: true, mode: 0o700 });
  return join(far, 'redis.sock');
}

const START_WITHIN_MS = 10_000;

async function start(folder: string, socket: string, program: RedisProgram): Promise<void> {
  rmSync(socket, { force: true });
  const logPath = join(folder, 'redis.log');
  const log = openSync(logPath, 'w', 0o600);
  const settings = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', folder];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];
  const child = spawn(program.path, [...settings, ...durable, '--daemonize', 'no', '--hz', '100'], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...program.env },
  });
  closeSync(log);
  const end: { why?: string } = {};
  child.once('error', (error) => (end.why = error.message));
  child.once('exit', (code) => (end.why = `it ended with status ${code}: ${lastLine(logPath)}`));
  child.unref();
  // A server that is stopped or waits for its disk takes a second for each answer that it doesn't give.
  const last = performance.now() + START_WITHIN_MS;
  while (performance.now() < last && end.why === undefined) {
    if (await answers(socket)) {
      child.removeAllListeners();
      return;
    }
    await sleep(10);
  }
  throw new Error(
    `The private redis-server of ${folder} did not start (${end.why ?? 'no answer within 10 s'}). ` +
      'Free some disk space or mend its folder, or set REDIS_URL to a Redis of your own.',
  );
}

/** Speaks one PING over the socket; true where it is answered by a server that has loaded its data. */
async function answers(socket: string): Promise<boolean> {
  return (await converse(socket, 'PING\r\n')).startsWith('+PONG');
}

async function shutDown(socket: string): Promise<void> {
  await converse(socket, 'SHUTDOWN NOSAVE\r\n');
  const last = performance.now() + 3000;
  while (performance.now() < last && (await answers(socket))) await sleep(10);
}

function converse(socket: string, words: string): Promise<string> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.setTimeout(1000, () => connection.destroy());
    connection.once('connect', () => connection.write(words));
    connection.once('data', (data) => {
      resolve(data.toString('latin1'));
      connection.destroy();
    });
    connection.once('error', () => resolve(''));
    connection.once('close', () => resolve(''));
  });
}

/** One process at a time decides over start and end. The lock of a dead process is taken over. */
async function underLock<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'lock');
  for (let waited = 0; ; waited += 20) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        throw new Error(`${lock} can't be written (${reason(error)}). Free some disk space or mend its folder.`, {
          cause: error,
        });
      }
      if (!isAlive(holderOf(lock))) rmSync(lock, { force: true });
      else if (waited > 15_000)
        throw new Error(`Another process has held ${lock} for 15 s. If none runs, remove that file.`, { cause: error });
      await sleep(20);
    }
  }
  try {
    return await act();
  } finally {
    rmSync(lock, { force: true });
  }
}

function holderOf(lock: string): number {
  try {
    return Number(readFileSync(lock, 'utf8')) || process.pid;
  } catch {
    return process.pid;
  }
}

function living(users: string): readonly string[] {
  return readdirSync(users).filter((pid) => {
    if (isAlive(Number(pid))) return true;
    rmSync(join(users, pid), { force: true });
    return false;
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function lastLine(path: string): string {
  return readFileSync(path, 'utf8').trim().split('\n').at(-1)?.slice(0, 200) ?? '';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
