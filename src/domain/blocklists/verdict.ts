/**
 * From a list's answers to a verdict about one subject, and from the lists' verdicts to the subject's state.
 *
 * Rules:
 * 1. `listed` needs a code that this list documents as a listing, and a list whose must-not-be-listed point isn't: one
 *    that could not be asked is not known to be unlisted.
 * 2. `clear` needs NXDOMAIN or NODATA and the list's positive test point, answered through the same resolver path.
 *    A code that the list documents as no listing is the list's own way of saying no: the same proof makes it clear.
 * 3. A listing beside an error code is a contradiction; an undocumented code alone is unknown, never clear, never a page.
 * 4. Components of one list (`duplicateOf`) are one finding: the component's verdict is shown, not counted again.
 * 5. A subject is `listed` by abuse on a list of weight high or medium; `clear` when no list lists it so, every
 *    high-weight list and at least four fifths of all asked answered; else `unknown`.
 */
import type { CauseId } from '../causes.ts';
import type { DnsReply } from '../../ports/dns.ts';
import { readCode } from './code.ts';
import type { Blocklist, Code, Nature, UnknownWhy, Weight } from './blocklist.ts';
import type { Liveness } from './liveness.ts';

export type ListVerdict =
  | {
      readonly state: 'listed';
      readonly codes: readonly string[];
      readonly meanings: readonly string[];
      readonly causes: readonly CauseId[];
      /** What to look at first. */
      readonly hints?: readonly string[];
      readonly nature: Nature;
    }
  | { readonly state: 'clear' }
  | { readonly state: 'unknown'; readonly why: UnknownWhy; readonly raw?: readonly string[] }
  | { readonly state: 'not-covered' };

/** The verdict of one list about one subject. */
export function judgeList(list: Blocklist, reply: DnsReply, liveness: Liveness): ListVerdict {
  if (reply.kind === 'failed') return { state: 'unknown', why: reply.why };
  if (reply.data.length > 0 && reply.rcode === 'NXDOMAIN')
    return { state: 'unknown', why: 'malformed', raw: reply.data };
  if (reply.data.length === 0) return judgeSilence(liveness);
  const readings = reply.data.toSorted(asNumbersGo).map((address) => ({ address, reading: readCode(list, address) }));
  const unknown = (why: UnknownWhy): ListVerdict => ({ state: 'unknown', why, raw: reply.data });
  const codes: Code[] = [];
  let error: UnknownWhy | undefined;
  let odd: UnknownWhy | undefined;
  let saysNo = false;
  const listedBy: string[] = [];
  for (const { address, reading } of readings) {
    switch (reading.kind) {
      case 'listed':
        codes.push(...reading.codes);
        listedBy.push(address);
        break;
      case 'not-a-listing':
        saysNo = true;
        break;
      case 'error':
        error = reading.why;
        break;
      case 'outside':
        odd = 'not-a-listing-answer';
        break;
      case 'undocumented':
        odd ??= 'unknown-code';
        break;
      default:
        reading satisfies never;
    }
  }
  if (codes.length > 0 && (error !== undefined || odd === 'not-a-listing-answer')) return unknown('contradiction');
  if (error !== undefined) return unknown(error);
  if (codes.length === 0 && saysNo && odd === undefined) return judgeSilence(liveness);
  if (codes.length === 0) return unknown(odd ?? 'unknown-code');
  if (liveness.negative === 'listed') return unknown('answers-everything');
  if (liveness.negative === 'failed') return unknown(liveness.negativeWhy ?? 'timeout');
  return {
    state: 'listed',
    codes: listedBy,
    meanings: [...new Set(codes.map((code) => code.meaning))],
    causes: [...new Set(codes.flatMap((code) => (code.cause === undefined ? [] : [code.cause])))],
    hints: [...new Set(codes.flatMap((code) => (code.hint === undefined ? [] : [code.hint])))],
    nature: worstNature(codes),
  };
}

/** 127.0.0.2 before 127.0.0.10, and each code's meaning at the same place as the code. */
function asNumbersGo(one: string, other: string): number {
  const [first, second] = [one, other].map((address) => address.split('.').map(Number));
  const at = first?.findIndex((octet, index) => octet !== second?.[index]) ?? -1;
  return at === -1 ? 0 : (first?.[at] ?? 0) - (second?.[at] ?? 0);
}

/** Silence is clear only where the list has just shown that it speaks. */
function judgeSilence(liveness: Liveness): ListVerdict {
  switch (liveness.positive) {
    case 'listed':
      return liveness.negative === 'listed' ? { state: 'unknown', why: 'answers-everything' } : { state: 'clear' };
    case 'silent':
    case 'none':
      return { state: 'unknown', why: 'dead-list' };
    case 'failed':
      return { state: 'unknown', why: liveness.why ?? 'timeout' };
    default:
      return liveness.positive satisfies never;
  }
}

function worstNature(codes: readonly Code[]): Nature {
  if (codes.some((code) => code.nature === 'abuse')) return 'abuse';
  return codes.some((code) => code.nature === 'policy') ? 'policy' : 'informational';
}

export interface Coverage {
  readonly asked: number;
  readonly answered: number;
  readonly unknown: number;
}

export interface SubjectState {
  readonly state: 'listed' | 'clear' | 'unknown';
  /** Only low-weight, policy or informational lists list it. */
  readonly warning: boolean;
  readonly coverage: Coverage;
}

/** The state of one subject from all its lists. */
export function judgeSubject(
  lists: readonly {
    readonly list: Pick<Blocklist, 'weight' | 'zone' | 'duplicateOf'>;
    readonly verdict: ListVerdict;
  }[],
): SubjectState {
  const covered = lists.filter(({ verdict }) => verdict.state !== 'not-covered');
  const unknown = covered.filter(({ verdict }) => verdict.state === 'unknown');
  const coverage = { asked: covered.length, answered: covered.length - unknown.length, unknown: unknown.length };
  const counts = (weight: Weight, nature: Nature): boolean => weight !== 'low' && nature === 'abuse';
  const listings = covered.flatMap(({ list, verdict }) => (verdict.state === 'listed' ? [{ list, verdict }] : []));
  if (listings.some(({ list, verdict }) => counts(list.weight, verdict.nature)))
    return { state: 'listed', warning: false, coverage };
  const warning = listings.length > 0;
  const blind = unknown.some(({ list }) => list.weight === 'high');
  const enough = coverage.asked > 0 && coverage.answered * 5 >= coverage.asked * 4;
  return { state: !blind && enough ? 'clear' : 'unknown', warning, coverage };
}
