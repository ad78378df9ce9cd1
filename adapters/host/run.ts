/**
 * A program run to its end, where wanted behind the host's own fence.
 *
 * The fence is a file on the host that holds the largest number seen. A fixed script (the argv travels as its positional
 * parameters, so that nothing from outside is ever read as shell) takes a lock, compares, notes the number and runs the
 * program while it holds the lock: a worker that was paused and wakes up late is refused by the host itself. The number is
 * written over the one before, at its full width: that needs no room on a disk that has become full since.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import type { HowToRun, Ran } from '../../src/ports/host.ts';
import { sshTrouble } from './ssh.ts';

const MOST_OUTPUT = 4 * 1024 * 1024;
/** EX_TEMPFAIL of sysexits.h, together with the word below. */
const FENCED = 75;
const FENCED_WORD = 'tourniquet: a later hand has acted';

const GUARD = `umask 077
mkdir -p "$1" || exit 73
exec 9>>"$1/lock"
flock 9 || exit 73
seen=$(cat "$1/number" 2>/dev/null)
if [ "$2" -lt "\${seen:-0}" ]; then echo "${FENCED_WORD}" >&2; exit ${FENCED}; fi
printf '%020d\\n' "$2" 1<> "$1/number" || [ "$3" = undoes ] || exit 73
shift 3
"$@" 9>&-`;

export interface Reached {
  readonly name: string;
  /** Makes the argv that is really started of the one that is meant (ssh, a namespace). */
  readonly wrap: (argv: readonly string[]) => readonly string[];
  /** Where the host keeps the largest number that it has seen. */
  readonly fenceFolder: string;
}

export async function runToEnd(
  { name, wrap, fenceFolder }: Reached,
  argv: readonly string[],
  how: HowToRun,
  env: NodeJS.ProcessEnv,
): Promise<Ran> {
  const fenced =
    how.fence === undefined
      ? argv
      : ['sh', '-c', GUARD, 'tourniquet', fenceFolder, String(how.fence), how.undoes ? 'undoes' : 'does', ...argv];
  const [program = '', ...words] = wrap(fenced);
  const what = `${argv[0] ?? ''} on ${name}`;
  const child = spawn(program, words, { stdio: 'pipe', env });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  child.stdin.on('error', () => {});
  child.stdin.end(how.input ?? '');
  const letGo = letGoOfErrors(child);
  const late = { yes: false };
  const timer = setTimeout(() => {
    late.yes = true;
    child.kill('SIGKILL');
    // A child of its own may go on holding the other end.
    child.stdout.destroy();
    child.stderr.destroy();
  }, how.deadlineMs);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) =>
        reject(
          new HostUnknown(`${what} can't be run (${cause.message}). Is it installed, and may this user run it?`, {
            cause,
          }),
        ),
      );
      child.once('close', (status) => resolve(status ?? -1));
    });
    if (late.yes)
      throw new HostUnknown(
        `${what} did not end within ${inSeconds(how.deadlineMs)}; what it has done is looked up again.`,
      );
    if (code === -1) throw new HostUnknown(`${what} was killed; what it has done is looked up again.`);
    const ran = { code, out: out.text(), err: err.text() };
    if (code === FENCED && ran.err.includes(FENCED_WORD)) throw new FenceLost(name);
    const trouble = sshTrouble(name, [program, ...words], code, ran.err);
    if (trouble !== undefined) throw new HostUnknown(trouble);
    return ran;
  } finally {
    clearTimeout(timer);
    letGo();
    child.kill('SIGKILL');
  }
}

/** What is still on its way when a program has ended arrives within this, in milliseconds. */
const ERRORS_AFTER_END_MS = 500;

/**
 * Waits no longer for a program's error output than a moment after its end: an ssh before 8.5 leaves the reused connection
 * behind as a process that keeps it open for a minute (bugzilla.mindrot.org 1988). Gives what ends the waiting.
 */
export function letGoOfErrors(child: ChildProcess & { readonly stderr: Readable }): () => void {
  let timer: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    timer = setTimeout(() => child.stderr.destroy(), ERRORS_AFTER_END_MS);
  });
  return () => clearTimeout(timer);
}

function collect(stream: NodeJS.ReadableStream): { text(): string } {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < MOST_OUTPUT) chunks.push(chunk.subarray(0, MOST_OUTPUT - size));
    size += chunk.length;
  });
  return { text: () => Buffer.concat(chunks).toString('utf8') };
}

/** For words: `4.9 s`. */
export function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
