/** The audit log of a drill: in memory, in one chain, whole by its hashes as the real one is. */
import { createHash } from 'node:crypto';
import { AuditUnavailable } from '../../src/ports/audit-log.ts';
import type { AuditEntry, AuditLog } from '../../src/ports/audit-log.ts';
import type { Clock } from '../../src/ports/clock.ts';

export interface SimulatedAuditLog extends AuditLog {
  readonly entries: readonly (AuditEntry & { readonly at: number })[];
  /** One of its two places, or both, can't be written for now. */
  away(places: 0 | 1 | 2): void;
  /** Somebody changes the words of one entry, from 0. */
  tamper(index: number): void;
}

interface Link {
  text: string;
  readonly hash: string;
}

/** `monotonic` of the clock is what `at` of an entry is in. */
export function makeAuditLog(clock: Clock): SimulatedAuditLog {
  const links: Link[] = [];
  const entries: (AuditEntry & { readonly at: number })[] = [];
  let missing = 0;
  return {
    entries,
    away: (places) => {
      missing = places;
    },
    tamper: (index) => {
      const link = links[index];
      if (link) link.text = link.text.replace('"what":"', '"what":"not ');
    },
    write: async (entry, must = 'both') => {
      if (missing === 2 || (missing === 1 && must === 'both')) throw new AuditUnavailable('the drill took it away');
      const text = JSON.stringify({ ...entry, number: links.length + 1, at: clock.now() });
      links.push({ text, hash: digest(links.at(-1)?.hash ?? '', text) });
      entries.push({ ...entry, at: clock.monotonic() });
    },
    verify: async () => {
      const broken = links.findIndex(({ text, hash }, index) => digest(links[index - 1]?.hash ?? '', text) !== hash);
      return broken < 0
        ? { kind: 'whole', entries: links.length, head: links.at(-1)?.hash ?? '' }
        : { kind: 'broken', faults: [`entry ${broken + 1} was changed`] };
    },
  };
}

function digest(before: string, text: string): string {
  return createHash('sha256').update(before).update(text).digest('hex');
}
