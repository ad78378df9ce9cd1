/**
 * One blocklist as the catalogue describes it.
 *
 * Owns: the form, and reading a return code by the list's own mode. Does not own: YAML (adapters/catalogue), names
 * (query-name.ts), verdicts (verdict.ts).
 */
import type { CauseId } from '../causes.ts';

export type Weight = 'high' | 'medium' | 'low';

/** What a listing says: abuse, a policy (dynamic ranges, missing reverse DNS), or mere information. */
export type Nature = 'abuse' | 'policy' | 'informational';

export interface Code {
  readonly meaning: string;
  readonly nature: Nature;
  readonly cause?: CauseId;
}

/** Why nothing is known; the words of the contract. */
export type UnknownWhy =
  | 'timeout'
  | 'servfail'
  | 'refused'
  | 'blocked-resolver'
  | 'query-limit'
  | 'bad-query'
  | 'dead-list'
  | 'answers-everything'
  | 'not-a-listing-answer'
  | 'unknown-code'
  | 'contradiction'
  | 'malformed'
  | 'network'
  | 'name-too-long';

export interface ErrorCode {
  readonly meaning: string;
  readonly why: UnknownWhy;
}

/** exact: the whole address; bitmask: bits of the last octet add up; octet: the last octet alone. */
export type CodeMode = 'exact' | 'bitmask' | 'octet';

export interface TestPoints {
  /** Must be listed; the first that covers the family is asked. Addresses for ip lists, names for domain lists. */
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

export interface Blocklist {
  /** As asked; a keyed zone holds its secret key here. */
  readonly zone: string;
  /** As shown: the key is replaced by its variable's name. */
  readonly shown: string;
  readonly name: string;
  readonly kind: 'ip' | 'domain';
  readonly families: readonly (4 | 6)[];
  readonly weight: Weight;
  readonly codeMode: CodeMode;
  /** exact: dotted address; bitmask: the bit's value as text; octet: the last octet as text, or `low-high`. */
  readonly codes: ReadonlyMap<string, Code>;
  readonly errorCodes: ReadonlyMap<string, ErrorCode>;
  /** undefined: the list has no test entry; it can be listed or unknown, never clear. */
  readonly test: TestPoints | undefined;
  readonly removal?: string;
  readonly lookup?: string;
  readonly duplicateOf?: string;
  readonly rules?: string;
  /** Milliseconds between questions that the operator permits, and questions a day. */
  readonly manners: { readonly everyMs: number; readonly perDay: number };
}

export type CodeReading =
  | { readonly kind: 'listed'; readonly codes: readonly Code[] }
  | { readonly kind: 'error'; readonly why: UnknownWhy; readonly meaning: string }
  | { readonly kind: 'outside' }
  | { readonly kind: 'undocumented' };

/**
 * Reads one A record by the list's own documentation.
 * 1. An error code of the list, or anything in 127.255.255.0/24, is an error.
 * 2. Outside 127.0.0.0/8 it is no answer of a blocklist (a parked domain, a hijacking resolver).
 * 3. A bitmask is read bit by bit; one undocumented bit makes the code undocumented only when no documented bit is set.
 */
export function readCode(list: Blocklist, address: string): CodeReading {
  const error = list.errorCodes.get(address);
  if (error) return { kind: 'error', why: error.why, meaning: error.meaning };
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || octets[0] !== 127) return { kind: 'outside' };
  if (address.startsWith('127.255.255.'))
    return { kind: 'error', why: whyOfErrorSpace(octets[3]), meaning: 'an error code' };
  const codes = documentedCodes(list, address, octets[3] ?? 0, octets.slice(0, 3).join('.'));
  return codes.length === 0 ? { kind: 'undocumented' } : { kind: 'listed', codes };
}

/** Spamhaus' meanings, which others took over: .252 wrong zone name, .254 public resolver, .255 too many questions. */
function whyOfErrorSpace(last: number | undefined): UnknownWhy {
  if (last === 252) return 'bad-query';
  return last === 255 ? 'query-limit' : 'blocked-resolver';
}

function documentedCodes(list: Blocklist, address: string, last: number, prefix: string): readonly Code[] {
  switch (list.codeMode) {
    case 'exact': {
      const code = list.codes.get(address);
      return code ? [code] : [];
    }
    case 'bitmask':
      if (prefix !== '127.0.0') return [];
      return [...list.codes].flatMap(([bit, code]) => ((last & Number(bit)) !== 0 ? [code] : []));
    case 'octet':
      return [...list.codes].flatMap(([span, code]) => (spanHolds(span, address, last) ? [code] : []));
    default:
      return list.codeMode satisfies never;
  }
}

/** `7`, `2-24`, or with the leading octets `127.0.2.2-24`. */
function spanHolds(span: string, address: string, last: number): boolean {
  const [, prefix, low, high] = /^(?:(\d+\.\d+\.\d+)\.)?(\d+)(?:-(\d+))?$/.exec(span) ?? [];
  if (low === undefined || (prefix !== undefined && !address.startsWith(`${prefix}.`))) return false;
  return last >= Number(low) && last <= Number(high ?? low);
}
