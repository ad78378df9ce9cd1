/** One subject with what every list said of it, as a check hands it to whoever says it. */
import type { Blocklist } from '../domain/blocklists/blocklist.ts';
import type { RemovalAdvice } from '../domain/blocklists/removal.ts';
import type { ListVerdict, SubjectState } from '../domain/blocklists/verdict.ts';

export interface CheckedSubject extends SubjectState {
  readonly subject: string;
  /** The name whose address this is. */
  readonly of?: string;
  /** Whether to ask for removal; where any list lists it. */
  readonly advice?: RemovalAdvice;
  /** The configured site that it belongs to, where triage is the next step. */
  readonly site?: string;
  readonly findings: readonly {
    readonly list: Pick<
      Blocklist,
      'shown' | 'name' | 'weight' | 'removal' | 'lookup' | 'receivers' | 'expiry' | 'kind' | 'duplicateOf'
    >;
    readonly verdict: ListVerdict;
    readonly reason?: string;
    readonly resolver: string;
    /** Age of the proof that stood in for this run's, seconds; undefined: proved in this run. */
    readonly proofAgeSeconds?: number;
  }[];
}
