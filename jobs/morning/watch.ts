/**
 * Between the mornings: queues, logs and the lists of weight high are looked at, and where a threshold is passed or a
 * listing is new everything is, and an incident opened or joined.
 *
 * Rules:
 * 1. Each site is looked at once per interval, whoever ticks.
 * 2. The messages are counted, where that is cheap; listed only where the count leaves it possible that a threshold is
 *    passed.
 * 3. A threshold alone accuses nobody: the whole look decides what it is, and whether it is worth waking somebody.
 */
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { judgeMorning } from '../../src/domain/morning/judge.ts';
import { exceeded, exceededInLog, mayExceed } from '../../src/domain/morning/threshold.ts';
import { lookOf } from '../../src/domain/queues/trend.ts';
import type { WatchPlan } from '../../src/ports/mornings.ts';
import type { Place } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import { verdictEvent } from '../incidents/verdict.ts';
import { lookAtLog } from '../mail/look-at-log.ts';
import { lookAtDomains, lookAtListings } from '../looks/listings.ts';
import { readQueue } from '../looks/queues.ts';
import type { SweepWorld } from '../blocklists/sweep.ts';
import { compareListings } from './compare.ts';
import { lookAtSite } from './look.ts';
import type { Look, Mornings } from './morning.ts';
import { openOrJoin } from './open-incident.ts';

export type Watching = Mornings &
  SweepWorld &
  Pick<World, 'mailServers' | 'queueHistory' | 'mailLogs' | 'logMemory' | 'catalogue' | 'listingHistory'>;

const QUEUE_MS = 30_000;
const LOG_MS = 30_000;
const LISTS_MS = 60_000;
const HOUR_MS = 3_600_000;

export const runWatch = async (world: World): Promise<void> => {
  await watchQueues(world, (place) => lookAtSite(world, place));
};

/** Every site that is to be watched now. Gives the incidents that were opened or joined. */
export async function watchQueues(world: Watching, look: Look): Promise<readonly number[]> {
  const found = await Promise.all(
    world.mornings.watches.map((plan) => watchSite(world, plan, look).catch(() => undefined)),
  );
  return found.filter((each) => each !== undefined);
}

async function watchSite(world: Watching, plan: WatchPlan, look: Look): Promise<number | undefined> {
  const place = world.sites.find(plan.site);
  // A little less than the interval, so that ticks a minute apart don't drift past it.
  if (!place || !(await world.mornings.once(`watch ${plan.site}`, plan.everyMs - 5000))) return undefined;
  const looks = place.servers.flatMap((server) => [
    watchQueue(world, server.name, plan),
    watchLog(world, server.name, plan),
  ]);
  // What can't be looked at is the morning's to say: a threshold that wasn't read has not been passed.
  const passed = (
    await Promise.all([...looks, watchLists(world, place, plan)].map((each) => each.catch(() => [])))
  ).flat();
  if (passed.length === 0) return undefined;
  const looked = await look(place);
  const judged = judgeMorning({ ...looked, verdictBefore: undefined });
  const verdict = verdictEvent(looked.evidence, looked.diagnosis, looked.now);
  const cause = judged.incident?.cause ?? looked.diagnosis.verdict;
  const urgency = judged.incident?.urgency ?? 'can-wait';
  const title = say`${passed.flatMap((each, index): Phrase => (index === 0 ? each : ['; ', ...each]))}`;
  return openOrJoin(world, { site: plan.site, cause, title, urgency, verdict });
}

async function watchQueue(world: Watching, name: string, plan: WatchPlan): Promise<readonly Phrase[]> {
  const server = world.mailServers.find(name);
  if (!server) return [];
  const at = world.clock.now();
  const before = await world.queueHistory.recent(name, at - HOUR_MS);
  const messages = await server.count?.(QUEUE_MS).catch(() => undefined);
  const counted = messages === undefined ? undefined : { at, messages };
  if (counted && !mayExceed(counted, before, plan)) {
    await world.queueHistory.note(name, counted);
    return [];
  }
  const { snapshot } = await readQueue(server, world, QUEUE_MS);
  const now = lookOf(snapshot, at);
  await world.queueHistory.note(name, now);
  return exceeded(name, now, before, plan);
}

async function watchLog(world: Watching, name: string, plan: WatchPlan): Promise<readonly Phrase[]> {
  const log = world.mailLogs.find(name);
  if (!log) return [];
  const { evidence } = await lookAtLog(log, world.logMemory, LOG_MS);
  return exceededInLog(name, evidence, plan);
}

/** Lists of weight high only, as seldom as is configured: their operators' rules are for all of us. */
async function watchLists(world: Watching, place: Place, plan: WatchPlan): Promise<readonly Phrase[]> {
  if (plan.listingsEveryMs === 0 || !(await world.mornings.once(`lists ${plan.site}`, plan.listingsEveryMs - 5000)))
    return [];
  const isHigh = (list: Blocklist): boolean => list.weight === 'high';
  const seen = await Promise.all([
    place.addresses.length === 0 ? [] : lookAtListings(place.addresses, world, LISTS_MS, isHigh).catch(() => []),
    lookAtDomains(place.domains, world, LISTS_MS, isHigh).catch(() => []),
  ]);
  const { appeared } = await compareListings(world, seen.flat(), world.clock.now());
  return appeared
    .filter((each) => each.nature === 'abuse')
    .map((each) => say`newly listed by ${each.list}: ${foreign(each.subjects.join(', '), 200)}`);
}
