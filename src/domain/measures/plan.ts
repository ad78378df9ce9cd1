/** What is shown before anybody approves, and what is seen and done after: the vocabulary of every measure's driver. */
import type { Phrase } from '../foreign.ts';
import type { MeasureOrder } from './order.ts';

/** Data as JSON keeps it. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

export interface MeasurePlan {
  readonly order: MeasureOrder;
  /** Exactly what will be carried out, in order, one line each. */
  readonly commands: readonly string[];
  /** Exactly what takes it back. */
  readonly undo: readonly string[];
  /** Whom it touches, in numbers. */
  readonly blastRadius: readonly Phrase[];
  /** The state before, as the driver will need it for the exact undo. Opaque to everybody else. */
  readonly prior: Plain;
  /**
   * What is laid is all its own, and its undo takes just that away: there is no state before that could have moved on
   * since the plan was shown. `prior` may hold what was looked up for it (a network card, an address).
   */
  readonly restoresNothing?: true;
  /** By what an agent knows its plan again; it comes back with the task. */
  readonly seal?: string;
}

/** A measure as its driver gets it: what was recorded in the journal, never looked up again. */
export interface MeasureTask {
  /** Tags everything that it leaves outside: `tq` and the measure's number, such as `tq7`. */
  readonly tag: string;
  readonly order: MeasureOrder;
  readonly prior: Plain;
  /** Of the agent that planned it. */
  readonly seal?: string;
}

/** What the world shows of a measure. */
export type Observation =
  | {
      readonly kind: 'in-force';
      /** End of the device's own lease, milliseconds since 1970 UTC. */
      readonly until?: number;
      readonly notes: readonly Phrase[];
    }
  | { readonly kind: 'absent'; readonly notes: readonly Phrase[] }
  /** Neither as we left it nor as it was before: somebody else's hand. */
  | { readonly kind: 'changed'; readonly differences: readonly Phrase[] }
  /**
   * The server itself let go of some of it, by no hand; `renew` holds it again. A `gap`: for a while it did not do what
   * it says. `grown`: what has come since is not held yet.
   */
  | { readonly kind: 'slipped'; readonly how: 'gap' | 'grown'; readonly differences: readonly Phrase[] }
  /** `awaits`: it is known why: somebody was asked to do it by hand, and has not said yet that it is done. */
  | { readonly kind: 'unknown'; readonly why: Phrase; readonly awaits?: 'person' };

export type Released =
  | { readonly kind: 'released'; readonly notes: readonly Phrase[] }
  /** Nothing was done: somebody else has changed it since. */
  | { readonly kind: 'refused'; readonly differences: readonly Phrase[] };

/** `exact`: the state before, or refuse. `ours-only`: take back only what is ours and leave the others' changes. */
export type ReleaseWay = 'exact' | 'ours-only';

/** Whether it does what it says. */
export type Proof =
  | { readonly kind: 'proved'; readonly by: readonly Phrase[] }
  | { readonly kind: 'disproved'; readonly by: readonly Phrase[] }
  | { readonly kind: 'unknown'; readonly why: Phrase };
