/**
 * Is this resolver one that blocklists answer? Found out by questions that have a known right answer.
 *
 * 1. A name that can't exist (RFC 6761 `invalid`) must not exist: else the resolver rewrites answers.
 * 2. Spamhaus' test entry: 127.255.255.254 means that it refuses this resolver.
 * 3. URIBL's TXT names the resolver as it is seen from outside, when it refuses it.
 */
import { FIT_REMEDY as REMEDY, seenAsOf } from '../../src/domain/blocklists/fitness.ts';
import type { DnsReply, Resolver } from '../../src/ports/dns.ts';

export interface ResolverDiagnosis {
  readonly state: 'answers' | 'fails' | 'unknown';
  /** What is wrong and what to do; empty where nothing is. */
  readonly note: string;
}

const DEADLINE_MS = 2000;

/** `probe`: random letters for the name that can't exist. Takes 2 s at most. */
export async function diagnoseResolver(resolver: Resolver, probe: string): Promise<ResolverDiagnosis> {
  const [nowhere, zen, uribl] = await Promise.all([
    resolver.ask({ name: `${probe}.invalid`, type: 'A' }, DEADLINE_MS),
    resolver.ask({ name: '2.0.0.127.zen.spamhaus.org', type: 'A' }, DEADLINE_MS),
    resolver.ask({ name: '2.0.0.127.multi.uribl.com', type: 'TXT' }, DEADLINE_MS),
  ]);
  if ([nowhere, zen, uribl].every((reply) => reply.kind === 'failed')) {
    const why = nowhere.kind === 'failed' ? nowhere.why : 'timeout';
    return { state: 'fails', note: `it does not answer (${why}); look at it, or name another under resolvers` };
  }
  const rewritten = dataOf(nowhere)[0];
  if (rewritten !== undefined)
    return {
      state: 'answers',
      note: `it rewrites answers (a name that can't exist has ${rewritten}): no list can be believed; ${REMEDY}`,
    };
  const refused = dataOf(zen).find((address) => address.startsWith('127.255.255.'));
  const seen = seenAsOf(uribl);
  if (refused !== undefined)
    return {
      state: 'answers',
      note: `Spamhaus refuses it (${refused})${seen === undefined ? '' : `; it is seen as ${seen}`}: ${REMEDY}`,
    };
  if (seen !== undefined) return { state: 'answers', note: `URIBL refuses it; it is seen as ${seen}: ${REMEDY}` };
  if (zen.kind === 'answer' && zen.data.length === 0)
    return {
      state: 'answers',
      note: `it gives not even Spamhaus’ test entry: it has no way out, or is refused silently; ${REMEDY}`,
    };
  return { state: 'answers', note: '' };
}

function dataOf(reply: DnsReply): readonly string[] {
  return reply.kind === 'answer' ? reply.data : [];
}
