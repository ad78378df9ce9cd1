import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it, vi } from 'vitest';
import { localFiles } from '../../adapters/files/local.ts';

const folder = mkdtempSync(join(tmpdir(), 'tq-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function linesOf(bytes: string | Buffer, longest = 1000): Promise<readonly (string | undefined)[]> {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const all: (string | undefined)[] = [];
  for await (const lines of localFiles.lines(path, longest)) all.push(...lines);
  return all;
}

const long = 'x'.repeat(600_000);

it.each<[what: string, bytes: string | Buffer, lines: readonly (string | undefined)[]]>([
  ['nothing', '', []],
  ['a last line without an end', 'a\nb', ['a', 'b']],
  ['ends of Windows', 'a\r\nb\r\n', ['a', 'b']],
  ['empty lines', '\n\na\n', ['', '', 'a']],
  ['a mark at the start', '\u{FEFF}a\n', ['a']],
  ['UTF-16 as Windows PowerShell writes it', Buffer.from('\u{FEFF}a ä\r\nb', 'utf16le'), ['a ä', 'b']],
  ['UTF-16 without its mark', Buffer.from('a ä\r\nb', 'utf16le'), ['a ä', 'b']],
  ['UTF-16 the other way round without its mark', Buffer.from('a ä\nb', 'utf16le').swap16(), ['a ä', 'b']],
  ['what gzip packed', gzipSync('a\nb'), ['a', 'b']],
  ['UTF-16 that gzip packed', gzipSync(Buffer.from('a ä\r\nb', 'utf16le')), ['a ä', 'b']],
  ['two that gzip packed, one after the other', Buffer.concat([gzipSync('a\n'), gzipSync('b')]), ['a', 'b']],
  ['nothing that gzip packed', gzipSync(''), []],
  ['octets that are no UTF-8', Buffer.from([97, 0xff, 0xe4, 10, 98]), ['a\u{FFFD}\u{FFFD}', 'b']],
  ['characters that a chunk’s end tears', `${'ä'.repeat(400)}\n${'€'.repeat(300)}`, ['ä'.repeat(400), '€'.repeat(300)]],
  ['a line that is too long, over several chunks', `a\n${long}\nb`, ['a', undefined, 'b']],
  ['a last line that is too long', `a\n${long}`, ['a', undefined]],
  ['two that are too long, one after the other', `${long}\n${long}\nb\n`, [undefined, undefined, 'b']],
])('reads %s', async (_what, bytes, lines) => {
  expect(await linesOf(bytes)).toEqual(lines);
});

it.each<[what: string, bytes: Buffer, says: RegExp]>([
  ['xz', Buffer.from('fd377a585a000004', 'hex'), /file is packed by xz; hand over what xzcat prints of it/],
  ['zstd', Buffer.from('28b52ffd2405', 'hex'), /packed by zstd; hand over what zstdcat/],
  ['bzip2', Buffer.from('BZh91AY&SYx'), /packed by bzip2; hand over what bzcat/],
  ['zip', Buffer.from('PK\u{3}\u{4}\u{14}'), /packed by zip; hand over what unzip -p/],
  ['tar', Buffer.from(`name${'\0'.repeat(253)}ustar\0`), /packed by tar; hand over what tar xOf/],
  ['tar and gzip', gzipSync(`name${'\0'.repeat(253)}ustar\0`), /packed by tar/],
  ['gzip twice', gzipSync(gzipSync('a')), /packed twice/],
  ['gzip, and cut off', gzipSync(long).subarray(0, -20), /can't be unpacked .*damaged or not whole/],
  ['gzip, and damaged', Buffer.concat([gzipSync('').subarray(0, 10), Buffer.from('no')]), /can't be unpacked/],
])('says of a file that is packed by %s what to do', async (_what, bytes, says) => {
  await expect(linesOf(bytes)).rejects.toThrow(says);
});

it.each([
  ['by another packing', Buffer.concat([Buffer.from('fd377a585a000004', 'hex'), Buffer.alloc(2_000_000)])],
  ['twice', gzipSync(gzipSync(randomBytes(2_000_000)))],
])('closes a file that is refused because it is packed %s', async (_what, bytes) => {
  const path = join(folder, 'file');
  for (let again = 0; again < 3; again += 1) await expect(linesOf(bytes)).rejects.toThrow('packed');
  const open = (): number =>
    readdirSync('/proc/self/fd').filter((each) => {
      try {
        return readlinkSync(join('/proc/self/fd', each)) === path;
      } catch {
        return false;
      }
    }).length;
  await vi.waitFor(() => expect(open()).toBe(0));
});

it('unpacks a whole text, within its bound', async () => {
  const path = join(folder, 'file.gz');
  writeFileSync(path, gzipSync(long));
  expect(await localFiles.text(path, long.length)).toBe(long);
  await expect(localFiles.text(path, 1000)).rejects.toThrow('more than 1000 bytes');
});

it.each(['utf8', 'utf16le'] as const)('gives a JSON array without line ends in pieces (%s)', async (encoding) => {
  const text = JSON.stringify(Array.from({ length: 120_000 }, (_, index) => ({ id: index, name: 'ä€' })));
  const bytes = Buffer.from(encoding === 'utf8' ? text : `\u{FEFF}${text}`, encoding);
  const pieces = await linesOf(bytes, 2_000_000);
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join('')).toBe(text);
});
