/** What the gateway itself knows of its neighbours: `ip -j neigh` and `ip -j route`. */
import { parseCidr, rangeAround } from '../../../src/domain/address/cidr.ts';
import type { Cidr } from '../../../src/domain/address/cidr.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';

const DEADLINE_MS = 10_000;

interface Neighbour {
  readonly address: string;
  readonly mac: string;
}

/** Throws HostUnknown. */
export async function neighboursOf(host: Host): Promise<readonly Neighbour[]> {
  return (await listOf(host, ['neigh'])).flatMap((each) => {
    const address = Reflect.get(each, 'dst');
    const mac = Reflect.get(each, 'lladdr');
    return typeof address === 'string' && typeof mac === 'string' ? [{ address, mac }] : [];
  });
}

/**
 * The network card of an address, where it is on the gateway's own segment. A card that has several IPv4 addresses is
 * none (a router, a proxy): cutting it off would cut off everybody behind it.
 */
export function cardOf(address: string, neighbours: readonly Neighbour[]): string | undefined {
  const mac = neighbours.find((each) => each.address === address)?.mac;
  const others = neighbours.filter(
    (each) => each.mac === mac && each.address !== address && !each.address.includes(':') && !address.includes(':'),
  );
  return others.length > 0 ? undefined : mac;
}

/** The same machines' addresses of both families, found by their network cards; link-local ones left out. */
export function twinsOf(addresses: readonly string[], neighbours: readonly Neighbour[]): readonly string[] {
  const macs = new Set(addresses.flatMap((address) => cardOf(address, neighbours) ?? []));
  return neighbours
    .filter((each) => macs.has(each.mac) && !/^fe[89ab]/i.test(each.address))
    .map((each) => each.address);
}

/**
 * How the gateway reaches an address: by which interface, and whether that is itself (`local`) or many (`broadcast`,
 * `multicast`). Undefined where it has no way there. Throws HostUnknown where the gateway can't be asked.
 */
export async function wayTo(
  host: Host,
  address: string,
): Promise<{ readonly kind: string; readonly device: string } | undefined> {
  const ran = await host.run(['ip', '-j', 'route', 'get', address], { deadlineMs: DEADLINE_MS });
  if (ran.code !== 0) return undefined;
  const [route] = listIn(ran.out);
  const device: unknown = route && Reflect.get(route, 'dev');
  const kind: unknown = route && Reflect.get(route, 'type');
  return typeof device === 'string' ? { device, kind: typeof kind === 'string' ? kind : 'unicast' } : undefined;
}

/** Networks that are routed by other interfaces than those: the inside. Throws HostUnknown. */
export async function networksInside(host: Host, outside: readonly string[]): Promise<readonly Cidr[]> {
  const lists = await Promise.all([listOf(host, ['route', 'show']), listOf(host, ['-6', 'route', 'show'])]);
  return lists.flat().flatMap((route): readonly Cidr[] => {
    const [to, device] = [Reflect.get(route, 'dst'), Reflect.get(route, 'dev')] as readonly unknown[];
    if (typeof to !== 'string' || typeof device !== 'string' || outside.includes(device)) return [];
    const range = parseCidr(to.includes('/') ? to : `${to}/${to.includes(':') ? 128 : 32}`);
    return range.kind === 'ok' ? [range.value] : [];
  });
}

async function listOf(host: Host, words: readonly string[]): Promise<readonly object[]> {
  const ran = await host.run(['ip', '-j', ...words], { deadlineMs: DEADLINE_MS });
  if (ran.code !== 0) throw new HostUnknown(`ip ${words.join(' ')} failed: ${ran.err.trim().slice(0, 200)}`);
  return listIn(ran.out);
}

function listIn(printed: string): readonly object[] {
  const text = printed.trim();
  const read: unknown = text === '' ? [] : JSON.parse(text);
  return Array.isArray(read) ? read.filter((each): each is object => typeof each === 'object' && each !== null) : [];
}

/** Every address of the host itself but loopback and link-local ones; empty where it can't be asked. */
export async function ownAddresses(host: Host): Promise<readonly string[]> {
  return (await assigned(host)).map(({ address }) => address);
}

/** The networks of its own segments, where neighbours answer for themselves; empty where it can't be asked. */
export async function networksOnLink(host: Host): Promise<readonly Cidr[]> {
  return (await assigned(host)).flatMap(({ address, length }) => {
    const ip = parseIp(address);
    return ip.kind === 'ok' ? [rangeAround(ip.value, length)] : [];
  });
}

async function assigned(host: Host): Promise<readonly { readonly address: string; readonly length: number }[]> {
  try {
    return (await listOf(host, ['address'])).flatMap((link) => {
      const infos: unknown = Reflect.get(link, 'addr_info');
      return (Array.isArray(infos) ? infos : []).flatMap((info: unknown) => {
        if (typeof info !== 'object' || info === null) return [];
        const [address, length] = [Reflect.get(info, 'local'), Reflect.get(info, 'prefixlen')] as readonly unknown[];
        if (typeof address !== 'string' || typeof length !== 'number') return [];
        return /^(127\.|::1$|fe[89ab])/i.test(address) ? [] : [{ address, length }];
      });
    });
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return [];
  }
}
