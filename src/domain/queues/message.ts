/**
 * One message of a queue listing, whatever tool printed it.
 *
 * Rules:
 * 1. The null sender is the empty string.
 * 2. Text is as the tool printed it; it becomes `Foreign` where it is shown, and a branded type where it is acted upon.
 */
export interface QueuedMessage {
  readonly id: string;
  /** The server's own name of the queue: active, deferred, hold, incoming; frozen; Submission, Poison … */
  readonly queue: string;
  /** Seconds since 1970 UTC. */
  readonly arrival: number;
  readonly bytes: number;
  readonly sender: string;
  readonly recipients: readonly { readonly address: string; readonly reason?: string }[];
}

/** A part of a listing that could not be read: what it was, for the first few to be named. */
export interface Malformed {
  readonly line: number;
  readonly why: string;
}

/** Turns the lines of a listing into messages. `feed` gets each line without its end; `end` what is left. */
export interface ListingReader {
  feed(line: string): void;
  end(): void;
}

export interface ListingSink {
  message(message: QueuedMessage): void;
  malformed(fault: Malformed): void;
}
