/**
 * The audit log: a file of chained lines, and a copy of it in a second place.
 *
 * Rules:
 * 1. The file is the original: a line is appended and fsynced before anything else happens.
 * 2. One writer at a time per folder, over all processes (a lock file that names its owner; a dead owner's is taken).
 * 3. The second place is brought up to date with everything it lacks at each write; so an outage of it heals by itself.
 * 4. A copy that says something else than the file is never overwritten: `verify` names it, and until then an entry is in
 *    one place alone.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AuditUnavailable } from '../../src/ports/audit-log.ts';
import type { AuditLog, AuditVerdict } from '../../src/ports/audit-log.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { BEGINNING, chain, faultsOf, linkOf } from './chain.ts';
import type { Link } from './chain.ts';
import { withLock } from './lock.ts';

/** Where the copy is kept: lines in order. */
export interface SecondPlace {
  readonly name: string;
  /** How many there are, and the last of them. */
  tail(): Promise<{ readonly count: number; readonly last: string | undefined }>;
  append(lines: readonly string[]): Promise<void>;
  lines(): Promise<readonly string[]>;
}

export function openAuditLog(folder: string, second: SecondPlace, clock: Pick<Clock, 'now' | 'wait'>): AuditLog {
  const file = join(folder, 'audit.jsonl');
  let known: { readonly size: number; readonly lines: string[] } = { size: -1, lines: [] };
  /** Read again only where another process has written. */
  const read = (): string[] => {
    const size = existsSync(file) ? statSync(file).size : 0;
    if (size !== known.size) known = { size, lines: size === 0 ? [] : wholeLines(file) };
    return known.lines;
  };
  const writeFile = (at: number, entry: Parameters<AuditLog['write']>[0]): void => {
    const before = read();
    const { line } = chain(lastLink(before), at, entry);
    appendDurably(file, `${line}\n`);
    before.push(line);
    known = { size: statSync(file).size, lines: before };
  };
  let last: Promise<void> = Promise.resolve();
  const one = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(() => withLock(join(folder, 'audit.lock'), clock, work));
    last = done.catch(() => {});
    return done;
  };
  return {
    write: (entry, must = 'both') =>
      one(async () => {
        const faults: string[] = [];
        try {
          mkdirSync(folder, { recursive: true, mode: 0o700 });
          writeFile(clock.now(), entry);
        } catch (error) {
          faults.push(`${file}: ${reason(error)}`);
        }
        if (faults.length === 0)
          try {
            const { count, last: end } = await second.tail();
            const all = read();
            if (count > 0 && all[count - 1] !== end) throw new Error(apart(count, all.length, folder));
            if (count < all.length) await second.append(all.slice(count));
          } catch (error) {
            faults.push(`${second.name}: ${reason(error)}`);
            if (must === 'one') return;
          }
        if (faults.length > 0) throw new AuditUnavailable(faults.join('; '));
      }).catch((error: unknown) => {
        throw error instanceof AuditUnavailable ? error : new AuditUnavailable(reason(error), { cause: error });
      }),
    verify: async (noted) => {
      const look = async (): Promise<AuditVerdict> => {
        let copy: readonly string[];
        try {
          copy = await second.lines();
        } catch (error) {
          return { kind: 'unknown', why: `${second.name} can't be read: ${reason(error)}` };
        }
        return compare(linesOf(file), copy, file, second.name, noted);
      };
      let verdict: AuditVerdict | undefined;
      // What is being written meanwhile would be in one place and not yet in the other.
      await one(async () => {
        verdict = await look();
      }).catch(() => {});
      return verdict ?? look();
    },
  };
}

function apart(copied: number, kept: number, folder: string): string {
  const how = copied > kept ? `it has ${copied} entries, the file ${kept}` : `its entry ${copied} is another`;
  return `it does not go on from the file: ${how}; audit-log verify names what was changed. Stop Tourniquet and move ${folder} aside as evidence, and a new log is begun`;
}

/** Every line, also an empty one: nobody but us writes any. */
function linesOf(file: string): readonly string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function compare(
  lines: readonly string[],
  copy: readonly string[],
  file: string,
  name: string,
  noted: string | undefined,
): AuditVerdict {
  const faults = [...faultsOf(lines, file), ...faultsOf(copy, name)];
  const differs = lines.findIndex((line, index) => copy[index] !== undefined && copy[index] !== line);
  if (differs >= 0) faults.push(`entry ${differs + 1} is not the same in ${file} and in ${name}`);
  if (lines.length !== copy.length) faults.push(`${file} has ${lines.length} entries, ${name} has ${copy.length}`);
  const found = noted === undefined ? -1 : lines.findIndex((line) => linkOf(line)?.hash.startsWith(noted));
  if (noted !== undefined && found < 0)
    faults.push(
      `no entry has the hash ${noted}, which was noted: the end was cut off in both places, or all was written anew`,
    );
  if (faults.length > 0) return { kind: 'broken', faults };
  return {
    kind: 'whole',
    entries: lines.length,
    head: lastLink(lines).hash,
    ...(found >= 0 && { noted: found + 1 }),
  };
}

function lastLink(lines: readonly string[]): Link {
  const last = lines.at(-1);
  if (last === undefined) return BEGINNING;
  const link = linkOf(last);
  if (!link) throw new Error('its last entry was changed or is not whole; see audit-log verify');
  return link;
}

/** What a crash cut short was never confirmed to anybody: it is put aside, and the log goes on. */
function wholeLines(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const end = text.lastIndexOf('\n') + 1;
  if (end < text.length) {
    appendFileSync(`${file}.cut-short`, `${text.slice(end)}\n`, { mode: 0o600 });
    truncateSync(file, Buffer.byteLength(text.slice(0, end)));
  }
  return text.slice(0, end).split('\n').filter(Boolean);
}

function appendDurably(file: string, line: string): void {
  const handle = openSync(file, 'a', 0o600);
  try {
    // write(2) puts down what still fits on a disk that fills, and says so only by a number: this goes on until it fails.
    writeFileSync(handle, line);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
