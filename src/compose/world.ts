/** The real world: every port filled with its adapter. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '../../adapters/clock/system.ts';
import { openCatalogueShelf } from '../../adapters/catalogue/shelf.ts';
import { diagnoseResolver } from '../../adapters/dns/diagnosis.ts';
import { openResolver, readServer } from '../../adapters/dns/resolver.ts';
import { openSecondOpinion } from '../../adapters/dns/second-opinion.ts';
import { systemResolvers } from '../../adapters/dns/resolv-conf.ts';
import { openFiles } from '../../adapters/files/local.ts';
import { openAuditLog } from '../../adapters/audit/log.ts';
import { openAuditCopy } from '../../adapters/redis/audit-copy.ts';
import { openDrillMarks } from '../../adapters/redis/drill-marks.ts';
import type { DrillMarks } from '../../adapters/redis/drill-marks.ts';
import { openFences, openHolds, openJournal } from '../../adapters/redis/journal.ts';
import { openEvidenceStore } from '../../adapters/redis/evidence-store.ts';
import { openHands } from '../../adapters/redis/hands.ts';
import { openListingHistory } from '../../adapters/redis/listing-history.ts';
import { openLogMemory } from '../../adapters/redis/log-memory.ts';
import { openListProofs } from '../../adapters/redis/list-proofs.ts';
import { openResolverMemory } from '../../adapters/redis/resolver-memory.ts';
import { openManners } from '../../adapters/redis/manners.ts';
import { openMornings } from '../../adapters/redis/mornings.ts';
import { openOffers } from '../../adapters/redis/offers.ts';
import { openOutbox } from '../../adapters/redis/outbox.ts';
import type { RedisOutbox } from '../../adapters/redis/outbox.ts';
import { openRotaMemory } from '../../adapters/redis/rota-memory.ts';
import { PARCEL, openParcels } from '../../adapters/redis/parcels.ts';
import type { Parcels } from '../../adapters/redis/parcels.ts';
import { openQueueHistory } from '../../adapters/redis/queue-history.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import type { Resolver } from '../ports/dns.ts';
import type { HouseholdLook } from '../ports/household.ts';
import type { World } from '../ports/world.ts';
import { openDrills } from './drill/lazy.ts';
import type { LazyDrills } from './drill/lazy.ts';
import { makeGrounds } from './measures/grounds.ts';
import { makeHousehold } from './household.ts';
import { makeAgents } from './hosts/agents.ts';
import { folderId } from './folder-id.ts';
import { makeMeasureDrivers } from './measures/drivers.ts';
import { makeMeasureRules } from './measures/rules.ts';
import { makeMailDoors, makeMailLogs, makeMailServers, makeMailSetups, makeRelayProbe } from './hosts/mail-servers.ts';
import { roomsOfConsole } from './chats/console-room.ts';
import { makeOnCall, makePagers, makeRotas, digestPlan, morningPlans, watchPlans } from './on-call.ts';
import { makePeople } from './chats/people.ts';
import { PROCESS_NAME } from './process-name.ts';
import type { RedisHouse } from './redis.ts';
import type { Settings } from './settings.ts';
import { makeSites } from './sites.ts';
import { makeNetwork, makeWatches } from './hosts/watches.ts';

export interface WorldNeeds {
  readonly settings: Settings;
  readonly redis: RedisHouse;
  readonly queue: JobQueue;
  /** In place of the configured resolvers (--resolver), as HOST:PORT. */
  readonly resolvers: readonly string[];
}

export interface RealWorld {
  readonly world: World;
  readonly outbox: RedisOutbox;
  readonly parcels: Parcels;
  readonly drills: LazyDrills;
  readonly drillMarks: DrillMarks;
  /** Ends what the adapters hold open. */
  close(): Promise<void>;
}

export function makeWorld(needs: WorldNeeds): RealWorld {
  const { settings, redis, queue } = needs;
  const outbox = openOutbox(redis.records);
  const parcels = openParcels(redis.records);
  const named = needs.resolvers.length > 0 ? needs.resolvers : settings.config.resolvers;
  const resolver = openResolver(named.length > 0 ? named.map(readServer) : systemResolvers());
  const inside = settings.config.network.resolver;
  const insideResolver = inside === undefined ? undefined : openResolver([readServer(inside)]);
  const { catalogue, also, off, weights } = settings.config.blocklists;
  const agents = makeAgents(redis);
  const drillMarks = openDrillMarks(redis.records, PROCESS_NAME);
  const people = makePeople(settings.config);
  const drills = openDrills(
    {
      speak: (utterance) => outbox.put(utterance),
      file: settings.config.drill.scenarios,
      personOf: (actor) => people.personOf(actor),
    },
    drillMarks,
  );
  const ledger: World['ledger'] = openJournal(redis.records, 'measures');
  const auditFolder = join(settings.dataFolder, 'audit');
  const agentFolder = join(settings.dataFolder, 'agent');
  const hands = openHands(redis.records);
  const world: World = {
    clock: systemClock,
    random: systemRandom,
    outbox,
    people,
    household: makeHousehold(settings, redis, queue, () => lookAtResolver(resolver), ledger),
    resolver,
    catalogue: openCatalogueShelf({ file: catalogue, also, off, weights, keys: settings.env }),
    secondOpinion: openSecondOpinion(settings.config.blocklists.secondOpinion),
    listingHistory: openListingHistory(redis.records),
    listProofs: openListProofs(redis.records, holdMs(settings)),
    resolverMemory: openResolverMemory(redis.records),
    manners: openManners(redis.records, () => systemClock.now()),
    sites: makeSites(settings.config),
    playbooks: { own: settings.playbooks },
    onCall: makeOnCall(settings.config, () => roomsOfConsole(settings)),
    rotas: makeRotas(settings.config, openRotaMemory(redis.records)),
    pagers: makePagers(settings.config),
    offers: openOffers(redis.records),
    mornings: openMornings(
      redis.records,
      settings.dataFolder,
      morningPlans(settings.config),
      watchPlans(settings.config),
      digestPlan(settings.config),
    ),
    files: openFiles((name) => (PARCEL.test(name) ? parcels.open(name) : undefined)),
    drills,
    mailServers: makeMailServers(settings, agents.lineTo),
    watches: makeWatches(settings, agents.lineTo),
    grounds: makeGrounds(settings.config),
    network: makeNetwork(settings, insideResolver ?? resolver, agents.lineTo),
    ledger,
    incidents: openJournal(redis.records, 'incidents'),
    holds: openHolds(redis.records),
    measureDrivers: makeMeasureDrivers(
      settings,
      (target) => agents.driverFor(target),
      hands,
      systemResolvers().map(({ host }) => host),
    ),
    measureRules: makeMeasureRules(settings.config),
    auditLog: openAuditLog(auditFolder, openAuditCopy(redis.records, folderId(auditFolder)), systemClock),
    ...(existsSync(join(agentFolder, 'audit.jsonl')) && {
      agentAuditLog: openAuditLog(agentFolder, openAuditCopy(redis.records, folderId(agentFolder)), systemClock),
    }),
    hands,
    fences: openFences(redis.records, () => systemClock.now()),
    queueHistory: openQueueHistory(redis.records),
    mailLogs: makeMailLogs(settings, agents.lineTo),
    mailDoors: makeMailDoors(settings),
    relayProbe: makeRelayProbe(settings),
    mailSetups: makeMailSetups(settings),
    evidence: openEvidenceStore(redis.records),
    logMemory: openLogMemory(redis.records),
  };
  return {
    world,
    outbox,
    parcels,
    drills,
    drillMarks,
    close: async () => {
      resolver.close();
      drills.close();
      insideResolver?.close();
      await agents.close();
    },
  };
}

/** Where nothing is configured, a list is believed only by the proof of the run itself. */
function holdMs(settings: Settings): number {
  return settings.configFile === undefined ? 0 : settings.config.blocklists.proofMinutes * 60_000;
}

/** What is wrong with the resolver, told with the first of them that is asked. */
async function lookAtResolver(resolver: Resolver): Promise<HouseholdLook['resolvers']> {
  const { state, note } = await diagnoseResolver(resolver, systemRandom.hex(8));
  return resolver.servers.map((address, index) =>
    index === 0
      ? { address, state, note }
      : { address, state: 'unknown', note: 'asked when the first does not answer' },
  );
}
