/**
 * The name that is asked of a list.
 *
 * Rules (RFC 5782 section 2.1, 2.4, 3):
 * 1. IPv4: the octets in reverse. IPv6: all 32 nibbles in reverse, one label each; asked for A, not AAAA.
 * 2. A domain stands before the zone as it is, in A-labels.
 * 3. A name of more than 253 octets can't be asked; that is unknown (`name-too-long`), never clear.
 */
import type { Domain } from '../address/domain.ts';
import type { Ip } from '../address/ip.ts';

export type Subject = { readonly kind: 'ip'; readonly ip: Ip } | { readonly kind: 'domain'; readonly domain: Domain };

/** The labels before the zone. */
export function reversedLabels(ip: Ip): string {
  if (ip.family === 4) return ip.bytes.toReversed().join('.');
  return ip.bytes
    .toReversed()
    .map((byte) => `${(byte & 15).toString(16)}.${(byte >> 4).toString(16)}`)
    .join('.');
}

/** What stands before the zone in the question about this subject. */
export function labelsOf(subject: Subject): string {
  return subject.kind === 'ip' ? reversedLabels(subject.ip) : subject.domain;
}

/** The name to ask, or undefined where it would be longer than DNS permits. */
export function queryName(labels: string, zone: string): string | undefined {
  const name = `${labels}.${zone}`;
  return name.length > 253 ? undefined : name;
}

/** Back from a query name to the address; undefined where it isn't one of this zone. */
export function addressBytesOf(name: string, zone: string): readonly number[] | undefined {
  if (!name.endsWith(`.${zone}`)) return undefined;
  const labels = name
    .slice(0, -zone.length - 1)
    .split('.')
    .toReversed();
  if (labels.length === 4) return labels.map(Number);
  if (labels.length !== 32) return undefined;
  return Array.from({ length: 16 }, (_, index) =>
    Number.parseInt(`${labels[index * 2] ?? ''}${labels[index * 2 + 1] ?? ''}`, 16),
  );
}
