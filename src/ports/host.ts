/**
 * Running a program on a host: here, or by ssh.
 *
 * Guarantees of every adapter: an argv is carried out as it is, no shell of ours reads it; it ends within its deadline;
 * what it printed comes as it is printed.
 */
export interface Host {
  /**
   * The lines of its standard output, in pieces as they come; a line longer than `longest` characters is undefined.
   * Throws HostUnknown where it can't be started, doesn't end in time, or ends with a status other than 0.
   */
  lines(
    argv: readonly string[],
    limits: { readonly deadlineMs: number; readonly longest: number },
  ): AsyncIterable<readonly (string | undefined)[]>;
}

/** What it printed is unknown or not whole; the message names the host, the program and the remedy. */
export class HostUnknown extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'HostUnknown';
  }
}
