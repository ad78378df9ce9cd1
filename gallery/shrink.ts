/**
 * A screenshot with few colours, as Chromium writes it, made a third of its size: a palette instead of colours.
 *
 * PNG as in RFC 2083; what isn't 8 bits of RGB or RGBA in one pass is left as it is.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const HEAD = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const MOST_COLOURS = 256;

export function shrink(file: string): void {
  const before = readFileSync(file);
  const after = inPalette(before);
  if (after && after.length < before.length) writeFileSync(file, after);
}

function inPalette(png: Buffer): Buffer | undefined {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const [depth, type, , , interlace] = png.subarray(24, 29);
  if (depth !== 8 || (type !== 2 && type !== 6) || interlace !== 0) return undefined;
  const pixels = unfiltered(inflateSync(Buffer.concat(chunksOf(png, 'IDAT'))), width, height, type === 6 ? 4 : 3);
  for (let dropped = 0; dropped < 6; dropped += 1) {
    const drawn = draw(pixels, width, height, dropped);
    if (drawn) return write(width, height, drawn.palette, drawn.rows);
  }
  return undefined;
}

/** With so many of the lowest bits of each colour `dropped`; undefined where that is still too many colours. */
function draw(
  pixels: Buffer,
  width: number,
  height: number,
  dropped: number,
): { readonly palette: Buffer; readonly rows: Buffer } | undefined {
  const known = new Map<number, number>();
  const palette: number[] = [];
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < width * height; at += 1) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(at * 3, at * 3 + 3);
    const key = ((red >> dropped) << 16) | ((green >> dropped) << 8) | (blue >> dropped);
    let index = known.get(key);
    if (index === undefined) {
      index = known.size;
      if (index === MOST_COLOURS) return undefined;
      known.set(key, index);
      palette.push(red, green, blue);
    }
    rows[at + Math.floor(at / width) + 1] = index;
  }
  return { palette: Buffer.from(palette), rows };
}

function write(width: number, height: number, palette: Buffer, rows: Buffer): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 3, 0, 0, 0], 8);
  const parts = [
    chunk('IHDR', size),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([HEAD, ...parts]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function chunksOf(png: Buffer, wanted: string): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = HEAD.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === wanted) found.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return found;
}

/** The octets of the colours, three for each point, without what a row's filter has made of them. */
function unfiltered(raw: Buffer, width: number, height: number, each: number): Buffer {
  const stride = width * each;
  const out = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(stride);
  for (let row = 0; row < height; row += 1) {
    const start = row * (stride + 1);
    const filter = raw[start];
    const line = Buffer.from(raw.subarray(start + 1, start + 1 + stride));
    for (let at = 0; at < stride; at += 1) {
      const left = at < each ? 0 : (line[at - each] ?? 0);
      const up = above[at] ?? 0;
      const corner = at < each ? 0 : (above[at - each] ?? 0);
      line[at] = ((line[at] ?? 0) + predicted(filter, left, up, corner)) & 255;
    }
    for (let at = 0; at < width; at += 1) line.copy(out, (row * width + at) * 3, at * each, at * each + 3);
    above = line;
  }
  return out;
}

function predicted(filter: number | undefined, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
