/**
 * Reading a return code by the list's own documentation.
 *
 * Rules:
 * 1. An error code of the list, or anything in 127.255.255.0/24, is an error.
 * 2. Outside 127.0.0.0/8 it is no answer of a blocklist (a parked domain, a hijacking resolver).
 * 3. A bitmask is read bit by bit, never compared whole; an undocumented bit beside a documented one costs nothing.
 * 4. Codes are written as an address, as its last octet, as a span of either, or with `x` for any last octet.
 */
import type { Blocklist, Code, UnknownWhy } from './blocklist.ts';

export type CodeReading =
  | { readonly kind: 'listed'; readonly codes: readonly Code[] }
  /** Documented as saying something else than a listing: a good sender, a score. */
  | { readonly kind: 'not-a-listing' }
  | { readonly kind: 'error'; readonly why: UnknownWhy; readonly meaning: string }
  | { readonly kind: 'outside' }
  | { readonly kind: 'undocumented' };

/** Reads one A record. */
export function readCode(list: Blocklist, address: string): CodeReading {
  const octets = address.split('.').map(Number);
  const last = octets[3] ?? 0;
  for (const [key, error] of list.errorCodes)
    if (key === address || isWritten(key, list, address, last)) return { kind: 'error', ...error };
  if (octets.length !== 4 || octets[0] !== 127) return { kind: 'outside' };
  if (address.startsWith('127.255.255.'))
    return { kind: 'error', why: whyOfErrorSpace(last), meaning: 'an error code' };
  const codes = documentedCodes(list, address, last);
  if (codes.length === 0) return { kind: 'undocumented' };
  const listings = codes.filter((code) => code.listed !== false);
  return listings.length === 0 ? { kind: 'not-a-listing' } : { kind: 'listed', codes: listings };
}

/** Spamhaus' meanings, which others took over: .252 wrong zone name, .254 public resolver, .255 too many questions. */
function whyOfErrorSpace(last: number): UnknownWhy {
  if (last === 252) return 'bad-query';
  return last === 255 ? 'query-limit' : 'blocked-resolver';
}

function documentedCodes(list: Blocklist, address: string, last: number): readonly Code[] {
  const exact = list.codeMode === 'exact' ? list.codes.get(address) : undefined;
  if (exact) return [exact];
  return [...list.codes].flatMap(([key, code]) => (isWritten(key, list, address, last) ? [code] : []));
}

function isWritten(key: string, list: Blocklist, address: string, last: number): boolean {
  switch (list.codeMode) {
    case 'exact':
      return key.includes('.') && spanHolds(key, address, last);
    case 'bitmask':
      return /^\d+$/.test(key) && (last & Number(key)) !== 0;
    case 'octet':
      return spanHolds(key, address, last);
    default:
      return list.codeMode satisfies never;
  }
}

/** `7`, `2-24`, `127.0.2.2-24`, `127.0.2.2-127.0.2.24`, `127.0.0.x`. */
const SPAN = /^(?:(\d+\.\d+\.\d+)\.)?(?:(\d+)(?:-(?:\1\.)?(\d+))?|[xN#])$/;

function spanHolds(span: string, address: string, last: number): boolean {
  const read = SPAN.exec(span);
  const [, prefix, low, high] = read ?? [];
  if (!read || (prefix !== undefined && !address.startsWith(`${prefix}.`))) return false;
  if (low === undefined) return prefix !== undefined;
  return last >= Number(low) && last <= Number(high ?? low);
}

/** What is wrong with a code as it is written in a catalogue, or undefined where it can be read. */
export function faultOfCode(key: string, mode: Blocklist['codeMode']): string | undefined {
  if (mode === 'bitmask')
    return /^\d+$/.test(key) && isOneBit(Number(key))
      ? undefined
      : 'a code is one bit of the last octet: 1, 2, 4, 8, 16, 32, 64 or 128';
  if (!isReadable(key) || (mode === 'exact' && !key.includes('.')))
    return mode === 'exact'
      ? 'a code is an address, such as 127.0.0.2, or 127.0.0.x'
      : 'a code is the last octet, such as "7" or "2-24", or an address';
  const [first, ...others] = key.split('.');
  return others.length === 0 || first === '127'
    ? undefined
    : `outside 127.0.0.0/8 nothing is a listing; did you mean 127.${others.join('.')}?`;
}

/** The same of an error's code. It may be any address: some resolvers send one of their own for what they block. */
export function faultOfErrorCode(key: string, mode: Blocklist['codeMode']): string | undefined {
  const isBit = mode === 'bitmask' && /^\d+$/.test(key);
  if (isBit ? isOneBit(Number(key)) : isReadable(key) && (mode === 'octet' || key.includes('.'))) return undefined;
  return `an error's code is an address, such as 127.255.255.254${mode === 'bitmask' ? ', or a bit, such as "bit 1"' : ''}`;
}

function isReadable(key: string): boolean {
  const [, , low, high] = SPAN.exec(key) ?? [];
  const octets = key.split(/[.-]/).filter((part) => /^\d+$/.test(part));
  return SPAN.test(key) && octets.every((octet) => Number(octet) <= 255) && Number(low ?? 0) <= Number(high ?? 255);
}

function isOneBit(value: number): boolean {
  return value >= 1 && value <= 128 && (value & (value - 1)) === 0;
}
