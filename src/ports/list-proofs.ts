/**
 * The memory of when a list last proved itself, per path (the resolvers that were asked).
 *
 * A list is asked for its proof in every run; what is remembered stands in only where the test point itself was not
 * answered in time, and only for a while. It never overrules an answer.
 */
import type { Liveness } from '../domain/blocklists/liveness.ts';

export interface ListProofs {
  /** How long a proof may stand in, milliseconds; 0: never. */
  readonly holdMs: number;
  /** Proofs through exactly these resolvers, by `proofKey`. Empty where nothing is remembered. */
  read(path: string): Promise<ReadonlyMap<string, Liveness>>;
  /** Remembers proofs that were had. */
  note(path: string, proofs: ReadonlyMap<string, Liveness>): Promise<void>;
}
