/**
 * Who did it: a hunt, judged by what is known of the addresses.
 *
 * Owns: joining a machine's addresses, telling the mail server, declared scanners and the firewall itself apart. Does not
 * own: who the machine is (ports/network.ts), the verdict (diagnosis).
 * Rules:
 * 1. With port 25 blocked for everyone and the server's outbound mail frozen, every attempt is guilty.
 * 2. An attempt of the mail server's own counts against it only where it was made while frozen, ten seconds after the
 *    freeze at the earliest (what was on its way may still knock), and for sure: a counter tells no times.
 * 3. Addresses belong to one machine where they share a network card; a card with several IPv4 addresses is a router's.
 * 4. Nobody seen is silence of a known length, never innocence.
 */
import { cidrContains } from '../address/cidr.ts';
import type { Cidr } from '../address/cidr.ts';
import { parseIp } from '../address/ip.ts';
import type { BlockedAttempts } from '../diagnosis/evidence.ts';
import { watchedSeconds } from './hunt.ts';
import type { Hunt, Tried } from './hunt.ts';
import type { Before } from './look.ts';

const STILL_ON_ITS_WAY_MS = 10_000;

export interface KnownServer {
  /** Every address, both families, canonical text. */
  readonly addresses: readonly string[];
  /** Since when its outbound mail is frozen; undefined: it isn't, or nobody knows. */
  readonly frozenSince?: number;
}

export interface Known {
  readonly mailServers: readonly KnownServer[];
  /** Declared to knock for a good reason. */
  readonly scanners: readonly Cidr[];
  /** The firewall's own addresses. */
  readonly firewall: readonly string[];
  /** The block lets the mail servers send: what they try isn't counted. */
  readonly serversLetThrough?: true;
}

export type Part = 'guilty' | 'mail-server' | 'mail-server-frozen' | 'scanner' | 'firewall';

export interface Suspect {
  readonly part: Part;
  /** The one that tried most comes first. */
  readonly addresses: readonly string[];
  readonly mac?: string;
  /** More than one: two machines have the address, or one changes its card's. */
  readonly cards?: readonly string[];
  /** What it came in through, where that isn't its own network card. */
  readonly via?: string;
  readonly attempts: number;
  readonly destinations: number;
  readonly ports: readonly number[];
  readonly first: number;
  readonly last: number;
}

export interface Findings {
  readonly watchedSeconds: number;
  readonly frozen: boolean;
  readonly serversLetThrough: boolean;
  /** The worst first, within each part. */
  readonly suspects: readonly Suspect[];
  readonly full: boolean;
}

/** Who tried, machine by machine, the worst first, each in the part it belongs to. */
export function findingsOf(hunt: Hunt, known: Known): Findings {
  const suspects = machinesOf([...hunt.sources.values()]).map((machine): Suspect => {
    const { sure: _known, ...shown } = machine;
    return { ...shown, part: partOf(machine, known) };
  });
  return {
    watchedSeconds: watchedSeconds(hunt),
    frozen: known.mailServers.length > 0 && known.mailServers.every((server) => server.frozenSince !== undefined),
    suspects: suspects.toSorted(
      (a, b) => b.attempts - a.attempts || (a.addresses[0] ?? '').localeCompare(b.addresses[0] ?? ''),
    ),
    serversLetThrough: known.serversLetThrough ?? false,
    full: hunt.full,
  };
}

/** What a diagnosis is given: declared scanners and the firewall itself are left out, and so is a server before its freeze. */
export function blockedAttempts(findings: Findings): BlockedAttempts {
  const counted = findings.suspects.filter(({ part }) => part === 'guilty' || part === 'mail-server-frozen');
  return {
    watchedSeconds: findings.watchedSeconds,
    outboundFrozen: findings.frozen,
    ...(findings.serversLetThrough && { serversLetThrough: true }),
    sources: counted.map((each) => ({
      address: each.addresses[0] ?? '',
      attempts: each.attempts,
      destinations: each.destinations,
      mailServer: each.part === 'mail-server-frozen',
    })),
  };
}

/** Inside machines that had connections outward before the block, most connections first. */
export function connectedBefore(before: Before, known: Known, inside: readonly Cidr[]): readonly ConnectedBefore[] {
  if (before.kind === 'unknown') return [];
  const servers = new Set(known.mailServers.flatMap((server) => server.addresses));
  const own = new Set([...servers, ...known.firewall]);
  const isInside = (address: string): boolean => own.has(address) || within(address, inside);
  const bySource = Map.groupBy(
    before.connections.filter((each) => isInside(each.source) && !isInside(each.destination)),
    (each) => each.source,
  );
  return [...bySource]
    .map(([source, each]) => ({
      source,
      connections: each.length,
      destinations: new Set(each.map(({ destination }) => destination)).size,
      mailServer: servers.has(source),
    }))
    .toSorted((a, b) => b.connections - a.connections);
}

export interface ConnectedBefore {
  readonly source: string;
  readonly connections: number;
  readonly destinations: number;
  readonly mailServer: boolean;
}

type Machine = Omit<Suspect, 'part'> & Pick<Tried, 'sure'>;

function machinesOf(tried: readonly Tried[]): readonly Machine[] {
  const cards = new Map<string, Tried[]>();
  const alone: Tried[][] = [];
  for (const each of tried) {
    const mac = each.macs.length === 1 ? each.macs[0] : undefined;
    if (mac === undefined) alone.push([each]);
    else cards.set(mac, [...(cards.get(mac) ?? []), each]);
  }
  const joined = [...cards].flatMap(([mac, group]): readonly (readonly [string | undefined, readonly Tried[]])[] => {
    const routed = group.filter(({ source }) => !source.includes(':')).length > 1;
    return routed ? group.map((each) => [undefined, [each]] as const) : [[mac, group] as const];
  });
  return [...joined, ...alone.map((group) => [undefined, group] as const)].map(([mac, group]) => ({
    addresses: group.toSorted((a, b) => b.attempts - a.attempts).map(({ source }) => source),
    ...(mac !== undefined && { mac }),
    attempts: sum(group.map((each) => each.attempts)),
    destinations: sum(group.map((each) => each.destinations)),
    ports: [...new Set(group.flatMap((each) => each.ports))].toSorted((a, b) => a - b),
    first: Math.min(...group.map((each) => each.first)),
    last: Math.max(...group.map((each) => each.last)),
    sure: Math.max(...group.map((each) => each.sure)),
    ...viaOf(group),
    ...cardsOf(group),
  }));
}

function cardsOf(group: readonly Tried[]): { readonly cards?: readonly string[] } {
  const cards = [...new Set(group.flatMap(({ macs }) => macs))];
  return cards.length > 1 ? { cards } : {};
}

function viaOf(group: readonly Tried[]): { readonly via?: string } {
  const [via, ...more] = new Set(group.flatMap((each) => each.via ?? []));
  return via === undefined || more.length > 0 ? {} : { via };
}

function partOf(machine: Machine, known: Known): Part {
  const has = (list: readonly string[]): boolean => machine.addresses.some((address) => list.includes(address));
  const server = known.mailServers.find(({ addresses }) => has(addresses));
  if (server) {
    const { frozenSince } = server;
    return frozenSince !== undefined && machine.sure > frozenSince + STILL_ON_ITS_WAY_MS
      ? 'mail-server-frozen'
      : 'mail-server';
  }
  if (has(known.firewall)) return 'firewall';
  return machine.addresses.some((address) => within(address, known.scanners)) ? 'scanner' : 'guilty';
}

function within(address: string, ranges: readonly Cidr[]): boolean {
  const ip = parseIp(address);
  return ip.kind === 'ok' && ranges.some((range) => cidrContains(range, ip.value));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
