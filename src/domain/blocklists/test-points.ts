/**
 * The names of a list's test points.
 *
 * For an IPv6 question the IPv6 point is asked (::ffff:7f00:2 with all its nibbles, RFC 5782 section 5), unless the list
 * names only an IPv4 one: then that proves the list, for both families come from one zone.
 */
import { reversedLabels } from './query-name.ts';
import { ipFromBytes, parseIp } from '../address/ip.ts';
import type { Blocklist } from './blocklist.ts';

export interface TestNames {
  readonly positive: string | undefined;
  readonly negative: string | undefined;
}

/** The names to ask for a list's test points; `family` is left out for a list of domains. */
export function testNames(list: Blocklist, family: 4 | 6 | undefined): TestNames {
  return { positive: nameOf(list, list.test?.positive, family), negative: nameOf(list, list.test?.negative, family) };
}

function nameOf(list: Blocklist, points: readonly string[] | undefined, family: 4 | 6 | undefined): string | undefined {
  if (!points || points.length === 0) return undefined;
  if (list.kind === 'domain' || family === undefined) return `${(points[0] ?? '').toLowerCase()}.${list.zone}`;
  const wanted = points.find((point) => point.includes(':') === (family === 6)) ?? points[0];
  const labels = wanted === undefined ? undefined : labelsOf(wanted);
  return labels === undefined ? `${(wanted ?? '').toLowerCase()}.${list.zone}` : `${labels}.${list.zone}`;
}

/**
 * The labels of an address; undefined where it is none. An IPv6 point keeps its IPv6 form here, though the house reads
 * ::ffff:7f00:2 as the IPv4 address that it maps.
 */
export function labelsOf(point: string): string | undefined {
  const read = parseIp(point);
  if (read.kind === 'bad') return undefined;
  if (read.value.family === 6 || !point.includes(':')) return reversedLabels(read.value);
  return reversedLabels(ipFromBytes([...Array.from({ length: 10 }, () => 0), 255, 255, ...read.value.bytes]));
}
