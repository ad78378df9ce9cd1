/**
 * Asking a mail server whether it would take mail from a stranger to a stranger.
 *
 * Guarantees of every adapter: nothing is ever sent (the dialogue ends at the recipient: no DATA, then RSET and QUIT); it
 * ends within its deadline; an answer that isn't about relaying is `unclear`, neither yes nor no.
 */
export interface RelayProbe {
  /**
   * `host`: a name or an address. `via`: the configured server from whose network it is dialled; else from here. Throws an
   * Error where no dialogue comes about.
   */
  try(host: string, plan: RelayPlan, deadlineMs: number, via?: string): Promise<RelayAnswer>;
}

export interface RelayPlan {
  readonly port: number;
  /** Tried one after the other; each a mailbox. */
  readonly senders: readonly string[];
  readonly recipient: string;
  /** Told the address that this end of the connection has; a text: why nothing may be asked from there. */
  standsOutside(address: string): string | undefined;
}

/** `answer`: what the server said that decided it. */
export interface RelayAnswer {
  readonly kind: 'accepted' | 'refused' | 'unclear';
  readonly answer: string;
}
