/**
 * Rotas that are kept elsewhere, and what is remembered of them.
 *
 * Guarantee: a source either gives all shifts of the span or throws an Error with why; half an answer is none.
 */
import type { NamedPerson, Shift } from '../domain/escalation/shifts.ts';

export interface RotaSource {
  /** Name of the rota in tourniquet.yaml. */
  readonly rota: string;
  /** `from`, `to`: milliseconds since 1970 UTC. */
  shifts(from: number, to: number): Promise<readonly Shift[]>;
}

export interface KnownShifts {
  /** When they were fetched, milliseconds since 1970 UTC. */
  readonly at: number;
  readonly shifts: readonly Shift[];
  /** Why the newest try failed; left out where it didn't. */
  readonly failed?: string;
}

export interface RotaMemory {
  recall(rota: string): Promise<KnownShifts | undefined>;
  keep(rota: string, known: KnownShifts): Promise<void>;
}

export interface Rotas {
  readonly sources: readonly RotaSource[];
  readonly memory: RotaMemory;
  readonly people: readonly NamedPerson[];
}
