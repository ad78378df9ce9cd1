/**
 * Whether the resolver in use is one that blocklists answer. Large public resolvers and some clouds are refused by
 * several operators, and some resolvers rewrite what does not exist.
 *
 * Rules:
 * 1. A name under `invalid` (RFC 6761) must not exist: a resolver that has data for it rewrites answers.
 * 2. A list that answers with its code for a refused resolver refuses it.
 * 3. URIBL's TXT names the resolver as it is seen from outside, where it refuses it.
 * 4. What could not be found out is no fault.
 */
import type { DnsReply } from '../../ports/dns.ts';
import type { ListVerdict } from './verdict.ts';
import type { Liveness } from './liveness.ts';

export type Unfit =
  | { readonly kind: 'rewrites'; readonly answer: string }
  | { readonly kind: 'refused'; readonly by: readonly string[]; readonly seenAs: string | undefined };

/** What is known of the resolvers of a check. */
export interface Fitness {
  readonly servers: readonly string[];
  /** Seconds since they were last looked at; undefined: just now. */
  readonly ageSeconds?: number;
  readonly unfit?: Unfit;
}

export const FIT_REMEDY =
  'use a recursive resolver of your own (unbound on this host is enough), or the operators’ keys';

/** `nowhere`: the reply to a name that can't exist; `uribl`: to the TXT of URIBL's test entry. `refusedBy`: lists, as shown. */
export function judgeFitness(
  nowhere: DnsReply | undefined,
  uribl: DnsReply | undefined,
  refusedBy: readonly string[],
): Unfit | undefined {
  const answer = dataOf(nowhere)[0];
  if (answer !== undefined) return { kind: 'rewrites', answer };
  const seenAs = seenAsOf(uribl);
  return refusedBy.length > 0 || seenAs !== undefined ? { kind: 'refused', by: refusedBy, seenAs } : undefined;
}

/** The resolver as URIBL sees it, where it says so: "[Your DNS IP: 192.0.2.53]". */
export function seenAsOf(reply: DnsReply | undefined): string | undefined {
  return /DNS IP:?\s*([0-9a-fA-F.:]{3,45})/.exec(dataOf(reply).join(' '))?.[1];
}

/** In words, to follow the resolver's name. */
export function unfitInWords(unfit: Unfit): string {
  switch (unfit.kind) {
    case 'rewrites':
      return `rewrites answers: a name that can't exist has ${unfit.answer}; ${FIT_REMEDY}`;
    case 'refused': {
      const { by, seenAs } = unfit;
      const who = by.length === 0 ? 'URIBL' : by.slice(0, 3).join(', ');
      const more = by.length > 3 ? ` and ${by.length - 3} more` : '';
      return `is refused by ${who}${more}${seenAs === undefined ? '' : `, and seen as ${seenAs}`}; ${FIT_REMEDY}`;
    }
    default:
      return unfit satisfies never;
  }
}

/**
 * A listing through a resolver that rewrites counts only where the list's must-not-be-listed point was seen to be
 * unlisted through it; a list without one is not believed then.
 */
export function mistrust(verdict: ListVerdict, liveness: Liveness | undefined, unfit: Unfit | undefined): ListVerdict {
  return unfit?.kind === 'rewrites' && verdict.state === 'listed' && liveness?.negative === 'none'
    ? { state: 'unknown', why: 'answers-everything' }
    : verdict;
}

function dataOf(reply: DnsReply | undefined): readonly string[] {
  return reply?.kind === 'answer' ? reply.data : [];
}
