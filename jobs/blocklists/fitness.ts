/**
 * Finds out, beside a check, whether the resolver in use is fit for it.
 *
 * Rules:
 * 1. It costs the check no time: the questions go out with the sweep and have as long as that lasts, at least 300 ms.
 * 2. No name is asked that the check has no business with: one under `invalid`, and URIBL's test entry only where URIBL
 *    is asked anyway.
 * 3. Looked at without a fault within the last hour, it isn't looked at again; what the lists themselves say counts
 *    always.
 */
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import { judgeFitness } from '../../src/domain/blocklists/fitness.ts';
import type { Fitness } from '../../src/domain/blocklists/fitness.ts';
import type { DnsReply } from '../../src/ports/dns.ts';
import type { World } from '../../src/ports/world.ts';
import type { Finding } from './sweep.ts';

const NOWHERE_MS = 2000;
const AT_LEAST_MS = 300;
const URIBL_MS = 2000;
const URIBL = 'multi.uribl.com';

/** Begins at once; the answer is asked for once the sweep is over. */
export function lookAtFitness(
  lists: readonly Blocklist[],
  world: Pick<World, 'clock' | 'random' | 'resolver' | 'resolverMemory'>,
): (findings: readonly (readonly Finding[])[]) => Promise<Fitness> {
  const { servers } = world.resolver;
  const path = servers.join(' ');
  let uribl: DnsReply | undefined;
  let nowhere: DnsReply | undefined;
  const began = world.clock.monotonic();
  const begin = async (): Promise<{ readonly answered?: Promise<void>; readonly lookedAt?: number }> => {
    const lookedAt = await world.resolverMemory.lookedAt(path);
    if (lookedAt !== undefined) return { lookedAt };
    if (lists.some((list) => list.zone === URIBL))
      void world.resolver.ask({ name: `2.0.0.127.${URIBL}`, type: 'TXT' }, URIBL_MS).then((reply) => (uribl = reply));
    const asked = world.resolver.ask({ name: `${world.random.hex(8)}.invalid`, type: 'A' }, NOWHERE_MS);
    return { answered: asked.then((reply) => void (nowhere = reply)) };
  };
  const begun = begin();
  return async (findings) => {
    const { answered, lookedAt } = await begun;
    const left = AT_LEAST_MS - (world.clock.monotonic() - began);
    if (answered && left > 0) await Promise.race([answered, world.clock.wait(left)]);
    const unfit = judgeFitness(nowhere, uribl, refusing(findings));
    const now = world.clock.now();
    if (unfit) return { servers, unfit };
    if (lookedAt !== undefined) return { servers, ageSeconds: Math.max(0, Math.round((now - lookedAt) / 1000)) };
    await world.resolverMemory.noteLook(path, now);
    return { servers };
  };
}

function refusing(findings: readonly (readonly Finding[])[]): readonly string[] {
  const refused = findings.flatMap((row) =>
    row.flatMap(({ list, verdict }) =>
      verdict.state === 'unknown' && verdict.why === 'blocked-resolver' ? [list.shown] : [],
    ),
  );
  return [...new Set(refused)];
}
