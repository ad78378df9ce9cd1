/**
 * Who an address is: network card, maker, DHCP name, reverse name, port.
 *
 * Rules:
 * 1. Each source is asked once per call, all of them at the same time, each within the deadline.
 * 2. A DHCP name counts where the lease is of the same network card, and says whether it covers the attempt's time.
 * 3. A card that was seen of an address that is on none of the segments is a router's: its lease, its maker and its port
 *    are not the machine's.
 * 4. A source that can't be asked makes the answer blind there, and that is said.
 */
import { cidrContains } from '../../src/domain/address/cidr.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import { reversedLabels } from '../../src/domain/blocklists/query-name.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { isLeaseFile, leaseAt, readLeases } from '../../src/domain/hunt/leases.ts';
import type { Lease, LeaseKind } from '../../src/domain/hunt/leases.ts';
import type { Resolver } from '../../src/ports/dns.ts';
import type { Files } from '../../src/ports/files.ts';
import type { Machine, Network, Wanted } from '../../src/ports/network.ts';
import { lookAtSegment } from './segment.ts';
import type { Segment, SegmentSource } from './segment.ts';
import { vendorOf } from './vendor.ts';

export interface NetworkSources {
  readonly leases: readonly { readonly kind: LeaseKind; readonly file: string }[];
  readonly segments: readonly SegmentSource[];
  readonly resolver: Resolver;
  readonly files: Pick<Files, 'text'>;
  /** Whether this file is read on another host instead: then it is no blind spot of this one. */
  readonly isElsewhere?: (file: string) => Promise<boolean>;
}

/** A lease file of a large site: Kea's and ISC's are appended to. */
const MOST_LEASE_BYTES = 64 * 1024 * 1024;

export function openNetwork(sources: NetworkSources): Network {
  return {
    async identify(wanted, deadlineMs) {
      if (wanted.length === 0) return [];
      const [segments, leases] = await Promise.all([
        Promise.all(sources.segments.map((source) => lookAtSegment(source, deadlineMs))),
        Promise.all(sources.leases.map((each) => readFile(each, sources))),
      ]);
      const blind = [
        ...segments.flatMap((segment) => (segment.blind === undefined ? [] : [say`${foreign(segment.blind, 300)}`])),
        ...leases.flatMap((each) => ('blind' in each ? [each.blind] : [])),
      ];
      const known = leases.flatMap((each) => ('leases' in each ? each.leases : []));
      return Promise.all(
        wanted.map(async (each): Promise<Machine> => {
          const machine = identifyOne(each, segments, known);
          const reverse = await reverseOf(machine.addresses, sources.resolver, deadlineMs);
          return {
            ...machine,
            ...('name' in reverse && { reverse: reverse.name }),
            blind: [...blind, ...('blind' in reverse ? [reverse.blind] : [])],
          };
        }),
      );
    },
  };
}

async function readFile(
  { kind, file }: NetworkSources['leases'][number],
  { files, isElsewhere }: Pick<NetworkSources, 'files' | 'isElsewhere'>,
): Promise<{ readonly leases: readonly Lease[] } | { readonly blind: Phrase }> {
  try {
    if (await isElsewhere?.(file)) return { leases: [] };
    const text = await files.text(file, MOST_LEASE_BYTES);
    if (isLeaseFile(kind, text)) return { leases: readLeases(kind, text) };
    return {
      blind: say`${foreign(file, 200)} is no file of leases of ${kind}: DHCP names are missing; look at docs/hunt.md`,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { blind: say`the leases can't be read: ${foreign(why, 300)}` };
  }
}

function identifyOne(wanted: Wanted, segments: readonly Segment[], leases: readonly Lease[]): Omit<Machine, 'blind'> {
  const neighbour = segments.flatMap((segment) =>
    wanted.addresses.flatMap((address) => segment.cards.get(address) ?? []),
  )[0];
  const isRouted = wanted.mac !== undefined && neighbour === undefined && isRoutedTo(wanted.addresses, segments);
  const mac = isRouted ? undefined : (wanted.mac ?? neighbour);
  const found = leaseAt(leases, { addresses: wanted.addresses, ...(mac !== undefined && { mac }) }, wanted.at);
  const card = mac ?? (found?.covers === 'yes' ? found.lease.mac : undefined);
  const vendor = card === undefined ? undefined : vendorOf(card);
  const port = card === undefined ? undefined : segments.flatMap((segment) => segment.ports.get(card) ?? [])[0];
  return {
    addresses: [...new Set([...wanted.addresses, ...othersOf(card, segments)])],
    ...(card !== undefined && { mac: card }),
    ...(isRouted && wanted.mac !== undefined && { via: shownCard(wanted.mac, segments) }),
    ...(vendor !== undefined && { vendor: vendor === 'made up' ? vendor : foreign(vendor, 60) }),
    ...(found?.lease.name !== undefined && {
      dhcp: {
        name: foreign(found.lease.name, 64),
        covers: found.covers,
        ...(found.lease.until !== undefined && { until: found.lease.until }),
      },
    }),
    ...(port !== undefined && { port: foreign(port, 64) }),
  };
}

function isRoutedTo(addresses: readonly string[], segments: readonly Segment[]): boolean {
  const networks = segments.flatMap((segment) => segment.networks);
  return (
    networks.length > 0 &&
    addresses.every((address) => {
      const ip = parseIp(address);
      return ip.kind === 'ok' && !networks.some((range) => cidrContains(range, ip.value));
    })
  );
}

function shownCard(card: string, segments: readonly Segment[]): string {
  const all = segments.flatMap((segment) => segment.addresses.get(card) ?? []);
  const address = all.find((each) => !/^fe[89ab]/i.test(each));
  return address === undefined ? card : `${address} (${card})`;
}

/** A card with several IPv4 addresses is a router's: they are not one machine's. Link-local addresses lead nowhere. */
function othersOf(card: string | undefined, segments: readonly Segment[]): readonly string[] {
  if (card === undefined) return [];
  const all = segments.flatMap((segment) => segment.addresses.get(card) ?? []);
  if (new Set(all.filter((address) => !address.includes(':'))).size > 1) return [];
  return all.filter((address) => !/^fe[89ab]/i.test(address));
}

type Reverse = { readonly name: ReturnType<typeof foreign> } | { readonly blind: Phrase } | Record<string, never>;

/** The first reverse name that there is; unknown where one could not be asked and none was found. */
async function reverseOf(addresses: readonly string[], resolver: Resolver, deadlineMs: number): Promise<Reverse> {
  const replies = await Promise.all(
    addresses.slice(0, 4).map(async (address) => {
      const ip = parseIp(address);
      if (ip.kind === 'bad') return undefined;
      const zone = ip.value.family === 4 ? 'in-addr.arpa' : 'ip6.arpa';
      return resolver.ask({ name: `${reversedLabels(ip.value)}.${zone}`, type: 'PTR' }, Math.min(deadlineMs, 3000));
    }),
  );
  for (const reply of replies) {
    const name = reply?.kind === 'answer' ? reply.data[0] : undefined;
    if (name !== undefined) return { name: foreign(name.replace(/\.$/, ''), 120) };
  }
  const failed = replies.find((reply) => reply?.kind === 'failed');
  return failed?.kind === 'failed' ? { blind: say`reverse names can't be asked (${failed.why})` } : {};
}
