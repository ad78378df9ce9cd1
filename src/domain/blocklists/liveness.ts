/**
 * Whether a list lives, by its own test points (RFC 5782 section 5; many lists have others).
 *
 * Rules:
 * 1. A positive point that is silent means an emptied or refusing list: its silence about anything else proves nothing.
 * 2. A negative point that is listed means a list that lists the world: its listings prove nothing.
 * 3. A list without a positive point is never proved; without a negative one, that check is left out.
 */
import type { DnsReply } from '../../ports/dns.ts';
import { readCode } from './code.ts';
import type { Blocklist, UnknownWhy } from './blocklist.ts';

export interface Liveness {
  readonly positive: 'listed' | 'silent' | 'failed' | 'none';
  readonly negative: 'listed' | 'silent' | 'failed' | 'none';
  /** Why the positive point could not be proved. */
  readonly why?: UnknownWhy;
  /** Why it is not known whether the negative point is listed. */
  readonly negativeWhy?: UnknownWhy;
  /** When it was looked at, milliseconds since 1970 UTC, and through which resolver. */
  readonly at: number;
  readonly resolver: string;
}

/** Judges the replies to the two test points. */
export function judgeLiveness(
  list: Blocklist,
  positive: DnsReply | undefined,
  negative: DnsReply | undefined,
  at: number,
): Liveness {
  const plus = pointOf(list, positive);
  const minus = negativePointOf(list, negative);
  return {
    positive: plus.state,
    negative: minus.state,
    ...(plus.why !== undefined && { why: plus.why }),
    ...(minus.why !== undefined && { negativeWhy: minus.why }),
    at,
    resolver: positive?.resolver ?? negative?.resolver ?? '',
  };
}

/** As a positive point, but a code that is documented as no listing is none (a white list's loopback entry). */
export function negativePointOf(
  list: Blocklist,
  reply: DnsReply | undefined,
): { readonly state: Liveness['negative']; readonly why?: UnknownWhy } {
  const point = pointOf(list, reply);
  if (point.state !== 'listed' || reply?.kind !== 'answer') return point;
  const saysNo = reply.data.every((address) => readCode(list, address).kind === 'not-a-listing');
  return saysNo ? { state: 'silent' } : point;
}

function pointOf(
  list: Blocklist,
  reply: DnsReply | undefined,
): { readonly state: Liveness['positive']; readonly why?: UnknownWhy } {
  if (!reply) return { state: 'none' };
  if (reply.kind === 'failed') return { state: 'failed', why: reply.why };
  if (reply.data.length === 0 || reply.rcode === 'NXDOMAIN') return { state: 'silent' };
  const readings = reply.data.map((address) => readCode(list, address));
  const error = readings.find((reading) => reading.kind === 'error');
  if (error?.kind === 'error') return { state: 'failed', why: error.why };
  if (readings.some((reading) => reading.kind === 'outside')) return { state: 'failed', why: 'not-a-listing-answer' };
  // A test entry may have a code of its own that the list documents nowhere else: it proves that the list speaks.
  return { state: 'listed' };
}

/** The proof's name in a memory: the list as shown, and the family that was proved. */
export function proofKey(list: Blocklist, family: 4 | 6 | undefined): string {
  return family === undefined ? list.shown : `${list.shown}/${family}`;
}

/**
 * The proof that counts: this run's, or an earlier one of the same path that stands in because the positive point was
 * not answered in time now. A point that was answered is never overruled, nor what the negative point says now.
 */
export function proofThatCounts(now: Liveness, earlier: Liveness | undefined, holdMs: number): Liveness {
  const silence = now.positive === 'failed' && (now.why === 'timeout' || now.why === 'servfail');
  if (!silence || !earlier || earlier.positive !== 'listed' || now.at - earlier.at > holdMs) return now;
  const negative = now.negative === 'failed' ? earlier.negative : now.negative;
  return {
    positive: 'listed',
    negative,
    ...(negative === 'failed' && now.negativeWhy !== undefined && { negativeWhy: now.negativeWhy }),
    at: earlier.at,
    resolver: earlier.resolver,
  };
}
