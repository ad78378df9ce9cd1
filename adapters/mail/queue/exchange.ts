/**
 * Exchange, by the PowerShell files of exchange/ that take bound parameters: nothing is pasted into a command.
 *
 * What they print stands between two markers that are made anew for each run: banners of a profile before it are passed
 * over, and a listing without its end is not whole. The files lie in this project for a server on this machine, and in
 * C:/ProgramData/tourniquet on a host that is reached by ssh (docs/mail-servers.md).
 */
import { randomBytes } from 'node:crypto';
import { readExchangeEnvelope } from '../../../src/domain/queues/exchange-json.ts';
import type { Envelope } from '../../../src/domain/queues/envelope.ts';
import type { QueueId } from '../../../src/domain/queues/queue-id.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';

const LONGEST_LINE = 4_000_000;

/** `-File` binds what follows to the file's own parameters (about_PowerShell_exe); it is never read as a command. */
function argvOf(scripts: string, file: string, marker: string, more: readonly string[]): readonly string[] {
  const options = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', `${scripts}/${file}`];
  return ['powershell', ...options, '-Marker', marker, ...more];
}

export async function* readExchangeQueue(
  host: Host,
  name: string,
  scripts: string,
  deadlineMs: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  yield* betweenMarkers(host, name, deadlineMs, (marker) => argvOf(scripts, 'queue.ps1', marker, []));
}

export async function readExchangeMessages(
  host: Host,
  name: string,
  scripts: string,
  ids: readonly QueueId[],
  deadlineMs: number,
): Promise<readonly Envelope[]> {
  const found: Envelope[] = [];
  for (const id of ids) {
    const argv = (marker: string): readonly string[] =>
      argvOf(scripts, 'message.ps1', marker, ['-Identity', id.replaceAll('\\', '/')]);
    for await (const lines of betweenMarkers(host, name, deadlineMs, argv))
      found.push(...lines.flatMap((line) => readExchangeEnvelope(id, line ?? '') ?? []));
  }
  return found;
}

async function* betweenMarkers(
  host: Host,
  name: string,
  deadlineMs: number,
  argv: (marker: string) => readonly string[],
): AsyncGenerator<readonly (string | undefined)[]> {
  const marker = randomBytes(8).toString('hex');
  let state: 'before' | 'within' | 'after' = 'before';
  for await (const lines of host.lines(argv(marker), { deadlineMs, longest: LONGEST_LINE })) {
    const within: (string | undefined)[] = [];
    for (const raw of lines) {
      const line = raw?.replace(/\r$/, '');
      if (line === `begin ${marker}`) state = 'within';
      else if (line === `end ${marker}`) state = 'after';
      else if (state === 'within') within.push(line);
    }
    if (within.length > 0) yield within;
  }
  if (state !== 'after')
    throw new HostUnknown(
      `What ${name} printed is not whole. Run the PowerShell file by hand there and look at its error.`,
    );
}
