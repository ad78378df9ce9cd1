/** One question over TCP (RFC 7766), after a truncated UDP reply. */
import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import type { Question } from '../../src/ports/dns.ts';
import { decodeReply } from './message.ts';
import { writeQuestion } from './quick.ts';
import type { UdpReply, ServerAddress } from './udp.ts';

/** Resolves with the reply, or `unreachable`; never rejects. `ms`: what is left of the question's deadline. */
export function askTcp(
  server: ServerAddress,
  question: Question,
  ms: number,
): Promise<UdpReply | { readonly kind: 'late' }> {
  return new Promise((resolve) => {
    const id = randomInt(0x1_0000);
    const wire = writeQuestion(question, id, true);
    if (!wire) return resolve({ kind: 'malformed', detail: 'the name can not be asked' });
    const socket = connect(server.port, server.host);
    const chunks: Buffer[] = [];
    const end = (reply: UdpReply | { readonly kind: 'late' }): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const timer = setTimeout(() => end({ kind: 'late' }), Math.max(1, ms));
    socket.once('connect', () => {
      const framed = Buffer.alloc(wire.length + 2);
      framed.writeUInt16BE(wire.length);
      framed.set(wire, 2);
      socket.write(framed);
    });
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE()) return;
      const reply = decodeReply(all.subarray(2, 2 + all.readUInt16BE()), question, id);
      end(
        reply.kind === 'not-ours' || reply.kind === 'truncated'
          ? { kind: 'malformed', detail: 'the reply over TCP is not to our question' }
          : reply,
      );
    });
    socket.once('error', (error) => end({ kind: 'unreachable', detail: error.message }));
    socket.once('close', () => end({ kind: 'unreachable', detail: 'the connection was closed without a reply' }));
  });
}
