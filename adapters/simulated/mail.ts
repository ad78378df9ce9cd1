/** A message of the simulated company, and what is known of it while it waits. */

/** Who handed a message in. */
export type Origin =
  | { readonly kind: 'login'; readonly account: string; readonly address: string }
  | { readonly kind: 'client'; readonly address: string }
  | { readonly kind: 'own' };

/** What becomes of it at the receiver: taken at once, after a while, never; `choosy`: not while we are listed. */
export type Fate = 'taken' | 'greylisted' | 'refused' | 'choosy';

export interface Mail {
  readonly sender: string;
  readonly recipient: string;
  readonly nature: 'legitimate' | 'spam' | 'backscatter';
  readonly fate: Fate;
  readonly from: Origin;
}

export interface Waiting extends Mail {
  readonly id: string;
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly bytes: number;
  reason: string | undefined;
  tries: number;
  next: number;
  /** So long it was held by what was ordered, in milliseconds; and since when it is now. */
  heldMs: number;
  heldSince: number | undefined;
}
