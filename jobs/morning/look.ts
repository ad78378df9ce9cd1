/** One look at a site as the morning takes it: everything triage looks at, against what was known before. */
import { parseIp } from '../../src/domain/address/ip.ts';
import { compareSweep } from '../../src/domain/blocklists/compare.ts';
import type { Difference, Sighting } from '../../src/domain/blocklists/compare.ts';
import type { Change } from '../../src/domain/blocklists/history.ts';
import type { ListVerdict } from '../../src/domain/blocklists/verdict.ts';
import type { CauseId } from '../../src/domain/causes.ts';
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import type { Evidence, ListingEvidence } from '../../src/domain/diagnosis/evidence.ts';
import type { MorningLook } from '../../src/domain/morning/judge.ts';
import type { Place } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import { gatherEvidence } from '../gather.ts';
import type { GatherNeeds } from '../gather.ts';
import { standingMeasures } from '../measures/ledger.ts';

export type Looking = GatherNeeds & Pick<World, 'evidence' | 'listingHistory' | 'secondOpinion' | 'ledger' | 'clock'>;

const WHOLE_MS = 90_000;

export async function lookAtSite(world: Looking, place: Place): Promise<MorningLook> {
  const now = world.clock.now();
  const before = await world.evidence.latest(place.name, now).catch(() => undefined);
  const { evidence, looks, failed } = await gatherEvidence(place, world, WHOLE_MS, () => {});
  const diagnosis = diagnose(evidence);
  const id = `${place.name}-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${world.random.hex(3)}`;
  await world.evidence
    .keep({ id, place: place.name, at: now, looks, evidence })
    .then(() => world.evidence.conclude(id, diagnosis.verdict))
    .catch(() => {});
  const listings = await compareListings(world, evidence.listings ?? [], now);
  const standing = await standingMeasures(world);
  return {
    site: place.name,
    evidence,
    diagnosis,
    listings,
    failed,
    failedBefore: (before?.looks ?? []).filter((look) => look.state === 'failed').map((look) => look.name),
    verdictBefore: verdictOf(before?.verdict, before?.evidence),
    confirmed: await confirm(world, listings),
    standing: standing.map(({ number, order, until }) => ({
      number,
      kind: order.kind,
      ...(until !== undefined && { until }),
    })),
    now,
  };
}

function verdictOf(concluded: CauseId | undefined, evidence: Evidence | undefined): CauseId | undefined {
  return concluded ?? (evidence && diagnose(evidence).verdict);
}

/** Against what is remembered, and remembers it. */
async function compareListings(world: Looking, evidence: readonly ListingEvidence[], now: number): Promise<Difference> {
  const { lists } = await world.catalogue.read();
  const known = new Map(lists.map((list) => [list.shown, list]));
  const histories = new Map(
    await Promise.all(
      evidence.map(
        async ({ subject }) =>
          [
            subject,
            await world.listingHistory.read(subject).catch(() => new Map<string, readonly Change[]>()),
          ] as const,
      ),
    ),
  );
  const sightings = evidence.flatMap(({ subject, lists: rows }) =>
    rows.flatMap((row): readonly Sighting[] => {
      const list = known.get(row.zone);
      return list ? [{ subject, list, verdict: verdictIn(row) }] : [];
    }),
  );
  const historyOf = (subject: string, list: string): readonly Change[] => histories.get(subject)?.get(list) ?? [];
  const difference = compareSweep(sightings, historyOf, now);
  const at = Math.floor(now / 1000) * 1000;
  for (const { subject, lists: rows } of evidence) {
    const answers = rows.flatMap(({ zone, state }) => {
      if (state !== 'listed' && state !== 'clear') return [];
      const last = historyOf(subject, zone).at(-1);
      const codes = state === 'listed' && last?.state === 'listed' ? last.codes : [];
      return [{ zone, change: { at, state, codes } }];
    });
    await world.listingHistory.note(subject, answers).catch(() => undefined);
  }
  return difference;
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

/** Somebody else's look at each new listing that could wake somebody. */
async function confirm(world: Looking, listings: Difference): Promise<readonly string[]> {
  const { lists } = await world.catalogue.read();
  const asked = listings.appeared
    .filter((each) => each.nature === 'abuse' && each.weight !== 'low')
    .map(async ({ list, subjects }) => {
      const zone = lists.find((each) => each.shown === list)?.zone ?? list;
      const opinions = await Promise.all(
        subjects.map(async (subject) => {
          const ip = parseIp(subject);
          return ip.kind === 'ok' ? world.secondOpinion.confirm(ip.value, zone) : 'unconfirmed';
        }),
      );
      return opinions.includes('confirmed') ? [list] : [];
    });
  return (await Promise.all(asked)).flat();
}
