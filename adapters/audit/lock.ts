/** One at a time, over all processes of this machine: a lock file that names its owner's process. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { Clock } from '../../src/ports/clock.ts';

const LONGEST_MS = 5000;

/** Runs `work` while holding the lock. Throws an Error where a living process holds it for longer than five seconds. */
export async function withLock(file: string, clock: Pick<Clock, 'wait'>, work: () => Promise<void>): Promise<void> {
  for (let waited = 0; !take(file); waited += 10) {
    if (waited >= LONGEST_MS) throw new Error(`another process holds ${file}`);
    await clock.wait(10);
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    // The folder isn't there yet: then nobody else writes into it either.
    if (error.code === 'ENOENT') return true;
    if (error.code !== 'EEXIST') throw error;
    if (!ownerIsAlive(file)) rmSync(file, { force: true });
    return false;
  }
}

function ownerIsAlive(file: string): boolean {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    // Just made, and not yet written.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
