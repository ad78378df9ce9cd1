/**
 * What a PowerShell file of this folder prints, line by line: bound parameters by argv, nothing is pasted into a command.
 *
 * It stands between two markers that are made anew for each run: banners of a profile before it are passed over, and what
 * comes without its end is not whole. The files lie in this project for a server on this machine, and in
 * C:/ProgramData/tourniquet on a host that is reached by ssh (docs/mail-servers.md).
 */
import { randomBytes } from 'node:crypto';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';

const LONGEST_LINE = 4_000_000;

export interface Scripts {
  readonly host: Host;
  /** The server's name, for what goes wrong. */
  readonly name: string;
  /** The folder on the host. */
  readonly folder: string;
}

/**
 * `-File` binds what follows to the file's own parameters (about_PowerShell_exe); it is never read as a command. Throws
 * HostUnknown where it can't be run, fails, or breaks off.
 */
export async function* linesOfFile(
  { host, name, folder }: Scripts,
  file: string,
  bound: Readonly<Record<string, string>>,
  deadlineMs: number,
): AsyncGenerator<readonly (string | undefined)[]> {
  const marker = randomBytes(8).toString('hex');
  const options = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', `${folder}/${file}`];
  const words = Object.entries({ Marker: marker, ...bound }).flatMap(([each, value]) => [`-${each}`, value]);
  let state: 'before' | 'within' | 'after' = 'before';
  for await (const lines of host.lines(['powershell', ...options, ...words], { deadlineMs, longest: LONGEST_LINE })) {
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
    throw new HostUnknown(`What ${name} printed is not whole. Run ${file} by hand there and look at its error.`);
}
