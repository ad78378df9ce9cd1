/**
 * npm `dnsbl`, used where its answer is safe: its `true` for one name, through independent resolvers.
 *
 * Rules (docs/blocklists.md has the measurements behind them):
 * 1. `lookup` alone: `batch` shares one resolver, and its stale timers cancel other people's questions.
 * 2. Never `includeTxt`: a listing without TXT becomes "not listed".
 * 3. Its `false` is never read as clear: SERVFAIL, REFUSED and a timeout are `false` too. It means unconfirmed.
 * 4. Its `true` counts only beside our own listing: by itself it takes error codes and parked domains for listings.
 */
import type { SecondOpinion } from '../../src/ports/second-opinion.ts';

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
    async confirm(address, zone) {
      if (servers.length === 0) return 'unconfirmed';
      const dnsbl: Dnsbl = await import(PACKAGE);
      const listed = await dnsbl
        .lookup(address.text, zone, { servers, timeout: TIMEOUT_MS, includeTxt: false })
        .catch(() => false);
      return listed ? 'confirmed' : 'unconfirmed';
    },
  };
}
