/**
 * The interfaces through which a Linux gateway reaches the internet.
 *
 * Rules, each found on a real kernel:
 * 1. Every routing table that a rule leads to counts, not the main one alone: a second uplink is often chosen by source.
 * 2. What stands for a default route is one: 0.0.0.0/1 with 128.0.0.0/1 (a VPN's), 2000::/3.
 * 3. A route that ends nowhere (unreachable, blackhole) or here (local, of a transparent proxy) is no way out.
 * 4. An uplink that is down is one all the same: it may come back.
 */
import { parseCidr } from '../../../src/domain/address/cidr.ts';
import type { Host } from '../../../src/ports/host.ts';

const LIMITS = { deadlineMs: 10_000, longest: 4000 };
const TYPES = /^(?:(unicast|local|broadcast|multicast|anycast|unreachable|blackhole|prohibit|throw|nat) )?(\S+)/;

/** Of both families, without doubles. Throws HostUnknown. */
export async function waysOut(host: Host): Promise<readonly string[]> {
  const families = await Promise.all(
    ['-4', '-6'].map(async (family) => {
      const [rules, routes] = await Promise.all([
        linesOf(host, ['ip', family, 'rule', 'show']),
        linesOf(host, ['ip', '-o', family, 'route', 'show', 'table', 'all']),
      ]);
      const tables = rules.flatMap((rule) => /\blookup (\S+)/.exec(rule)?.[1] ?? []);
      // Of a VRF the rule names no table.
      const isUsed = (table: string): boolean => tables.includes(table) || tables.includes('[l3mdev-table]');
      return routes.flatMap((route) => devicesOf(route, isUsed));
    }),
  );
  return [...new Set(families.flat())];
}

/** `default via 192.0.2.254 dev wan1 table 100`; the next hops of a route with several stand on the same line. */
function devicesOf(route: string, isUsed: (table: string) => boolean): readonly string[] {
  const [, type = 'unicast', to = ''] = TYPES.exec(route.trim()) ?? [];
  if (type !== 'unicast' || !isWide(to) || !isUsed(/ table (\S+)/.exec(route)?.[1] ?? 'main')) return [];
  return [...route.matchAll(/ dev (\S+)/g)].flatMap(([, device]) => device ?? []);
}

function isWide(to: string): boolean {
  if (to === 'default') return true;
  const range = parseCidr(to);
  if (range.kind === 'bad') return false;
  const { base, prefix } = range.value;
  // 224.0.0.0/4 is multicast.
  return base.family === 4 ? prefix < 8 && (base.bytes[0] ?? 0) < 224 : prefix < 4;
}

async function linesOf(host: Host, argv: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const piece of host.lines(argv, LIMITS))
    for (const line of piece) if (line !== undefined) lines.push(line);
  return lines;
}
