/**
 * Streams of events, the record of everything that was decided and done.
 *
 * Guarantees of every adapter (test/contracts/journal.ts):
 * 1. `append` is optimistic: it adds all the events, or none where the stream is no longer at `expected`.
 * 2. What it has confirmed is durable and is read back in order, unchanged.
 * 3. Numbers of streams begin at 1, only grow, and are never given twice.
 */
export interface Journal<Event> {
  /** A number that no other stream will have. */
  reserve(): Promise<number>;
  /** Begins a new stream, under a reserved number or the next one, and gives its number. */
  begin(events: readonly Event[], reserved?: number): Promise<number>;
  /** Empty where there is no such stream. `version` is how many events it has. */
  read(number: number): Promise<{ readonly version: number; readonly events: readonly Event[] }>;
  append(number: number, expected: number, events: readonly Event[]): Promise<'appended' | 'conflict'>;
  /** All streams, newest first. Those marked `settle`d are left out unless asked for. */
  numbers(which: 'open' | 'all'): Promise<readonly number[]>;
  /** This stream has come to its end: it is no longer listed as open. */
  settle(number: number): Promise<void>;
}

/** Who holds what: no two open measures hold the same thing. */
export interface Holds {
  /** Takes it for this measure; gives the number of the measure that has it now (one's own where it was free). */
  take(what: string, measure: number): Promise<number>;
  /** Frees it where this measure has it. */
  free(what: string, measure: number): Promise<void>;
}
