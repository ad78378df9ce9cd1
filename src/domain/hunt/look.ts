/**
 * One look at who tries to send past the mail server, as a firewall gives it: its kernel's counters, its log, or the
 * connections that it remembers.
 *
 * Times are milliseconds since 1970 UTC. Addresses are canonical text (address/ip.ts), network cards lower-case hex with
 * colons.
 */
import type { Phrase } from '../foreign.ts';

/** What one source has tried since counting began. */
export interface Attempts {
  readonly source: string;
  readonly attempts: number;
  /** How many distinct destinations. */
  readonly destinations: number;
  readonly ports: readonly number[];
  /** Not later than this; unknown where the firewall keeps only the last. */
  readonly first?: number;
  readonly last?: number;
  /** Where `last` isn't known: it tried at this moment or later. Left out: since counting began. */
  readonly lastAtLeast?: number;
  /** Its network cards, as the firewall saw them. */
  readonly macs: readonly string[];
  /** Where its address is not of the firewall's own segments: what it came in through, which is a router's or forges it. */
  readonly via?: readonly string[];
}

export type Look =
  | {
      readonly kind: 'counted';
      readonly at: number;
      readonly sources: readonly Attempts[];
      /** The firewall could count no more: further sources are blocked, but not in here. */
      readonly full: boolean;
    }
  | { readonly kind: 'unknown'; readonly at: number; readonly why: Phrase };

/** A connection outward that the firewall remembers. */
export interface Connection {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** Who was connected before the block. */
export type Before =
  | { readonly kind: 'seen'; readonly connections: readonly Connection[] }
  | { readonly kind: 'unknown'; readonly why: Phrase };
