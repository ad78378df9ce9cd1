/**
 * One blocklist as the catalogue describes it.
 *
 * Owns: the form. Does not own: YAML (adapters/catalogue), reading a return code (code.ts), names (query-name.ts),
 * verdicts (verdict.ts).
 */
import type { CauseId } from '../causes.ts';

export type Weight = 'high' | 'medium' | 'low';

/** What a listing says: abuse, a policy (dynamic ranges, missing reverse DNS), or mere information. */
export type Nature = 'abuse' | 'policy' | 'informational';

export interface Code {
  readonly meaning: string;
  readonly nature: Nature;
  /** false: the list says something else by it, such as a good sender or a score. */
  readonly listed?: false;
  readonly cause?: CauseId;
  /** What to look at first, in the list's or our own words. */
  readonly hint?: string;
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
  /** Of a list of domains: it knows registered domains alone, and no host names. */
  readonly names?: 'registered';
  readonly weight: Weight;
  readonly codeMode: CodeMode;
  /** As code.ts reads them. A bitmask's are the bits' values as text. */
  readonly codes: ReadonlyMap<string, Code>;
  readonly errorCodes: ReadonlyMap<string, ErrorCode>;
  /** undefined: the list has no test entry; it can be listed or unknown, never clear. */
  readonly test: TestPoints | undefined;
  readonly removal?: string;
  readonly lookup?: string;
  readonly duplicateOf?: string;
  readonly rules?: string;
  /** Who is known to use it, and when a listing ends by itself; in words. */
  readonly receivers?: string;
  readonly expiry?: string;
  /** Milliseconds between questions that the operator permits, and questions a day. */
  readonly manners: { readonly everyMs: number; readonly perDay: number };
}

/** Text of or about a keyed list, with the key replaced by its variable's name. */
export function withoutKey(list: Pick<Blocklist, 'zone' | 'shown'>, text: string): string {
  const key = list.zone.split('.')[0] ?? '';
  const variable = list.shown.split('.')[0] ?? '';
  if (key === variable || key === '') return text;
  return text.replace(new RegExp(key.replaceAll('-', '\\-'), 'gi'), () => variable);
}
