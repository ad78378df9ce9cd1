/**
 * Running measure.ps1 or clean.ps1 on an Exchange server: bound parameters by argv, each of a pattern that no shell reads anything into.
 *
 * The fence is the file's own, as there is no sh on Windows: it ends with 75 where a later hand has acted.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { FenceLost, HostUnknown } from '../../../../src/ports/host.ts';
import type { Host } from '../../../../src/ports/host.ts';

const settingSchema = z.object({ kind: z.string(), id: z.string(), value: z.string(), rest: z.string() });

/** A switch of Exchange, as it stands; `rest`: what else is told of the same object. */
export type Setting = z.output<typeof settingSchema>;

export interface Call {
  readonly action: 'Look' | 'Verify' | 'Apply';
  readonly measure: string;
  /** More bound parameters, by name. */
  readonly bound?: Readonly<Record<string, string>>;
  /** The queues to the outside: those that move are suspended, or those that were suspended so are resumed. */
  readonly queues?: 'suspend' | 'resume';
  readonly settings?: readonly Pick<Setting, 'kind' | 'id' | 'value'>[];
  readonly fence?: number;
}

/** An Exchange cmdlet takes seconds, its snap-in as many again. */
const DEADLINE_MS = 90_000;
const FENCED = 75;
const FENCED_WORD = 'tourniquet: a later hand has acted';

export async function callPowerShell(
  host: Host,
  name: string,
  scripts: string,
  call: Call,
): Promise<readonly Setting[]> {
  return callFile(host, name, `${scripts}/measures/measure.ps1`, {
    Do: call.action,
    Measure: call.measure,
    ...call.bound,
    ...(call.settings && { Settings: Buffer.from(JSON.stringify(call.settings)).toString('base64') }),
    ...(call.queues && { Queues: call.queues }),
    ...(call.fence !== undefined && { Fence: String(call.fence) }),
  });
}

/** Runs one of the PowerShell files with these parameters. Throws FenceLost and HostUnknown. */
export async function callFile(
  host: Host,
  name: string,
  file: string,
  bound: Readonly<Record<string, string>>,
): Promise<readonly Setting[]> {
  const marker = randomBytes(8).toString('hex');
  const argv = ['powershell', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', file];
  const words = Object.entries({ Marker: marker, ...bound }).flatMap(([each, value]) => [`-${each}`, value]);
  const short = file.split('/').at(-1) ?? file;
  const ran = await host.run([...argv, ...words], { deadlineMs: DEADLINE_MS });
  if (ran.code === FENCED && ran.err.includes(FENCED_WORD)) throw new FenceLost(name);
  if (ran.code !== 0)
    throw new HostUnknown(`${short} on ${name} ended with ${ran.code}: ${ran.err.trim().slice(0, 300)}`);
  const lines = ran.out.split(/\r?\n/);
  const begin = lines.indexOf(`begin ${marker}`);
  const end = lines.indexOf(`end ${marker}`);
  if (begin === -1 || end < begin)
    throw new HostUnknown(`What ${name} printed is not whole. Run ${short} by hand there and look at its error.`);
  try {
    return z.array(settingSchema).parse(JSON.parse(lines.slice(begin + 1, end).join('\n')));
  } catch (cause) {
    throw new HostUnknown(`What ${short} printed on ${name} is not what it should print.`, { cause });
  }
}
