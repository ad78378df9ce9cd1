/**
 * The kernel's own count of blocked attempts, read from the sets of a block's table.
 *
 * An offender's timeout begins anew with each attempt, so that the last one was `timeout - expires` ago; that of a source's
 * first attempt is never begun anew.
 */
import { cidrContains } from '../../../../src/domain/address/cidr.ts';
import { parseIp } from '../../../../src/domain/address/ip.ts';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import type { Attempts, Look } from '../../../../src/domain/hunt/look.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { Watch } from '../../../../src/ports/watch.ts';
import { rememberedConnections, sayGone } from '../conntrack.ts';
import { neighboursOf, networksOnLink, ownAddresses } from '../neighbours.ts';
import { tableOf } from './orders.ts';

/** A full set of 65,535 elements took 1.2 s to list. */
const LIMITS = { deadlineMs: 15_000, longest: 4000 };
const SET_SIZE = 65_535;
const KEPT_MS = 86_400_000;
const FIRST_KEPT_MS = 30 * 86_400_000;

export function watchNftables(name: string, host: Host, now: () => number): Watch {
  const elements = async (table: string, set: string): Promise<readonly Element[]> => {
    const found: Element[] = [];
    for await (const piece of host.lines(['nft', 'list', 'set', 'inet', table, set], LIMITS))
      for (const line of piece) found.push(...elementsOf(line ?? ''));
    return found;
  };
  return {
    before: () => rememberedConnections(host, name),
    ownAddresses: () => ownAddresses(host),
    attempts: async (task): Promise<Look> => {
      const table = tableOf(task.tag);
      try {
        const [four, six, macs4, macs6, firsts4, firsts6] = await Promise.all(
          ['offenders4', 'offenders6', 'macs4', 'macs6', 'firsts4', 'firsts6'].map((set) => elements(table, set)),
        );
        const offenders = [...(four ?? []), ...(six ?? [])];
        const full = [four, six].some((list) => (list?.length ?? 0) >= SET_SIZE);
        const at = now();
        const firsts = new Map(
          [...(firsts4 ?? []), ...(firsts6 ?? [])].map(({ key, expiresMs }) => [
            key[0] ?? '',
            at - FIRST_KEPT_MS + expiresMs,
          ]),
        );
        const sources = bySource(offenders, [...(macs4 ?? []), ...(macs6 ?? [])], firsts, at);
        return { kind: 'counted', at, full, sources: await tellRouters(sources, host) };
      } catch (error) {
        if (!(error instanceof HostUnknown)) throw error;
        const why = error.message.includes('No such file or directory')
          ? sayGone(name)
          : say`${name} could not be asked: ${foreign(error.message, 300)}`;
        return { kind: 'unknown', at: now(), why };
      }
    },
  };
}

/** Of a source that is on none of the firewall's segments, the card is a router's: what it came in through. */
async function tellRouters(sources: readonly Attempts[], host: Host): Promise<readonly Attempts[]> {
  if (sources.every(({ macs }) => macs.length === 0)) return sources;
  const networks = await networksOnLink(host);
  const isRouted = ({ source, macs }: Attempts): boolean => {
    const ip = parseIp(source);
    return macs.length > 0 && ip.kind === 'ok' && !networks.some((range) => cidrContains(range, ip.value));
  };
  if (networks.length === 0 || !sources.some(isRouted)) return sources;
  const neighbours = await neighboursOf(host).catch(() => []);
  const shown = (card: string): string => {
    const address = neighbours.find(({ mac, address: text }) => mac === card && !/^fe[89ab]/i.test(text))?.address;
    return address === undefined ? card : `${address} (${card})`;
  };
  return sources.map((each) => (isRouted(each) ? { ...each, macs: [], via: each.macs.map(shown) } : each));
}

interface Element {
  /** The parts of its key, in order. */
  readonly key: readonly string[];
  readonly packets: number;
  readonly expiresMs: number;
}

/** One line of a set as nft prints it may hold several elements. */
function elementsOf(line: string): readonly Element[] {
  const inside = line.replace(/^\s*elements = \{/, '').replace(/\}\s*$/, '');
  return inside.split(',').flatMap((text): readonly Element[] => {
    const key = /^\s*(\S+(?: \. \S+)*)/.exec(text)?.[1];
    const packets = /\bpackets (\d+)/.exec(text)?.[1] ?? '0';
    const expires = /\bexpires (\S+)/.exec(text)?.[1];
    if (key === undefined || expires === undefined) return [];
    return [{ key: key.split(' . '), packets: Number(packets), expiresMs: durationMs(expires) }];
  });
}

/** As nft prints it: 1d, 23h59m59s984ms. */
function durationMs(text: string): number {
  const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  return [...text.matchAll(/(\d+)(ms|[dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  );
}

function bySource(
  offenders: readonly Element[],
  cards: readonly Element[],
  firsts: ReadonlyMap<string, number>,
  at: number,
): readonly Attempts[] {
  const macs = Map.groupBy(cards, ({ key }) => key[0] ?? '');
  return [...Map.groupBy(offenders, ({ key }) => key[0] ?? '')].flatMap(([address, elements]): readonly Attempts[] => {
    const source = parseIp(address);
    if (source.kind === 'bad') return [];
    const lasts = elements.map(({ expiresMs }) => at - Math.max(0, KEPT_MS - expiresMs));
    return [
      {
        source: source.value.text,
        attempts: elements.reduce((sum, each) => sum + each.packets, 0),
        destinations: new Set(elements.map(({ key }) => key[1])).size,
        ports: [...new Set(elements.map(({ key }) => Number(key[2])))],
        first: Math.min(...lasts, firsts.get(address) ?? Infinity),
        last: Math.max(...lasts),
        macs: [...new Set((macs.get(address) ?? []).flatMap(({ key }) => key[1] ?? []))],
      },
    ];
  });
}
