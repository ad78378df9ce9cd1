/** The server's end of a WebSocket (RFC 6455): text frames, close, ping; enough for Socket Mode. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface ServerSocket {
  send(text: string): void;
  /** Ends it, politely or as a cut cable would. */
  end(how: 'close' | 'cut'): void;
  readonly open: () => boolean;
}

export function acceptSocket(request: IncomingMessage, stream: Duplex, heard: (text: string) => void): ServerSocket {
  const key = String(request.headers['sec-websocket-key']);
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  stream.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let open = true;
  let waiting = Buffer.alloc(0);
  stream.on('error', () => (open = false));
  stream.on('close', () => (open = false));
  stream.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let frame = readFrame(waiting); frame; frame = readFrame(waiting)) {
      waiting = waiting.subarray(frame.size);
      if (frame.opcode === 1) heard(frame.payload.toString());
      else if (frame.opcode === 9) stream.write(writeFrame(10, frame.payload));
      else if (frame.opcode === 8) {
        open = false;
        stream.end(writeFrame(8, frame.payload));
      }
    }
  });
  return {
    open: () => open,
    send: (text) => void stream.write(writeFrame(1, Buffer.from(text))),
    end: (how) => {
      open = false;
      if (how === 'cut') stream.destroy();
      else stream.write(writeFrame(8, Buffer.from([0x03, 0xe8])));
    },
  };
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly size: number;
}

function readFrame(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined;
  const short = (data[1] ?? 0) & 0x7f;
  const masked = ((data[1] ?? 0) & 0x80) !== 0;
  let at = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (data.length < at + (masked ? 4 : 0)) return undefined;
  const length = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  const mask = masked ? data.subarray(at, at + 4) : undefined;
  at += masked ? 4 : 0;
  if (data.length < at + length) return undefined;
  const payload = Buffer.from(data.subarray(at, at + length));
  if (mask)
    for (let index = 0; index < payload.length; index += 1)
      payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return { opcode: (data[0] ?? 0) & 0x0f, payload, size: at + length };
}

function writeFrame(opcode: number, payload: Buffer): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, payload.length])
      : payload.length < 65_536
        ? Buffer.from([0x80 | opcode, 126, payload.length >> 8, payload.length & 0xff])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127]), lengthOf(payload)]);
  return Buffer.concat([head, payload]);
}

function lengthOf(payload: Buffer): Buffer {
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64BE(BigInt(payload.length));
  return eight;
}
