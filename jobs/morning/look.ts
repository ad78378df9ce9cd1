/** One look at a site as the morning takes it: everything triage looks at, against what was known before. */
import type { CauseId } from '../../src/domain/causes.ts';
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../src/domain/diagnosis/evidence.ts';
import type { MorningLook } from '../../src/domain/morning/judge.ts';
import type { Place } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import { gatherEvidence } from '../triage/gather.ts';
import { lookAtDomains } from '../looks/listings.ts';
import { recordOf, take } from '../looks/look.ts';
import type { GatherNeeds } from '../triage/gather.ts';
import { standingMeasures } from '../measures/ledger.ts';
import { compareAndRemember } from './compare.ts';
import { confirmNew } from './confirm.ts';

export type Looking = GatherNeeds & Pick<World, 'evidence' | 'listingHistory' | 'secondOpinion' | 'ledger' | 'clock'>;

const WHOLE_MS = 90_000;
const DOMAINS = 'lists of domains';

export async function lookAtSite(world: Looking, place: Place): Promise<MorningLook> {
  const now = world.clock.now();
  const before = await world.evidence.latest(place.name, now).catch(() => undefined);
  const [gathered, domains] = await Promise.all([
    gatherEvidence(place, world, WHOLE_MS, () => {}),
    take({ name: DOMAINS, deadlineMs: WHOLE_MS, take: (ms) => lookAtDomains(place.domains, world, ms) }, world.clock),
  ]);
  const { evidence } = gathered;
  const looks = [...gathered.looks, recordOf(domains)];
  const ofDomains = domains.kind === 'taken' ? domains.value : [];
  const diagnosis = diagnose(evidence);
  const id = `${place.name}-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${world.random.hex(3)}`;
  await world.evidence
    .keep({ id, place: place.name, at: now, looks, evidence })
    .then(() => world.evidence.conclude(id, diagnosis.verdict))
    .catch(() => {});
  const listings = await compareAndRemember(world, [...(evidence.listings ?? []), ...ofDomains], now);
  const standing = await standingMeasures(world);
  return {
    site: place.name,
    evidence,
    diagnosis,
    listings,
    domains: ofDomains,
    failed: [...gathered.failed, ...(domains.kind === 'failed' ? [`${DOMAINS}: ${domains.why}`] : [])],
    failedBefore: (before?.looks ?? []).filter((look) => look.state === 'failed').map((look) => look.name),
    silent: await silentLists(world, evidence, before?.evidence),
    verdictBefore: verdictOf(before?.verdict, before?.evidence),
    confirmed: await confirmNew(world, listings),
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

/** A list that doesn't answer once is the network's; one of weight high that keeps silent leaves a hole in every morning. */
async function silentLists(world: Looking, now: Evidence, before: Evidence | undefined): Promise<readonly string[]> {
  const silent = (evidence: Evidence | undefined): readonly string[] =>
    (evidence?.listings ?? []).flatMap(({ lists }) =>
      lists.filter((row) => row.state === 'unknown').map((row) => row.zone),
    );
  const both = new Set(silent(before)).intersection(new Set(silent(now)));
  if (both.size === 0) return [];
  const { lists } = await world.catalogue.read();
  return lists.filter((list) => list.weight === 'high' && both.has(list.shown)).map((list) => list.shown);
}
