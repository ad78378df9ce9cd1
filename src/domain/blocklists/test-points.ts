/**
 * The names of a list's test points.
 *
 * For an IPv6 question the IPv6 point is asked (::ffff:7f00:2 with all its nibbles, RFC 5782 section 5), unless the list
 * names only an IPv4 one: then that proves the list, for both families come from one zone.
 */
import { reversedLabels } from './query-name.ts';
import { ipFromBytes } from '../address/ip.ts';
import type { Blocklist } from './blocklist.ts';

export interface TestNames {
  readonly positive: string | undefined;
  readonly negative: string | undefined;
}

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

/** `::ffff:7f00:2` must keep its IPv6 form here, though the house reads it as the IPv4 address that it maps. */
function labelsOf(point: string): string | undefined {
  const four = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(point);
  if (four) return reversedLabels(ipFromBytes(four.slice(1).map(Number)));
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(point);
  if (!mapped) return undefined;
  const words = mapped.slice(1).map((word) => Number.parseInt(word, 16));
  return reversedLabels(
    ipFromBytes([
      ...Array.from({ length: 10 }, () => 0),
      255,
      255,
      ...words.flatMap((word) => [word >> 8, word & 255]),
    ]),
  );
}
