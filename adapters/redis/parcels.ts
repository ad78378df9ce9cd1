/**
 * A dropped file on its way from the gateway that heard it to the worker that reads it, wherever that runs.
 *
 * Rules: packed (gzip) in pieces, kept for two hours, read as a stream by whoever carries the command out; at most
 * 100 MB packed, which a queue's listing of 1 GB seldom is. A parcel is whole before its name is given away.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, pipeline } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { FileRefused } from '../../src/ports/files.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

export interface Parcels {
  /** Takes the file along; gives the name by which it is opened. Throws FileRefused, or what Redis throws. */
  send(path: string): Promise<string>;
  /** The octets as they were. Throws FileRefused where it is gone. */
  open(name: string): AsyncIterable<Buffer>;
}

export const PARCEL = /^parcel:[0-9a-f-]{36}$/;

const KEEP_SECONDS = 7200;
const MOST_PACKED = 100_000_000;
const PIECE = 1 << 19;

const TOO_LARGE = 'The file is too large to be carried to the worker; name it to bin/tq on the machine it lies on.';
const GONE = 'The file was kept for two hours and is gone. Drop it once more.';

export function openParcels(redis: RedisClient, most: number = MOST_PACKED): Parcels {
  const keyOf = (name: string): string => `${KEY_PREFIX}:${name}`;
  return {
    send: async (path) => {
      const name = `parcel:${randomUUID()}`;
      const key = keyOf(name);
      let bytes = 0;
      try {
        for await (const piece of inPieces(createReadStream(path).pipe(createGzip({ level: 1 })))) {
          bytes += piece.length;
          if (bytes > most) throw new FileRefused(TOO_LARGE);
          await redis.rpush(key, piece);
          await redis.expire(key, KEEP_SECONDS);
        }
        return name;
      } catch (error) {
        await redis.del(key).catch(() => 0);
        throw error;
      } finally {
        await rm(path, { force: true });
      }
    },
    open: (name) => pipeline(Readable.from(packed(redis, keyOf(name))), createGunzip(), () => {}),
  };
}

async function* packed(redis: RedisClient, key: string): AsyncGenerator<Buffer> {
  for (let index = 0; ; index += 1) {
    const piece = await redis.lindexBuffer(key, index);
    if (piece === null && index === 0) throw new FileRefused(GONE);
    if (piece === null) return;
    yield piece;
  }
}

async function* inPieces(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    held.push(bytes);
    size += bytes.length;
    if (size < PIECE) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}
