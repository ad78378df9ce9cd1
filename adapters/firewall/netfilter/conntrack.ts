/**
 * Connections that the kernel remembers: `conntrack -L`, or /proc/net/nf_conntrack where that tool is missing.
 *
 * Outward is what ends neither at the gateway, nor at a mail server, nor in a network that is routed inside.
 */
import { cidrContains } from '../../../src/domain/address/cidr.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Before, Connection } from '../../../src/domain/hunt/look.ts';
import { sayOpenNow, sayOpenUnknown } from '../../../src/domain/measures/open-now.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import { networksInside, ownAddresses } from './neighbours.ts';
import { portsOf } from './resolved.ts';
import type { Gateway } from './resolved.ts';

const LIMITS = { deadlineMs: 10_000, longest: 2000 };
const PORTS: ReadonlySet<number> = new Set([25, 465, 587]);

export async function rememberedConnections(host: Host, name: string): Promise<Before> {
  const all = await tracked(host, name);
  if (all.kind === 'unknown')
    return { kind: 'unknown', why: say`who was connected before can't be asked: ${foreign(all.why, 300)}` };
  return {
    kind: 'seen',
    connections: all.connections
      .filter(({ port }) => PORTS.has(port))
      .map(({ source, destination, port }) => ({ source, destination, port })),
  };
}

/** Of a block that counted: somebody has flushed the rules, or the gateway was restarted. */
export function sayGone(name: string): Phrase {
  return say`the rules of the block are gone from ${name}: nothing is refused there, and nobody is counted`;
}

/** What an order would cut now, in words; never throws for a host that can't tell. */
export async function openNow(order: MeasureOrder, gateway: Gateway, host: Host): Promise<Phrase> {
  const all = await tracked(host, gateway.name);
  if (all.kind === 'unknown') return sayOpenUnknown(gateway.name, all.why);
  const live = all.connections.filter(({ isEstablished }) => isEstablished);
  try {
    const inside = await insideOf(host, gateway);
    return sayOpenNow(order, gateway.name, live.filter(isCutBy(order, inside)));
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return sayOpenUnknown(gateway.name, error.message);
  }
}

type IsInside = (address: string) => boolean;

async function insideOf(host: Host, { outside, mailServers }: Gateway): Promise<IsInside> {
  const networks = await networksInside(host, outside);
  const named = new Set([...mailServers, ...(await ownAddresses(host))]);
  return (address) => {
    const ip = parseIp(address);
    return named.has(address) || (ip.kind === 'ok' && networks.some((range) => cidrContains(range, ip.value)));
  };
}

function isCutBy(order: MeasureOrder, isInside: IsInside): (each: Tracked) => boolean {
  switch (order.kind) {
    case 'block-port-25': {
      const ports = portsOf(order.submissionToo);
      return ({ destination, port }) => ports.includes(port) && !isInside(destination);
    }
    case 'unplug':
      return ({ source, destination }) => !(isInside(source) && isInside(destination));
    case 'quarantine-host':
      return ({ source, destination }) => source === order.address || destination === order.address;
    default:
      return () => false;
  }
}

interface Tracked extends Connection {
  readonly isEstablished: boolean;
}

async function tracked(
  host: Host,
  name: string,
): Promise<
  | { readonly kind: 'seen'; readonly connections: readonly Tracked[] }
  | { readonly kind: 'unknown'; readonly why: string }
> {
  const tries = [
    [
      ['conntrack', '-L', '-f', 'ipv4', '-p', 'tcp'],
      ['conntrack', '-L', '-f', 'ipv6', '-p', 'tcp'],
    ],
    [['cat', '/proc/net/nf_conntrack']],
  ];
  let why = '';
  for (const commands of tries) {
    try {
      const { lines, connections } = await read(host, commands);
      if (lines === 0)
        return { kind: 'unknown', why: `${name} tracks no connections, so it can't say who was connected before` };
      return { kind: 'seen', connections };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      why = error.message;
    }
  }
  return { kind: 'unknown', why: `on ${name}: ${why}` };
}

async function read(
  host: Host,
  commands: readonly (readonly string[])[],
): Promise<{ lines: number; connections: readonly Tracked[] }> {
  let lines = 0;
  const connections: Tracked[] = [];
  for (const argv of commands) {
    for await (const piece of host.lines(argv, LIMITS)) {
      for (const line of piece) {
        if (line === undefined || line.trim() === '') continue;
        lines += 1;
        const connection = connectionOf(line);
        if (connection) connections.push(connection);
      }
    }
  }
  return { lines, connections };
}

/**
 * The original direction comes first, with whom the source meant; the reply's follows, with who answers: behind a public
 * address that is translated it is a server inside. What an offloaded flow is in now isn't printed, only that it is one.
 */
function connectionOf(line: string): Tracked | undefined {
  const found = /\btcp\s.*?\bsrc=(\S+) dst=\S+ sport=\d+ dport=\d+.*?\bsrc=(\S+) dst=\S+ sport=(\d+) dport=\d+/.exec(
    line,
  );
  const source = parseIp(found?.[1] ?? '');
  const destination = parseIp(found?.[2] ?? '');
  const port = Number(found?.[3]);
  if (source.kind === 'bad' || destination.kind === 'bad') return undefined;
  return {
    source: source.value.text,
    destination: destination.value.text,
    port,
    isEstablished: / ESTABLISHED |\[(?:HW_)?OFFLOAD\]/.test(line),
  };
}
