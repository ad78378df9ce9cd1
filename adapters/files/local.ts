/** Files of this machine, and what was sent from another one, read as a stream in bounded memory. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Files } from '../../src/ports/files.ts';
import { cutBytes, cutText } from './lines.ts';
import { unpacked } from './packed.ts';

const STDIN = '/dev/stdin';

/** `sent`: the octets of what isn't a file here; undefined where the name is a path. */
export function openFiles(sent: (name: string) => AsyncIterable<Buffer> | undefined): Files {
  const open = (name: string): AsyncGenerator<Buffer> => {
    const parcel = sent(name);
    const shown = parcel ? 'the file that was sent' : name === STDIN ? 'standard input' : name;
    return unpacked(shown, octetsOf(name, parcel));
  };
  return {
    async *lines(path, longest) {
      const chunks = open(path);
      const first = await chunks.next();
      if (first.done === true) return;
      const encoding = encodingOf(first.value);
      const rest = (async function* rest() {
        yield first.value;
        yield* chunks;
      })();
      if (encoding === 'utf-8') yield* cutBytes(rest, longest);
      else yield* cutText(rest, encoding, longest);
    },
    async text(path, most) {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of open(path)) {
        bytes += chunk.length;
        if (bytes > most) throw new Error(`${path} has more than ${most} bytes; that is no file this command reads.`);
        chunks.push(chunk);
      }
      const all = Buffer.concat(chunks);
      return new TextDecoder(encodingOf(all)).decode(all);
    },
    async writtenAt(path) {
      try {
        const about = await stat(path);
        return about.isFile() ? about.mtimeMs : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

export const localFiles: Files = openFiles(() => undefined);

async function* octetsOf(path: string, sent: AsyncIterable<Buffer> | undefined): AsyncGenerator<Buffer> {
  if (sent) {
    yield* sent;
    return;
  }
  // A socket (sshd and many programs give one as standard input) can't be opened by that name, only read (ENXIO, open(2)).
  const stream =
    path === STDIN
      ? createReadStream('', { fd: 0, autoClose: false, highWaterMark: 1 << 18 })
      : createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    for await (const chunk of stream) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  } catch (cause) {
    throw new Error(
      `${path} can't be read (${cause instanceof Error ? cause.message : String(cause)}). Name a file that can.`,
      { cause },
    );
  }
}

/** By the mark at the start; without one, two octets with a zero in each are UTF-16: no listing begins with a NUL. */
function encodingOf(start: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = start;
  if (first === undefined || second === undefined) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : 'utf-8';
}
