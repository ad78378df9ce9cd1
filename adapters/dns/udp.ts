/**
 * Questions over UDP to one resolver.
 *
 * Rules:
 * 1. Sockets are connected, so that the kernel drops what comes from anybody else; ports are the kernel's random choice
 *    and change with each generation of sockets; ids are random and unique in flight per socket.
 * 2. A datagram that isn't the reply to its question is ignored; the question goes on waiting.
 * 3. The window bounds what is in flight per socket; the receive buffer holds a whole window of replies.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Question } from '../../src/ports/dns.ts';
import { decodeReply, encodeQuestion } from './message.ts';
import type { WireReply } from './message.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export type UdpReply =
  | Exclude<WireReply, { kind: 'not-ours' }>
  | { readonly kind: 'unreachable'; readonly detail: string };

export interface UdpAsk {
  /** Sends it (again). */
  send(): void;
  /** Stops waiting; a reply that comes later is credited to nobody. */
  forget(): void;
}

export interface UdpClient {
  ask(question: Question, edns: boolean, heard: (reply: UdpReply) => void): UdpAsk;
  close(): void;
}

/** Questions that one socket (one source port) serves before a new one takes over. */
const QUESTIONS_PER_SOCKET = 4096;
const RECEIVE_BUFFER = 4 * 1024 * 1024;

interface Waiting {
  readonly question: Question;
  readonly heard: (reply: UdpReply) => void;
}

interface Line {
  readonly socket: Socket;
  readonly waiting: Map<number, Waiting>;
  readonly queued: Uint8Array[];
  served: number;
  state: 'opening' | 'open' | 'failed' | 'closed';
  retired: boolean;
}

export function openUdp(server: ServerAddress): UdpClient {
  let line: Line | undefined;
  const lines = new Set<Line>();
  const drop = (old: Line): void => {
    lines.delete(old);
    old.state = old.state === 'failed' ? 'failed' : 'closed';
    old.socket.close();
  };
  const open = (): Line => {
    const socket = createSocket({ type: server.host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER });
    const fresh: Line = { socket, waiting: new Map(), queued: [], served: 0, state: 'opening', retired: false };
    const fail = (error: Error): void => {
      if (line === fresh) line = undefined;
      fresh.state = 'failed';
      const all = [...fresh.waiting.values()];
      fresh.waiting.clear();
      if (lines.has(fresh)) drop(fresh);
      for (const each of all) each.heard({ kind: 'unreachable', detail: error.message });
    };
    socket.on('error', fail);
    socket.on('message', (wire) => receive(fresh, wire, drop));
    socket.connect(server.port, server.host, (error?: Error) => {
      if (error) return fail(error);
      fresh.state = 'open';
      flush(fresh);
    });
    lines.add(fresh);
    return fresh;
  };
  return {
    ask(question, edns, heard) {
      if (!line || line.served >= QUESTIONS_PER_SOCKET) {
        if (line) retire(line, drop);
        line = open();
      }
      const own = line;
      own.served += 1;
      const id = freeId(own.waiting);
      own.waiting.set(id, { question, heard });
      const wire = encodeQuestion(question, id, edns);
      return {
        send: () => {
          if (own.state === 'failed' || !own.waiting.has(id)) return;
          own.queued.push(wire);
          if (own.state === 'open' && own.queued.length === 1) setImmediate(flush, own);
        },
        forget: () => {
          own.waiting.delete(id);
          if (own.retired && own.waiting.size === 0 && lines.has(own)) drop(own);
        },
      };
    },
    close: () => {
      for (const each of lines) {
        each.state = 'closed';
        each.socket.close();
      }
      lines.clear();
      line = undefined;
    },
  };
}

/**
 * Sends what has gathered since the replies of this turn were heard. Sent one by one, each datagram would wake the
 * server's process by itself, which costs more than the datagram.
 */
function flush(line: Line): void {
  if (line.state !== 'open') return;
  for (const wire of line.queued.splice(0)) line.socket.send(wire);
}

function receive(line: Line, wire: Uint8Array, drop: (line: Line) => void): void {
  if (wire.length < 12) return;
  const id = ((wire[0] ?? 0) << 8) | (wire[1] ?? 0);
  const waiting = line.waiting.get(id);
  if (!waiting) return;
  const reply = decodeReply(wire, waiting.question, id);
  if (reply.kind === 'not-ours') return;
  line.waiting.delete(id);
  if (line.retired && line.waiting.size === 0) drop(line);
  waiting.heard(reply);
}

/** Lets what is under way end; then the socket is closed. */
function retire(line: Line, drop: (line: Line) => void): void {
  line.retired = true;
  if (line.waiting.size === 0) drop(line);
}

function freeId(waiting: ReadonlyMap<number, Waiting>): number {
  let id = randomInt(0x1_0000);
  while (waiting.has(id)) id = randomInt(0x1_0000);
  return id;
}
