/**
 * Questions over UDP to one resolver.
 *
 * Rules:
 * 1. Sockets are connected, so that the kernel drops what comes from anybody else; ports are the kernel's random choice
 *    and change with each generation of sockets; ids are random and unique in flight per socket.
 * 2. A datagram that isn't the reply to its question is ignored; the question goes on waiting.
 * 3. At most 200 questions are on their way for the first time: more at once than the server's own buffer holds would
 *    be dropped there, again and again. One that stays unanswered until it is sent again counts no longer.
 */
import { randomFillSync } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Question } from '../../src/ports/dns.ts';
import { decodeReply } from './message.ts';
import type { WireReply } from './message.ts';
import { readQuick, writeQuestion } from './quick.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export type UdpReply =
  | Exclude<WireReply, { kind: 'not-ours' }>
  | { readonly kind: 'unreachable'; readonly detail: string };

/** One question under way, and whose it is: `hear` is called with the owner, at most once. */
export interface UdpAsk<Owner> {
  readonly line: UdpLine<Owner>;
  readonly id: number;
  readonly wire: Uint8Array;
  readonly question: Question;
  readonly owner: Owner;
  sent: boolean;
  /** Waits to be sent. */
  queued: boolean;
  /** Counts as on its way. */
  counted: boolean;
}

export interface UdpClient<Owner> {
  /** Begins to wait for a reply; nothing is sent yet. undefined: the name can't be written. */
  ask(question: Question, edns: boolean, owner: Owner): UdpAsk<Owner> | undefined;
  /** Sends it (again). */
  send(ask: UdpAsk<Owner>): void;
  /** Stops waiting; a reply that comes later is credited to nobody. */
  forget(ask: UdpAsk<Owner>): void;
  close(): void;
}

/** Questions that one socket (one source port) serves before a new one takes over. */
const QUESTIONS_PER_SOCKET = 4096;
const RECEIVE_BUFFER = 4 * 1024 * 1024;
const MOST_ON_THEIR_WAY = 200;

interface UdpLine<Owner> {
  readonly socket: Socket;
  readonly waiting: Map<number, UdpAsk<Owner>>;
  served: number;
  state: 'opening' | 'open' | 'failed' | 'closed';
  retired: boolean;
}

export function openUdp<Owner>(server: ServerAddress, hear: (owner: Owner, reply: UdpReply) => void): UdpClient<Owner> {
  let line: UdpLine<Owner> | undefined;
  const lines = new Set<UdpLine<Owner>>();
  const outbox = openOutbox<Owner>();
  const drop = (old: UdpLine<Owner>): void => {
    lines.delete(old);
    old.state = old.state === 'failed' ? 'failed' : 'closed';
    old.socket.close();
  };
  const dropIfDone = (old: UdpLine<Owner>): void => {
    if (old.retired && old.waiting.size === 0 && lines.has(old)) drop(old);
  };
  const open = (): UdpLine<Owner> => {
    const socket = createSocket({ type: server.host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER });
    const fresh: UdpLine<Owner> = {
      socket,
      waiting: new Map(),
      served: 0,
      state: 'opening',
      retired: false,
    };
    const fail = (error: Error): void => {
      if (line === fresh) line = undefined;
      fresh.state = 'failed';
      const all = [...fresh.waiting.values()];
      fresh.waiting.clear();
      if (lines.has(fresh)) drop(fresh);
      outbox.flush();
      for (const each of all) hear(each.owner, { kind: 'unreachable', detail: error.message });
    };
    socket.on('error', fail);
    socket.on('message', (wire) => {
      const ask = receive(fresh, wire, hear);
      if (ask) outbox.landed(ask);
      dropIfDone(fresh);
    });
    socket.connect(server.port, server.host, (error?: Error) => {
      if (error) return fail(error);
      fresh.state = 'open';
      outbox.flush();
    });
    lines.add(fresh);
    return fresh;
  };
  const lineNow = (): UdpLine<Owner> => {
    if (line && line.served < QUESTIONS_PER_SOCKET) return line;
    if (line) {
      line.retired = true;
      dropIfDone(line);
    }
    line = open();
    return line;
  };
  return {
    ask(question, edns, owner) {
      const own = lineNow();
      const id = freeId(own.waiting);
      const wire = writeQuestion(question, id, edns);
      if (!wire) return undefined;
      own.served += 1;
      const ask: UdpAsk<Owner> = { line: own, id, wire, question, owner, sent: false, queued: false, counted: false };
      own.waiting.set(id, ask);
      return ask;
    },
    send: outbox.send,
    forget(ask) {
      if (ask.line.waiting.get(ask.id) === ask) ask.line.waiting.delete(ask.id);
      outbox.landed(ask);
      dropIfDone(ask.line);
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

interface Outbox<Owner> {
  send(this: void, ask: UdpAsk<Owner>): void;
  /** It was answered, or nobody waits for it any more. */
  landed(ask: UdpAsk<Owner>): void;
  flush(): void;
}

/**
 * Sends what has gathered since the replies of this turn were heard. Sent one by one, each datagram would wake the
 * server's process by itself, which costs more than the datagram.
 */
function openOutbox<Owner>(): Outbox<Owner> {
  let queue: UdpAsk<Owner>[] = [];
  let head = 0;
  let onTheirWay = 0;
  let due = false;
  const flush = (): void => {
    due = false;
    for (; head < queue.length && onTheirWay < MOST_ON_THEIR_WAY; head += 1) {
      const ask = queue[head];
      if (!ask || ask.line.state === 'opening') break;
      ask.queued = false;
      if (ask.line.state !== 'open' || ask.line.waiting.get(ask.id) !== ask) continue;
      if (ask.counted) onTheirWay += 1;
      ask.line.socket.send(ask.wire);
    }
    if (head === queue.length) {
      queue = [];
      head = 0;
    }
  };
  const schedule = (): void => {
    if (due) return;
    due = true;
    setImmediate(flush);
  };
  const landed = (ask: UdpAsk<Owner>): void => {
    if (!ask.counted) return;
    ask.counted = false;
    if (!ask.queued) onTheirWay -= 1;
    if (head < queue.length) schedule();
  };
  return {
    flush,
    landed,
    send(ask) {
      if (ask.queued) return;
      const isFirst = !ask.sent;
      ask.sent = true;
      if (isFirst) ask.counted = true;
      else landed(ask);
      ask.queued = true;
      queue.push(ask);
      schedule();
    },
  };
}

function receive<Owner>(
  line: UdpLine<Owner>,
  wire: Uint8Array,
  hear: (owner: Owner, reply: UdpReply) => void,
): UdpAsk<Owner> | undefined {
  if (wire.length < 12) return undefined;
  const ask = line.waiting.get(((wire[0] ?? 0) << 8) | (wire[1] ?? 0));
  if (!ask) return undefined;
  const reply = readQuick(wire, ask.wire, ask.question) ?? decodeReply(wire, ask.question, ask.id);
  if (reply.kind === 'not-ours') return undefined;
  line.waiting.delete(ask.id);
  hear(ask.owner, reply);
  return ask;
}

/** Random ids, drawn by the thousand: one by one the call costs more than the number. */
const ids = new Uint16Array(1024);
let drawn = ids.length;

function freeId(waiting: ReadonlyMap<number, unknown>): number {
  for (;;) {
    if (drawn === ids.length) {
      randomFillSync(ids);
      drawn = 0;
    }
    const id = ids[drawn] ?? 0;
    drawn += 1;
    if (!waiting.has(id)) return id;
  }
}
