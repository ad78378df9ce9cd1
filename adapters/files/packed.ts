/**
 * Files as people keep them: packed. What gzip packed is unpacked on the way; of any other packing it is said how to
 * unpack it, because read as a listing it would be nothing but lines that can't be read.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileRefused } from '../../src/ports/files.ts';

/** So much may come out of a packed file: a few octets can be made to unpack to any length. */
const MOST_UNPACKED = 2 * 1024 ** 3;
/** Octets that tell: a tar archive is known by its 258th. */
const LOOKED_AT = 512;

interface Packing {
  readonly name: string;
  /** What it is known by, in hexadecimal, and where that stands. */
  readonly mark: string;
  readonly at: number;
  /** What prints the contents. */
  readonly tool: string;
}

const GZIP: Packing = { name: 'gzip', mark: '1f8b08', at: 0, tool: 'zcat' };
const OTHERS: readonly Packing[] = [
  { name: 'xz', mark: 'fd377a585a00', at: 0, tool: 'xzcat' },
  { name: 'zstd', mark: '28b52ffd', at: 0, tool: 'zstdcat' },
  { name: 'bzip2', mark: '314159265359', at: 4, tool: 'bzcat' },
  { name: 'zip', mark: '504b0304', at: 0, tool: 'unzip -p' },
  { name: '7-Zip', mark: '377abcaf271c', at: 0, tool: '7z x -so' },
  { name: 'lz4', mark: '04224d18', at: 0, tool: 'lz4cat' },
  { name: 'compress', mark: '1f9d', at: 0, tool: 'zcat' },
  { name: 'tar', mark: '7573746172', at: 257, tool: 'tar xOf' },
];

/** The octets as they were before they were packed. `shown`: the file as people know it. Throws FileRefused. */
export async function* unpacked(shown: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const outside = chunks[Symbol.asyncIterator]();
  try {
    const { start, rest } = await startOf(outside);
    if (!isPacked(start, GZIP)) {
      refusePacked(shown, start);
      yield* rest;
      return;
    }
    const inside = await startOf(gunzipped(shown, rest));
    if (isPacked(inside.start, GZIP))
      throw new FileRefused(`${shown} is packed twice; hand over what zcat prints of it`);
    refusePacked(shown, inside.start);
    yield* inside.rest;
  } finally {
    // What is refused by its first octets is not read to its end, and a file would stay open.
    await outside.return?.();
  }
}

function isPacked(start: Buffer, { mark, at }: Packing): boolean {
  return start.toString('hex', at, at + mark.length / 2) === mark;
}

function refusePacked(shown: string, start: Buffer): void {
  const found = OTHERS.find((packing) => isPacked(start, packing));
  if (!found) return;
  const { name, tool } = found;
  throw new FileRefused(
    `${shown} is packed by ${name}; hand over what ${tool} prints of it, such as ${tool} FILE | tq queue --dump -`,
  );
}

/** The first octets, and all of them with what follows. */
async function startOf(
  all: AsyncIterator<Buffer>,
): Promise<{ readonly start: Buffer; readonly rest: AsyncGenerator<Buffer> }> {
  const held: Buffer[] = [];
  let bytes = 0;
  while (bytes < LOOKED_AT) {
    const next = await all.next();
    if (next.done === true) break;
    held.push(next.value);
    bytes += next.value.length;
  }
  const first = Buffer.concat(held);
  return {
    start: first,
    rest: (async function* rest() {
      if (first.length > 0) yield first;
      yield* { [Symbol.asyncIterator]: () => all };
    })(),
  };
}

async function* gunzipped(shown: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(chunks);
  const gunzip = createGunzip();
  source.once('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  let bytes = 0;
  try {
    for await (const chunk of gunzip) {
      const octets: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      bytes += octets.length;
      if (bytes > MOST_UNPACKED)
        throw new FileRefused(`${shown} has more than 2 GiB unpacked; hand over what zcat prints of it`);
      yield octets;
    }
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_'))) throw cause;
    throw new FileRefused(
      `${shown} can't be unpacked (${cause.message}): it is damaged or not whole; fetch it again, or hand over the listing itself`,
      { cause },
    );
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}
