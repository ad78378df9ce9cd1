/** The blocklists about a site's public addresses. */
import { judgeSubject } from '../../src/domain/blocklists/verdict.ts';
import type { ListingEvidence } from '../../src/domain/diagnosis/evidence.ts';
import { specialPurpose } from '../../src/domain/address/special.ts';
import type { Ip } from '../../src/domain/address/ip.ts';
import type { World } from '../../src/ports/world.ts';
import { withoutComponents } from '../check.ts';
import { sweep } from '../sweep.ts';
import type { SweepWorld } from '../sweep.ts';

const QUESTION_MS = 5000;

/** Throws an Error where there is nothing to ask about. */
export async function lookAtListings(
  addresses: readonly Ip[],
  world: SweepWorld & Pick<World, 'catalogue'>,
  deadlineMs: number,
): Promise<readonly ListingEvidence[]> {
  // Documentation addresses stand for public ones in examples and in the drill.
  const asked = addresses.filter((ip) => {
    const special = specialPurpose(ip);
    return special === undefined || special.startsWith('a documentation');
  });
  if (asked.length === 0) throw new Error('no public address is configured: put addresses under the site');
  const catalogue = await world.catalogue.read();
  const findings = await sweep(
    {
      subjects: asked.map((ip) => ({ kind: 'ip', ip })),
      lists: withoutComponents(catalogue.lists).filter((list) => list.kind === 'ip'),
      questionMs: Math.min(QUESTION_MS, deadlineMs),
      wholeMs: deadlineMs,
    },
    world,
  );
  return asked.map((ip, index): ListingEvidence => {
    const rows = findings[index] ?? [];
    const { state, warning } = judgeSubject(rows);
    return {
      subject: ip.text,
      state,
      ...(warning && { warning }),
      lists: rows.map(({ list, verdict }) => ({
        zone: list.shown,
        state: verdict.state,
        ...(verdict.state === 'listed' && { nature: verdict.nature, causes: verdict.causes }),
        ...(verdict.state === 'unknown' && { why: verdict.why }),
      })),
    };
  });
}
