/** What the lists say now, against what is remembered of each subject. */
import { compareSweep } from '../../src/domain/blocklists/compare.ts';
import type { Difference, Sighting } from '../../src/domain/blocklists/compare.ts';
import type { Change } from '../../src/domain/blocklists/history.ts';
import type { ListVerdict } from '../../src/domain/blocklists/verdict.ts';
import type { ListingEvidence } from '../../src/domain/diagnosis/evidence.ts';
import type { World } from '../../src/ports/world.ts';

type Comparing = Pick<World, 'catalogue' | 'listingHistory'>;
type Histories = ReadonlyMap<string, ReadonlyMap<string, readonly Change[]>>;

/** `now`: milliseconds since 1970 UTC. What can't be remembered counts as seen for the first time. */
export async function compareListings(
  world: Comparing,
  evidence: readonly ListingEvidence[],
  now: number,
): Promise<Difference> {
  return compare(world, evidence, await readHistories(world, evidence), now);
}

/** The same, and what was seen is remembered: the next time it is no news. */
export async function compareAndRemember(
  world: Comparing,
  evidence: readonly ListingEvidence[],
  now: number,
): Promise<Difference> {
  const histories = await readHistories(world, evidence);
  const difference = await compare(world, evidence, histories, now);
  const at = Math.floor(now / 1000) * 1000;
  for (const { subject, lists: rows } of evidence) {
    const answers = rows.flatMap(({ zone, state }) => {
      if (state !== 'listed' && state !== 'clear') return [];
      const last = histories.get(subject)?.get(zone)?.at(-1);
      const codes = state === 'listed' && last?.state === 'listed' ? last.codes : [];
      return [{ zone, change: { at, state, codes } }];
    });
    await world.listingHistory.note(subject, answers).catch(() => undefined);
  }
  return difference;
}

async function readHistories(world: Comparing, evidence: readonly ListingEvidence[]): Promise<Histories> {
  const read = evidence.map(
    async ({ subject }) =>
      [subject, await world.listingHistory.read(subject).catch(() => new Map<string, readonly Change[]>())] as const,
  );
  return new Map(await Promise.all(read));
}

async function compare(
  world: Comparing,
  evidence: readonly ListingEvidence[],
  histories: Histories,
  now: number,
): Promise<Difference> {
  const { lists } = await world.catalogue.read();
  const known = new Map(lists.map((list) => [list.shown, list]));
  const sightings = evidence.flatMap(({ subject, lists: rows }) =>
    rows.flatMap((row): readonly Sighting[] => {
      const list = known.get(row.zone);
      return list ? [{ subject, list, verdict: verdictIn(row) }] : [];
    }),
  );
  return compareSweep(sightings, (subject, list) => histories.get(subject)?.get(list) ?? [], now);
}

function verdictIn(row: ListingEvidence['lists'][number]): ListVerdict {
  switch (row.state) {
    case 'listed':
      return { state: 'listed', codes: [], meanings: [], causes: [], nature: row.nature ?? 'abuse' };
    case 'clear':
    case 'not-covered':
      return { state: row.state };
    case 'unknown':
      return { state: 'unknown', why: 'timeout' };
    default:
      return row.state satisfies never;
  }
}
