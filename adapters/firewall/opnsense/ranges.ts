/**
 * Every address but some, as ranges: an alias of OPNsense takes no exclusions.
 *
 * Owns: that, and the entries that mark a measure or carry the fence, which are addresses of a range that nobody routes
 * (fd74:7100::/31, made up after RFC 4193), as an alias holds nothing but addresses.
 */
import { cidrContains, parseCidr } from '../../../src/domain/address/cidr.ts';
import type { Cidr } from '../../../src/domain/address/cidr.ts';
import { ipFromBytes } from '../../../src/domain/address/ip.ts';

const HALVES = ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'];

/** Both families, in halves, less what is left out; single addresses without a prefix length, as pf shows them. */
export function everyAddressBut(out: readonly string[]): readonly string[] {
  const left = out.flatMap(rangeOf);
  return HALVES.flatMap(rangeOf)
    .flatMap((half) => without(half, left))
    .map(shown);
}

function without(range: Cidr, out: readonly Cidr[]): readonly Cidr[] {
  const inner = out.filter((each) => cidrContains(range, each.base) || cidrContains(each, range.base));
  if (inner.length === 0) return [range];
  if (inner.some((each) => each.prefix <= range.prefix)) return [];
  const bytes = [...range.base.bytes];
  const at = range.prefix >> 3;
  bytes[at] = (bytes[at] ?? 0) | (128 >> (range.prefix & 7));
  const halves = [range.base.text, ipFromBytes(bytes).text].flatMap((base) => rangeOf(`${base}/${range.prefix + 1}`));
  return halves.flatMap((half) => without(half, inner));
}

export function rangeOf(text: string): readonly Cidr[] {
  const parsed = parseCidr(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
  return parsed.kind === 'ok' ? [parsed.value] : [];
}

/** As pf lists it: canonical, a single address without `/32` or `/128`. */
export function shown(range: Cidr): string {
  return range.prefix === (range.base.family === 4 ? 32 : 128) ? range.base.text : range.text;
}

/** The entry that says: this alias is switched for measure `tqN`. */
export function markOf(tag: string): string {
  return packed(0x00, Number(tag.replace(/\D/g, '')));
}

export function isMark(entry: string): boolean {
  return entry.startsWith('fd74:7100:');
}

export function fenceEntry(fence: number): string {
  return packed(0x01, fence);
}

export function fenceOf(entry: string): number | undefined {
  const [range] = rangeOf(entry);
  if (!range || !entry.startsWith('fd74:7101:')) return undefined;
  return range.base.bytes.slice(8).reduce((sum, byte) => sum * 256 + byte, 0);
}

function packed(kind: number, number: number): string {
  const low = Array.from({ length: 8 }, (_, index) => Math.floor(number / 256 ** (7 - index)) % 256);
  return ipFromBytes([0xfd, 0x74, 0x71, kind, 0, 0, 0, 0, ...low]).text;
}
