/** A program and its lines, within a deadline. */
import { spawn } from 'node:child_process';
import { HostUnknown } from '../../src/ports/host.ts';
import type { Host } from '../../src/ports/host.ts';
import { inSeconds, letGoOfErrors, runToEnd } from './run.ts';
import { sshTrouble } from './ssh.ts';

/** Where the tools of mail servers are; a service's PATH often lacks them. */
const PATHS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const MOST_ERROR_TEXT = 2000;

/** `wrap` makes the argv that is really started of the one that is meant (ssh, a namespace). */
export function openHost(
  name: string,
  wrap: (argv: readonly string[]) => readonly string[],
  fenceFolder = '/var/lib/tourniquet/fence',
): Host {
  return {
    run: (argv, how) => runToEnd({ name, wrap, fenceFolder }, argv, how, surroundings()),
    async *lines(argv, limits) {
      const [program = '', ...words] = wrap(argv);
      const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: surroundings() });
      const what = `${argv[0] ?? ''} on ${name}`;
      let errors = '';
      let late = false;
      child.stderr.on('data', (chunk: Buffer) => {
        if (errors.length < MOST_ERROR_TEXT) errors += chunk.toString();
      });
      const ended = new Promise<number>((resolve, reject) => {
        child.once('error', (cause) =>
          reject(
            new HostUnknown(`${what} can't be run (${cause.message}). Is it installed, and may this user run it?`, {
              cause,
            }),
          ),
        );
        child.once('close', (code) => resolve(code ?? -1));
      });
      ended.catch(() => {});
      const letGo = letGoOfErrors(child);
      const timer = setTimeout(() => {
        late = true;
        child.kill('SIGKILL');
        // A child of its own may go on holding the other end.
        child.stdout.destroy();
        child.stderr.destroy();
      }, limits.deadlineMs);
      const tooLate = (): HostUnknown =>
        new HostUnknown(
          `${what} did not end within ${inSeconds(limits.deadlineMs)}. Look at that host, or allow more with --timeout.`,
        );
      try {
        yield* cutLines(child.stdout, limits.longest);
        const code = await ended;
        if (late) throw tooLate();
        const trouble = sshTrouble(name, [program, ...words], code, errors);
        if (trouble !== undefined) throw new HostUnknown(trouble);
        if (code !== 0) throw new HostUnknown(`${what} ended with status ${code}: ${lastWords(errors)}`);
      } catch (error) {
        throw late ? tooLate() : error;
      } finally {
        clearTimeout(timer);
        letGo();
        child.kill('SIGKILL');
      }
    },
  };
}

/** Most programs end with what was wrong; nft begins with it, and ends with a line of carets. */
function lastWords(errors: string): string {
  const lines = errors.trim().split('\n');
  return lines.find((line) => /^error\b/i.test(line)) ?? lines.findLast((line) => /\p{L}/u.test(line)) ?? '';
}

function surroundings(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? ''}:${PATHS}`, LC_ALL: 'C' };
}

/** Each line is a string of its own: cut out of a decoded chunk, every name that is kept would hold on to the chunk. */
async function* cutLines(
  stream: AsyncIterable<Buffer>,
  longest: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  let held: Buffer[] = [];
  let size = 0;
  const take = (tail: Buffer): string | undefined => {
    const whole = size > longest ? undefined : Buffer.concat([...held, tail]);
    held = [];
    size = 0;
    return whole === undefined || whole.length > longest ? undefined : whole.toString('utf8');
  };
  for await (const chunk of stream) {
    const lines: (string | undefined)[] = [];
    let from = 0;
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      lines.push(take(chunk.subarray(from, to)));
      from = to + 1;
    }
    const left = chunk.subarray(from);
    size += left.length;
    if (size <= longest) held.push(left);
    else held = [];
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [take(Buffer.alloc(0))];
}
