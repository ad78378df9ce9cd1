/** One entry of the audit log as a line: numbered, dated, and bound to the line before by its hash. */
import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../src/ports/audit-log.ts';

export interface Link {
  readonly number: number;
  readonly hash: string;
}

/** What the first entry is bound to. */
export const BEGINNING: Link = { number: 0, hash: '0'.repeat(64) };

export interface ChainedLine {
  readonly line: string;
  readonly link: Link;
}

/** `at`: milliseconds since 1970 UTC. */
export function chain(before: Link, at: number, entry: AuditEntry): ChainedLine {
  const number = before.number + 1;
  const body = JSON.stringify({ number, at: new Date(at).toISOString(), ...entry, before: before.hash });
  const hash = digest(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, link: { number, hash } };
}

/** The line's own link; undefined where it isn't a line of ours or its hash isn't that of its content. */
export function linkOf(line: string): (Link & { readonly before: string }) | undefined {
  const parts = /^(\{"number":(\d+),.*"before":"([0-9a-f]{64})"),"hash":"([0-9a-f]{64})"\}$/.exec(line);
  const [, body, number, before, hash] = parts ?? [];
  if (body === undefined || before === undefined || hash === undefined || digest(`${body}}`) !== hash) return undefined;
  return { number: Number(number), before, hash };
}

/** Every fault of a chain, in words; none where it is whole. `place` is named in each. */
export function faultsOf(lines: readonly string[], place: string): readonly string[] {
  const faults: string[] = [];
  let last = BEGINNING;
  lines.forEach((line, index) => {
    const link = linkOf(line);
    if (!link) {
      faults.push(`${place}, line ${index + 1}: the entry was changed or is not whole`);
      return;
    }
    if (link.number !== last.number + 1)
      faults.push(`${place}, line ${index + 1}: entry ${link.number} follows entry ${last.number}`);
    else if (link.before !== last.hash)
      faults.push(`${place}, line ${index + 1}: entry ${link.number} does not belong to the one before it`);
    last = link;
  });
  return faults;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
