/**
 * Whether independent resolvers see a listing too. Of an address npm `dnsbl` is asked, where its answer is safe: its
 * `true` for one name. It knows no lists of domains; of those our own client asks the same resolvers.
 *
 * Rules (docs/blocklists.md has the measurements behind them):
 * 1. `lookup` alone: `batch` shares one resolver, and its stale timers cancel other people's questions.
 * 2. Never `includeTxt`: a listing without TXT becomes "not listed".
 * 3. Its `false` is never read as clear: SERVFAIL, REFUSED and a timeout are `false` too. It means unconfirmed.
 * 4. Its `true` counts only beside our own listing: by itself it takes error codes and parked domains for listings.
 */
import { queryName } from '../../src/domain/blocklists/query-name.ts';
import type { Opinion, SecondOpinion } from '../../src/ports/second-opinion.ts';
import { openResolver, readServer } from './resolver.ts';

interface Dnsbl {
  lookup(
    address: string,
    list: string,
    options: { servers: readonly string[]; timeout: number; includeTxt: false },
  ): Promise<boolean>;
}

/** The package has no types of its own; the name is not a literal, so that none are looked for. */
const PACKAGE: string = 'dnsbl';
const TIMEOUT_MS = 5000;

/** `servers`: HOST:PORT of resolvers that are independent of those that gave the first answer; none: nothing is confirmed. */
export function openSecondOpinion(servers: readonly string[]): SecondOpinion {
  return {
    async confirm(subject, zone) {
      if (servers.length === 0) return 'unconfirmed';
      if (subject.kind === 'domain') return ofDomain(servers, queryName(subject.domain, zone));
      const dnsbl: Dnsbl = await import(PACKAGE);
      const listed = await dnsbl
        .lookup(subject.ip.text, zone, { servers, timeout: TIMEOUT_MS, includeTxt: false })
        .catch(() => false);
      return listed ? 'confirmed' : 'unconfirmed';
    },
  };
}

async function ofDomain(servers: readonly string[], name: string | undefined): Promise<Opinion> {
  if (name === undefined) return 'unconfirmed';
  const resolver = openResolver(servers.map(readServer));
  try {
    const reply = await resolver.ask({ name, type: 'A' }, TIMEOUT_MS);
    const codes = reply.kind === 'answer' ? reply.data : [];
    return codes.length > 0 && codes.every(isListingCode) ? 'confirmed' : 'unconfirmed';
  } finally {
    resolver.close();
  }
}

/** Within 127.0.0.0/8, and not in the error space 127.255.255.0/24. */
function isListingCode(code: string): boolean {
  return code.startsWith('127.') && !code.startsWith('127.255.255.');
}
