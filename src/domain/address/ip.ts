/**
 * IP addresses, IPv4 and IPv6.
 *
 * Owns: reading an address strictly, its canonical text (RFC 5952 for IPv6), its bytes. Does not own: which addresses
 * may be asked about (special.ts), query names (blocklists).
 * Rules:
 * 1. IPv4 is four decimal octets without leading zeros; nothing else is read as IPv4 (no 10.1, no 0x7f.1).
 * 2. An IPv4-mapped IPv6 address (::ffff:192.0.2.1) is the IPv4 address: that is what a blocklist lists.
 * 3. A zone id (fe80::1%eth0) is refused: it names an interface of this host, not an address.
 */
import { accept, refuse } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';

declare const ipBrand: unique symbol;

export interface Ip {
  readonly [ipBrand]: true;
  readonly family: 4 | 6;
  /** Canonical text. */
  readonly text: string;
  /** 4 or 16 bytes, network order. */
  readonly bytes: readonly number[];
}

/** Reads one address. Refuses with what is wrong; never throws. */
export function parseIp(text: string): Parsed<Ip> {
  const four = octets(text);
  if (four) return accept(makeIp(four));
  if (text.includes('%')) return refuse(`${quote(text)} has a zone id`, 'leave out what follows the % sign');
  const sixteen = text.includes(':') ? groups(text) : undefined;
  if (sixteen) return accept(makeIp(unmap(sixteen)));
  if (/^[\d.]+$/.test(text)) {
    return refuse(`${quote(text)} is not an IPv4 address`, 'four numbers from 0 to 255, such as 192.0.2.7');
  }
  return refuse(`${quote(text)} is not an IP address`, 'write it like 192.0.2.7 or 2001:db8::1');
}

/** The address with these bytes (4 or 16 of them, each 0 to 255). Throws RangeError on any other length. */
export function ipFromBytes(bytes: readonly number[]): Ip {
  if (bytes.length !== 4 && bytes.length !== 16)
    throw new RangeError(`an address has 4 or 16 bytes, not ${bytes.length}`);
  return makeIp(bytes);
}

function makeIp(bytes: readonly number[]): Ip {
  const family = bytes.length === 4 ? 4 : 6;
  const text = family === 4 ? bytes.join('.') : textOfSix(bytes);
  return Object.freeze({ family, text, bytes }) as unknown as Ip;
}

function octets(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? numbers : undefined;
}

function groups(text: string): number[] | undefined {
  let head = text;
  let tail: number[] = [];
  if (text.includes('.')) {
    const cut = text.lastIndexOf(':');
    const four = octets(text.slice(cut + 1));
    if (!four) return undefined;
    tail = four;
    head = text.slice(0, cut + 1);
    head = head.endsWith('::') ? head : head.slice(0, -1);
  }
  const halves = head.split('::');
  if (halves.length > 2) return undefined;
  const left = wordsOf(halves[0] ?? '');
  const right = halves.length === 2 ? wordsOf(halves[1] ?? '') : [];
  if (!left || !right) return undefined;
  const missing = 16 - tail.length - (left.length + right.length);
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return [...left, ...Array.from({ length: missing }, () => 0), ...right, ...tail];
}

function wordsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  for (const word of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(word)) return undefined;
    const value = Number.parseInt(word, 16);
    bytes.push(value >> 8, value & 255);
  }
  return bytes;
}

function unmap(bytes: number[]): number[] {
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? bytes.slice(12) : bytes;
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::` (the first of equals). */
function textOfSix(bytes: readonly number[]): string {
  const words = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  let start = -1;
  let length = 1;
  for (let from = 0; from < 8; from += 1) {
    let to = from;
    while (to < 8 && words[to] === 0) to += 1;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = words.map((word) => word.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
