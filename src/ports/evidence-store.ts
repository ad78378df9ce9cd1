/**
 * What was seen, kept before anything is done about it: a freeze rewrites the delay reasons and destroys the evidence.
 *
 * Guarantee: once `keep` resolves, the record is durable. Records are kept for 30 days, some 200 of each place at most.
 */
import type { CauseId } from '../domain/causes.ts';
import type { Evidence } from '../domain/diagnosis/evidence.ts';

export type LookRecord = {
  readonly name: string;
  readonly state: 'taken' | 'failed';
  readonly ms: number;
  /** Why it failed. */
  readonly why?: string;
};

export interface EvidenceRecord {
  readonly id: string;
  readonly place: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly looks: readonly LookRecord[];
  readonly evidence: Evidence;
  readonly verdict?: CauseId;
}

export interface EvidenceStore {
  keep(record: EvidenceRecord): Promise<void>;
  /** Adds what was concluded. */
  conclude(id: string, verdict: CauseId): Promise<void>;
  read(id: string): Promise<EvidenceRecord | undefined>;
  /** The newest record of a place from before `before` (milliseconds since 1970 UTC). */
  latest(place: string, before: number): Promise<EvidenceRecord | undefined>;
}
