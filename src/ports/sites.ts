/** What is configured to be looked after. */
import type { Domain } from '../domain/address/domain.ts';
import type { Mailbox } from '../domain/address/mailbox.ts';
import type { Ip } from '../domain/address/ip.ts';
import type { Subject } from '../domain/blocklists/query-name.ts';

export interface KnownSmartHost {
  readonly host: string;
  readonly port: number;
}

/** Where a test for open relaying is made from: a place outside the trusted networks of the site's servers. */
export interface RelayVantage {
  /** `here`: this machine; else the name of a configured server that is reached by ssh. */
  readonly from: string;
  /** A mailbox outside the site, at best one of one's own: nothing is sent to it. */
  readonly recipient?: Mailbox;
}

export interface KnownServer {
  readonly name: string;
  readonly addresses: readonly Ip[];
  readonly helo?: Domain;
  /** How it is reached: `here` is the machine that the worker runs on. */
  readonly reach: 'here' | 'ssh' | 'agent';
}

/** A site, or a server that stands for itself. */
export interface Place {
  readonly name: string;
  /** How the world sees it. */
  readonly addresses: readonly Ip[];
  readonly domains: readonly Domain[];
  /** Under which the site's DKIM keys stand (`mail` for mail._domainkey.DOMAIN). */
  readonly dkimSelectors?: readonly string[];
  readonly servers: readonly KnownServer[];
  /** Several machines share the public address; undefined: not known. */
  readonly sharedAddress?: boolean;
  /** Mail usually leaves through the ISP's relay; undefined: not known. */
  readonly usesSmartHost?: boolean;
  readonly smartHost?: KnownSmartHost;
  readonly relayTest?: RelayVantage;
  /** The firewall between inside and outside. */
  readonly firewall?: string;
  /** IANA time zone; UTC where none is configured. */
  readonly timezone: string;
}

export interface Sites {
  /** The public addresses and the domains of all sites. */
  subjects(): readonly Subject[];
  readonly names: readonly string[];
  readonly servers: readonly KnownServer[];
  /** A site by its name; or the site of a server by the server's name, with that server alone. */
  find(name: string): Place | undefined;
}
