/**
 * From an address to a machine that somebody can walk to.
 *
 * Guarantees of every adapter: it never throws for what a source does not give; a look that failed is named in `blind`,
 * never taken for "has no name"; names are text from outside.
 */
import type { Foreign, Phrase } from '../domain/foreign.ts';
import type { Covers } from '../domain/hunt/leases.ts';

export interface Wanted {
  readonly addresses: readonly string[];
  /** The network card, where the firewall saw it. */
  readonly mac?: string;
  /** When it tried last, milliseconds since 1970 UTC: leases must cover this. */
  readonly at: number;
}

export interface Machine {
  readonly addresses: readonly string[];
  readonly mac?: string;
  /** The card that was seen is not its own: it came in through this one, of a router, or forges its address. */
  readonly via?: string;
  /** Who made the network card; `made up` where the card's address is not a manufacturer's. */
  readonly vendor?: Foreign | 'made up';
  readonly dhcp?: { readonly name: Foreign; readonly covers: Covers; readonly until?: number };
  readonly reverse?: Foreign;
  /** Where the cable is: the port of a switch or bridge. */
  readonly port?: Foreign;
  /** What could not be looked up. */
  readonly blind: readonly Phrase[];
}

export interface Network {
  /** One machine per wanted, in the same order. */
  identify(wanted: readonly Wanted[], deadlineMs: number): Promise<readonly Machine[]>;
}
