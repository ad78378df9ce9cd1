/** Whether a chat's platform can be reached, as its adapter finds out and the house is told. */

/** Told once when the platform can't be reached for longer than a hiccup, or shuts us out, and once when it can again. */
export type Reachability = (state: {
  readonly reachable: boolean;
  readonly why: string;
  /** Of the first call that failed, milliseconds since 1970 UTC. */
  readonly since: number;
}) => void;

export interface Reach {
  readonly told: Reachability;
  /** It was away when this process began: that it is back is told once it is. */
  readonly isAway: boolean;
  readonly now: () => number;
}
