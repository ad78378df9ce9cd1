/**
 * A DNS server that does what no real one can be told to: wrong ids, other owners, replies from elsewhere, late ones.
 * Behaviour is a function per zone; what it returns is sent as it is.
 */
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import dnsPacket from 'dns-packet';
import type { Answer, DecodedPacket, Packet } from 'dns-packet';

export interface Asked {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly over: 'udp' | 'tcp';
  /** How often this name and type was asked so far, this time included. */
  readonly times: number;
}

/** What to do with a question: reply (or several), after a while, or nothing. */
export type Behaviour = (asked: Asked) => readonly Reply[];

export interface Reply {
  readonly packet: Packet & { readonly rcode?: string };
  /** These octets in its place. */
  readonly wire?: Buffer;
  readonly afterMs?: number;
  /** From another port than the one that was asked. */
  readonly fromElsewhere?: true;
}

export interface MisbehavingServer {
  readonly address: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** An ordinary reply to a question. */
export function reply(
  asked: Asked,
  answers: readonly Answer[] = [],
  over: Partial<Packet> & { readonly rcode?: string } = {},
): Reply {
  const rcode = RCODES.indexOf(over.rcode ?? (answers.length === 0 ? 'NXDOMAIN' : 'NOERROR'));
  return {
    packet: {
      type: 'response',
      id: asked.id,
      flags: dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | rcode,
      questions: [
        { type: asked.type === 'TXT' ? 'TXT' : asked.type === 'AAAA' ? 'AAAA' : 'A', name: asked.name, class: 'IN' },
      ],
      answers: [...answers],
      ...over,
    },
  };
}

export function a(name: string, data: string, ttl = 60): Answer {
  return { type: 'A', name, ttl, class: 'IN', data };
}

export async function startMisbehaving(
  zones: Readonly<Record<string, Behaviour>>,
  tcp: boolean,
): Promise<MisbehavingServer> {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const hear = (wire: Buffer, over: 'udp' | 'tcp'): readonly Reply[] => {
    const packet: DecodedPacket = dnsPacket.decode(wire);
    const question = packet.questions?.[0];
    if (!question || packet.id === undefined) return [];
    const key = `${question.type} ${question.name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const each: Asked = { id: packet.id, name: question.name, type: question.type, over, times: counts.get(key) ?? 1 };
    asked.push(each);
    const zone = Object.keys(zones).find((name) => question.name === name || question.name.endsWith(`.${name}`));
    return zone === undefined ? [reply(each, [], { rcode: 'REFUSED' })] : (zones[zone]?.(each) ?? []);
  };
  const { udp, listener } = await bindBoth(tcp, (wire) => hear(wire, 'tcp'));
  const other = createSocket('udp4');
  await new Promise<void>((resolve) => {
    other.bind(0, '127.0.0.1', resolve);
  });
  udp.on('message', (wire: Buffer, from: RemoteInfo) => send(hear(wire, 'udp'), udp, other, from));
  const { port } = udp.address();
  return {
    address: `127.0.0.1:${port}`,
    asked,
    stop: async () => {
      udp.close();
      other.close();
      await new Promise<void>((resolve) => {
        if (listener) listener.close(() => resolve());
        else resolve();
      });
    },
  };
}

/** One port for both; another program may have it for TCP already, then another is taken. */
async function bindBoth(
  tcp: boolean,
  hear: (wire: Buffer) => readonly Reply[],
): Promise<{ readonly udp: Socket; readonly listener: Server | undefined }> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => {
      udp.bind(0, '127.0.0.1', resolve);
    });
    try {
      return { udp, listener: tcp ? await listenTcp(udp.address().port, hear) : undefined };
    } catch (error) {
      udp.close();
      if (attempt === 10) throw error;
    }
  }
}

function send(replies: readonly Reply[], udp: Socket, other: Socket, to: RemoteInfo): void {
  for (const each of replies) {
    const wire = each.wire ?? dnsPacket.encode(each.packet);
    const go = (): void => {
      try {
        (each.fromElsewhere ? other : udp).send(wire, to.port, to.address);
      } catch {
        // The test is over and the socket closed: nobody waits for a late reply any more.
      }
    };
    if (each.afterMs === undefined) go();
    else setTimeout(go, each.afterMs);
  }
}

function listenTcp(port: number, hear: (wire: Buffer) => readonly Reply[]): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (chunk: Buffer) => {
      for (const each of hear(chunk.subarray(2))) socket.write(dnsPacket.streamEncode(each.packet));
      socket.end();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
