/** Address ranges in CIDR form (RFC 4632, RFC 4291 section 2.3), read strictly: host bits must be zero. */
import { accept, refuse } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import { ipFromBytes, parseIp } from './ip.ts';
import type { Ip } from './ip.ts';

declare const cidrBrand: unique symbol;

export interface Cidr {
  readonly [cidrBrand]: true;
  readonly base: Ip;
  readonly prefix: number;
  readonly text: string;
  /** How many addresses it spans; above 2^53 it is Infinity. */
  readonly size: number;
}

/** An address, a slash and a prefix length (0 to 32, or to 128). Refused where it isn't the start of its range, with the one that is. */
export function parseCidr(text: string): Parsed<Cidr> {
  const [address = '', length, ...rest] = text.split('/');
  const base = parseIp(address);
  if (base.kind === 'bad') return base;
  const bits = base.value.family === 4 ? 32 : 128;
  if (length === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits) {
    return refuse(`${text} has no valid prefix length`, `write a number from 0 to ${bits} after the slash`);
  }
  const range = rangeAround(base.value, Number(length));
  if (range.base.text !== base.value.text) {
    return refuse(`${text} is not the start of its range`, `write ${range.text}, or the single address`);
  }
  return accept(range);
}

/** The range of this prefix length that holds the address. */
export function rangeAround(address: Ip, prefix: number): Cidr {
  const base = ipFromBytes(address.bytes.map((byte, index) => byte & maskByte(prefix, index)));
  const span = (address.family === 4 ? 32 : 128) - prefix;
  const size = span > 52 ? Infinity : 2 ** span;
  return Object.freeze({ base, prefix, text: `${base.text}/${prefix}`, size }) as unknown as Cidr;
}

/** Whether the address lies in the range; never, where the families differ. */
export function cidrContains(range: Cidr, address: Ip): boolean {
  if (range.base.family !== address.family) return false;
  return address.bytes.every((byte, index) => (byte & maskByte(range.prefix, index)) === range.base.bytes[index]);
}

/** Every address of the range, lowest first. The caller bounds `size` beforehand. */
export function* addressesOf(range: Cidr): Generator<Ip> {
  const bytes = [...range.base.bytes];
  for (let count = 0; count < range.size; count += 1) {
    yield ipFromBytes([...bytes]);
    for (let index = bytes.length - 1; index >= 0; index -= 1) {
      bytes[index] = ((bytes[index] ?? 0) + 1) & 255;
      if (bytes[index] !== 0) break;
    }
  }
}

function maskByte(prefix: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefix - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}
