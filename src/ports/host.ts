/**
 * Running a program on a host: here, or by ssh.
 *
 * Guarantees of every adapter: an argv is carried out as it is, no shell of ours reads it; it ends within its deadline;
 * what it printed comes as it is printed.
 */
export interface Host {
  /**
   * The lines of its standard output, in pieces as they come; a line longer than `longest` octets is undefined.
   * Throws HostUnknown where it can't be started, doesn't end in time, or ends with a status other than 0.
   */
  lines(
    argv: readonly string[],
    limits: { readonly deadlineMs: number; readonly longest: number },
  ): AsyncIterable<readonly (string | undefined)[]>;
  /**
   * Runs it to its end and gives its exit status, whatever that is, with at most 4 MiB of what it printed. With
   * `fence`, the host itself refuses (FenceLost) where it has seen a larger number, and two such runs never overlap.
   * Throws HostUnknown where it can't be started, doesn't end in time, or its status isn't known.
   */
  run(argv: readonly string[], how: HowToRun): Promise<Ran>;
}

export interface HowToRun {
  readonly deadlineMs: number;
  readonly input?: string;
  readonly fence?: number;
  /** An undo: it goes on also where the host can't keep the fence's number, as its disk is full. */
  readonly undoes?: true;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What it printed is unknown or not whole; the message names the host, the program and the remedy. */
export class HostUnknown extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'HostUnknown';
  }
}

/** Somebody with a later number has acted on this host: this one must not act any more. */
export class FenceLost extends Error {
  constructor(host: string) {
    super(`A later hand has acted on ${host}; this one stops. Look at the ledger.`);
    this.name = 'FenceLost';
  }
}
