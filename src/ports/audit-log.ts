/**
 * The append-only record of what was intended and what was done.
 *
 * Guarantees of every adapter (test/contracts/audit-log.ts):
 * 1. Each entry carries the hash of the one before it; a change, a gap or a reorder is found by `verify`, and with a head
 *    that was noted elsewhere also an end that is missing in both places.
 * 2. `write` resolves once the entry is on the disk (fsync) and in the second place.
 * 3. Where only one place can be had, `write` throws AuditUnavailable, except with `must: 'one'`; where none can, or where
 *    the original can't, it throws in any case. Taking a measure back goes on all the same (jobs/measures).
 */
import type { Plain } from '../domain/measures/plan.ts';

export interface AuditEntry {
  /** `intent` before an effect, `outcome` after it, `decision` of a person, `fact` of the house. */
  readonly kind: 'intent' | 'outcome' | 'decision' | 'fact';
  /** What about: `measure/7`, `incident/42`. */
  readonly about: string;
  readonly who: string;
  readonly what: string;
  readonly data?: Plain;
}

export interface AuditLog {
  write(entry: AuditEntry, must?: 'both' | 'one'): Promise<void>;
  /** `noted`: the beginning of a head that was told earlier; whether the log still goes on from it. */
  verify(noted?: string): Promise<AuditVerdict>;
}

export type AuditVerdict =
  /** `noted`: which entry has the head that was noted. */
  | { readonly kind: 'whole'; readonly entries: number; readonly head: string; readonly noted?: number }
  | { readonly kind: 'broken'; readonly faults: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** The entry could not be kept; nothing was changed outside. */
export class AuditUnavailable extends Error {
  readonly why: string;
  constructor(why: string, options?: ErrorOptions) {
    super(
      `The audit log can't be written (${why}); nothing was changed. Make room or mend the disk, then say it again.`,
      options,
    );
    this.name = 'AuditUnavailable';
    this.why = why;
  }
}
