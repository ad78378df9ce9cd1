/**
 * Looking on a firewall for machines that try to send past the mail server.
 *
 * Guarantees of every adapter: looking changes nothing; what can't be found out is `unknown` with why, never an empty
 * list; each look gives everything that was counted since the block began, not what came since the last look.
 */
import type { Cidr } from '../domain/address/cidr.ts';
import type { MeasureTask } from '../domain/measures/plan.ts';
import type { Before, Look } from '../domain/hunt/look.ts';

export interface Watch {
  /** Connections to port 25 (or 465, 587) outward that the firewall remembers: from before a block. */
  before(): Promise<Before>;
  /** What the block has counted. `task` is a block-port-25 in force on this firewall. */
  attempts(task: MeasureTask): Promise<Look>;
  /** The firewall's own addresses, canonical text; empty where they can't be found out. */
  ownAddresses(): Promise<readonly string[]>;
}

export interface Watches {
  /** The watch of a configured firewall; or why there is none, and what can be done. */
  find(firewall: string): Watch | { readonly refused: string; readonly remedy: string };
}

/** What is configured of the place that a firewall stands in front of. */
export interface Ground {
  readonly firewall: string;
  readonly mailServers: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  /** Addresses of ours; those of private networks where none are configured. */
  readonly inside: readonly Cidr[];
  /** Declared to knock for a good reason. */
  readonly scanners: readonly Cidr[];
  /** Of the IANA database. */
  readonly timezone: string;
}

export interface Grounds {
  /** Names of firewalls and of sites that have one. */
  readonly names: readonly string[];
  /** By a name of those; without a name where there is only one firewall. */
  find(name: string | undefined): Ground | { readonly refused: string; readonly remedy: string };
}
