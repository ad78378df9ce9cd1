/**
 * The name that is asked of a list.
 *
 * Rules (RFC 5782 section 2.1, 2.4, 3):
 * 1. IPv4: the octets in reverse. IPv6: all 32 nibbles in reverse, one label each; asked for A, not AAAA.
 * 2. A domain stands before the zone as it is, in A-labels.
 * 3. A list that knows registered domains alone is asked about the one that a host name belongs to: about the host's name
 *    it knows nothing, whatever it lists.
 * 4. A name of more than 253 octets can't be asked; that is unknown (`name-too-long`), never clear.
 */
import { parseDomain } from '../address/domain.ts';
import type { Domain } from '../address/domain.ts';
import type { Ip } from '../address/ip.ts';
import type { Blocklist } from './blocklist.ts';

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

/** The subject as this list is asked about it. */
export function askedOf(subject: Subject, list: Pick<Blocklist, 'names'>): Subject {
  if (subject.kind !== 'domain' || list.names !== 'registered') return subject;
  const domain = parseDomain(registeredOf(subject.domain));
  return domain.kind === 'ok' ? { kind: 'domain', domain: domain.value } : subject;
}

/** Second-level names beneath which countries register: example.co.uk, example.com.br. */
const SECOND_LEVEL =
  /^(?:ac|asn|co|com|ed|edu|firm|gob|gov|govt|gouv|id|ind|info|ltd|me|mil|ne|net|nhs|nom|or|org|plc|police|sch|school|tm|web)$/;

/** The last two labels, or three beneath a country's second level. The whole list of suffixes is more than this needs. */
function registeredOf(domain: string): string {
  const labels = domain.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  return labels.slice(top.length === 2 && SECOND_LEVEL.test(second) ? -3 : -2).join('.');
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
