/** Time as the house sees it: injected, so that tests and drills run on a virtual one. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 UTC. It may jump. */
  now(): number;
  /** Milliseconds from an arbitrary start that never jump: for durations and deadlines. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness as a port. */
export interface Random {
  /** `bytes` random bytes as lower-case hex. */
  hex(bytes: number): string;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
}
