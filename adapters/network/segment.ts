/** What a gateway or switch that runs Linux knows of its own segments: `ip -j neigh` and `bridge -j fdb`. */
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
  readonly blind?: string;
}

export async function lookAtSegment({ name, host }: SegmentSource, deadlineMs: number): Promise<Segment> {
  try {
    const [neighbours, forwarding] = await Promise.all([
      listOf(host, ['ip', '-j', 'neigh'], deadlineMs),
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
    };
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { cards: new Map(), addresses: new Map(), ports: new Map(), blind: error.message };
  }
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
