/** The memory of what the lists said. Losing it loses "since when", never a verdict. */
import type { Change } from '../domain/blocklists/history.ts';

export interface ListingHistory {
  /** Per list (as shown) what is remembered of this subject. */
  read(subject: string): Promise<ReadonlyMap<string, readonly Change[]>>;
  /** Adds answers of one moment; gives what is then remembered, per list. */
  note(
    subject: string,
    answers: readonly { readonly zone: string; readonly change: Change }[],
  ): Promise<ReadonlyMap<string, readonly Change[]>>;
}
