import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
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
  ['octets that are no UTF-8', Buffer.from([97, 0xff, 0xe4, 10, 98]), ['a\u{FFFD}\u{FFFD}', 'b']],
  ['characters that a chunk’s end tears', `${'ä'.repeat(400)}\n${'€'.repeat(300)}`, ['ä'.repeat(400), '€'.repeat(300)]],
  ['a line that is too long, over several chunks', `a\n${long}\nb`, ['a', undefined, 'b']],
  ['a last line that is too long', `a\n${long}`, ['a', undefined]],
  ['two that are too long, one after the other', `${long}\n${long}\nb\n`, [undefined, undefined, 'b']],
])('reads %s', async (_what, bytes, lines) => {
  expect(await linesOf(bytes)).toEqual(lines);
});

it.each(['utf8', 'utf16le'] as const)('gives a JSON array without line ends in pieces (%s)', async (encoding) => {
  const text = JSON.stringify(Array.from({ length: 120_000 }, (_, index) => ({ id: index, name: 'ä€' })));
  const bytes = Buffer.from(encoding === 'utf8' ? text : `\u{FEFF}${text}`, encoding);
  const pieces = await linesOf(bytes, 2_000_000);
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join('')).toBe(text);
});
