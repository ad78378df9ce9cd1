/** What a gateway or switch that runs Linux knows of its own segments: `ip -j neigh` and `bridge -j fdb`. */
import { rangeAround } from '../../src/domain/address/cidr.ts';
import type { Cidr } from '../../src/domain/address/cidr.ts';
import { parseIp } from '../../src/domain/address/ip.ts';
import { HostUnknown } from '../../src/ports/host.ts';
import type { Host } from '../../src/ports/host.ts';

export interface SegmentSource {
  readonly name: string;
  readonly host: Host;
}

export interface Segment {
  /** Address -> network card, and all addresses of a card. */
  readonly cards: ReadonlyMap<string, string>;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** Network card -> port of the bridge. */
  readonly ports: ReadonlyMap<string, string>;
  /** The networks of its own segments; empty where it doesn't say. */
  readonly networks: readonly Cidr[];
  readonly blind?: string;
}

export async function lookAtSegment({ name, host }: SegmentSource, deadlineMs: number): Promise<Segment> {
  try {
    const [neighbours, links, forwarding] = await Promise.all([
      listOf(host, ['ip', '-j', 'neigh'], deadlineMs),
      listOf(host, ['ip', '-j', 'address'], deadlineMs).catch(() => []),
      // A gateway without the bridge tool (or without a bridge) still knows its neighbours.
      listOf(host, ['bridge', '-j', 'fdb', 'show'], deadlineMs).catch(() => []),
    ]);
    const pairs = neighbours.flatMap((each): readonly (readonly [string, string])[] => {
      const [address, mac] = [text(each, 'dst'), text(each, 'lladdr')];
      return address === undefined || mac === undefined ? [] : [[address, mac]];
    });
    const ports = forwarding.flatMap((each): readonly (readonly [string, string])[] => {
      const [mac, port] = [text(each, 'mac'), text(each, 'ifname')];
      const learned = text(each, 'state') !== 'permanent' && text(each, 'master') !== undefined;
      return mac === undefined || port === undefined || !learned ? [] : [[mac, `${port} of ${name}`]];
    });
    const byCard = Map.groupBy(pairs, ([, mac]) => mac);
    return {
      cards: new Map(pairs),
      addresses: new Map([...byCard].map(([mac, list]) => [mac, list.map(([address]) => address)])),
      ports: new Map(ports),
      networks: links.flatMap(networksOf),
    };
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { cards: new Map(), addresses: new Map(), ports: new Map(), networks: [], blind: error.message };
  }
}

function networksOf(link: object): readonly Cidr[] {
  const infos: unknown = Reflect.get(link, 'addr_info');
  return (Array.isArray(infos) ? infos : []).flatMap((info: unknown) => {
    if (typeof info !== 'object' || info === null) return [];
    const address = parseIp(text(info, 'local') ?? '');
    const length: unknown = Reflect.get(info, 'prefixlen');
    return address.kind === 'ok' && typeof length === 'number' ? [rangeAround(address.value, length)] : [];
  });
}

async function listOf(host: Host, argv: readonly string[], deadlineMs: number): Promise<readonly object[]> {
  const ran = await host.run(argv, { deadlineMs });
  if (ran.code !== 0) throw new HostUnknown(`${argv.join(' ')} failed: ${ran.err.trim().slice(0, 200)}`);
  let read: unknown;
  try {
    read = ran.out.trim() === '' ? [] : JSON.parse(ran.out);
  } catch (cause) {
    throw new HostUnknown(`${argv.join(' ')} did not print JSON; it is too old, or no iproute2.`, { cause });
  }
  return Array.isArray(read) ? read.filter((each): each is object => typeof each === 'object' && each !== null) : [];
}

function text(value: object, key: string): string | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' ? found : undefined;
}
