/** Connections that the kernel remembers: `conntrack -L`, or /proc/net/nf_conntrack where that tool is missing. */
import { parseIp } from '../../../src/domain/address/ip.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Before, Connection } from '../../../src/domain/hunt/look.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';

const LIMITS = { deadlineMs: 10_000, longest: 2000 };
const PORTS: ReadonlySet<number> = new Set([25, 465, 587]);

export async function rememberedConnections(host: Host, name: string): Promise<Before> {
  const tries = [
    () =>
      read(host, [
        ['conntrack', '-L', '-p', 'tcp'],
        ['conntrack', '-L', '-f', 'ipv6', '-p', 'tcp'],
      ]),
    () => read(host, [['cat', '/proc/net/nf_conntrack']]),
  ];
  let why = '';
  for (const attempt of tries) {
    try {
      const { lines, connections } = await attempt();
      if (lines === 0)
        return { kind: 'unknown', why: say`${name} tracks no connections, so it can't say who was connected before` };
      return { kind: 'seen', connections };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      why = error.message;
    }
  }
  return { kind: 'unknown', why: say`who was connected before can't be asked on ${name}: ${foreign(why, 300)}` };
}

async function read(
  host: Host,
  commands: readonly (readonly string[])[],
): Promise<{ lines: number; connections: readonly Connection[] }> {
  let lines = 0;
  const connections: Connection[] = [];
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

/** The original direction comes first; the reply's addresses follow and are not looked at. */
function connectionOf(line: string): Connection | undefined {
  const found = /\btcp\s.*?\bsrc=(\S+) dst=(\S+) sport=\d+ dport=(\d+)/.exec(line);
  const source = parseIp(found?.[1] ?? '');
  const destination = parseIp(found?.[2] ?? '');
  const port = Number(found?.[3]);
  if (source.kind === 'bad' || destination.kind === 'bad' || !PORTS.has(port)) return undefined;
  return { source: source.value.text, destination: destination.value.text, port };
}
