/**
 * All evidence about a place, gathered side by side, each look with its own deadline.
 *
 * Rules:
 * 1. A look that fails is named in `failed` and is no "no"; the others go on.
 * 2. Where one of several queues can't be read, the rest is believed only where it is not clear: a clear half says
 *    nothing about the other half.
 * 3. A resolver through which not one list proves itself is not believed when it says that a record isn't there.
 * 4. The resolver that is judged is the one that this worker asks; where the server is elsewhere, it is another one, and
 *    only its failing together with a full queue would say something. It is told for servers on this machine alone.
 */
import type { Evidence, InsideClientEvidence } from '../../src/domain/diagnosis/evidence.ts';
import { mergeSnapshots } from '../../src/domain/queues/merge.ts';
import { evidenceOfSample } from '../../src/domain/logs/sample-evidence.ts';
import { classifyReason } from '../../src/domain/diagnosis/reasons.ts';
import type { LookRecord } from '../../src/ports/evidence-store.ts';
import type { KnownServer, Place } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import { lookAtLog } from '../mail/look-at-log.ts';
import type { LogLook } from '../mail/look-at-log.ts';
import { lookAtAttempts } from '../looks/attempts.ts';
import type { AttemptNeeds } from '../looks/attempts.ts';
import { lookAtRecords } from '../looks/dns-records.ts';
import { askSmartHost, lookAtCertificates, readRelayHost } from '../looks/doors.ts';
import { NothingAnswered, lookAtDomains, lookAtListings } from '../looks/listings.ts';
import { recordOf, take } from '../looks/look.ts';
import type { Look, Looked } from '../looks/look.ts';
import { lookAtQueue } from '../looks/queues.ts';
import type { QueueLooked } from '../looks/queues.ts';
import { relayTestOf } from '../looks/relay.ts';
import { lookAtResolver } from '../looks/resolver.ts';

export interface Gathered {
  readonly evidence: Evidence;
  readonly looks: readonly LookRecord[];
  /** Looks that failed, each with why, in words. */
  readonly failed: readonly string[];
}

export type GatherNeeds = Pick<
  World,
  | 'clock'
  | 'resolver'
  | 'random'
  | 'manners'
  | 'listProofs'
  | 'catalogue'
  | 'mailServers'
  | 'mailLogs'
  | 'logMemory'
  | 'mailDoors'
  | 'relayProbe'
  | 'mailSetups'
> &
  AttemptNeeds;

/** Deadlines of the single looks, milliseconds; each at most the whole. */
const LIMITS = { lists: 20_000, queue: 45_000, log: 45_000, setup: 10_000, records: 10_000, doors: 10_000 } as const;

/** What is left for the verdict and its delivery. */
const RESERVE_MS = 700;

export async function gatherEvidence(
  place: Place,
  world: GatherNeeds,
  wholeMs: number,
  progress: (done: number, of: number) => void,
): Promise<Gathered> {
  const looks: LookRecord[] = [];
  const failed: string[] = [];
  let begun = 0;
  let isBlind = false;
  const end = world.clock.monotonic() + wholeMs - RESERVE_MS;
  /** The second round of looks needs the first: the first leaves it a third. */
  let share = 2 / 3;
  const within = (limit: number): number => Math.max(200, Math.min(limit, (end - world.clock.monotonic()) * share));
  const run = async <T>(name: string, limit: number, work: Look<T>['take']): Promise<Looked<T>> => {
    begun += 1;
    const looked = await take({ name, deadlineMs: within(limit), take: work }, world.clock);
    looks.push(recordOf(looked));
    if (looked.kind === 'failed') failed.push(`${name}: ${looked.why}`);
    progress(looks.length, begun);
    return looked;
  };
  const servers = place.servers;
  const [listings, names, queues, logs, setups, certificates, resolver, attempts] = await Promise.all([
    run('blocklists', LIMITS.lists, async (ms) => {
      try {
        return await lookAtListings(place.addresses, world, ms);
      } catch (error) {
        isBlind = error instanceof NothingAnswered;
        throw error;
      }
    }),
    place.domains.length === 0
      ? undefined
      : run('blocklists of domains', LIMITS.lists, (ms) => lookAtDomains(place.domains, world, ms)),
    Promise.all(
      servers.map((server) => run(`queue of ${server.name}`, LIMITS.queue, (ms) => queueOf(server, world, ms))),
    ),
    Promise.all(servers.map((server) => run(`log of ${server.name}`, LIMITS.log, (ms) => logOf(server, world, ms)))),
    Promise.all(
      servers.map((server) => run(`set-up of ${server.name}`, LIMITS.setup, (ms) => setupOf(server, world, ms))),
    ),
    Promise.all(
      servers.map((server) =>
        run(`certificates of ${server.name}`, LIMITS.doors, (ms) => lookAtCertificates(server, world.mailDoors, ms)),
      ),
    ),
    servers.some((server) => server.reach === 'here')
      ? run('resolver', LIMITS.records, (ms) => lookAtResolver(place.domains, world.resolver, ms))
      : undefined,
    'refused' in world.grounds.find(place.name)
      ? undefined
      : run('firewall', LIMITS.setup, () => lookAtAttempts(place.name, world)),
  ]);
  const set = setups.flatMap((each) => (each.kind === 'taken' ? [each.value] : []));
  const relay = set.map((each) => each.relayHost).find((each) => each !== undefined && each !== '');
  const usesSmartHost =
    relay !== undefined
      ? true
      : (place.usesSmartHost ?? (set.some((each) => each.relayHost === '') ? false : undefined));
  const smartHost = usesSmartHost ? (relay === undefined ? place.smartHost : readRelayHost(relay)) : undefined;
  const helos = servers.flatMap((server, index) => {
    const setup = setups[index];
    const name = server.helo ?? (setup?.kind === 'taken' ? setup.value.heloName : undefined);
    return name === undefined || name === '' ? [] : [name];
  });
  share = 1;
  const relayTest = relayTestOf(
    place,
    setups.map((each) => (each.kind === 'taken' ? each.value.trusted : undefined)),
    world.relayProbe,
  );
  const [records, answer, relays] = await Promise.all([
    run('DNS records', LIMITS.records, async (ms) => {
      if (isBlind) throw new Error('the resolver gives no list’s test entry; what it calls missing may well be there');
      return lookAtRecords(place, helos, world.resolver, ms);
    }),
    smartHost
      ? run(`smart host ${smartHost.host}`, LIMITS.doors, (ms) =>
          askSmartHost(smartHost, servers[0], world.mailDoors, ms),
        )
      : undefined,
    relayTest && run('test for open relaying', LIMITS.doors, relayTest),
  ]);
  const queue = queueEvidence(queues);
  const refusal =
    answer?.kind === 'taken' && answer.value !== undefined
      ? answer.value
      : usesSmartHost
        ? refusalIn(queue)
        : undefined;
  const evidence: Evidence = {
    ...(listings.kind === 'taken' && {
      listings: [...listings.value, ...(names?.kind === 'taken' ? names.value : [])],
    }),
    ...(queue && { queue }),
    site: {
      ...(place.sharedAddress !== undefined && { sharedAddress: place.sharedAddress }),
      ...(usesSmartHost !== undefined && { smartHost: usesSmartHost }),
    },
    ...logEvidence(logs, queues, servers),
    ...(relays?.kind === 'taken' && { openRelayTest: relays.value }),
    ...(usesSmartHost !== undefined && {
      smartHost: { configured: usesSmartHost, ...(refusal !== undefined && { answer: refusal }) },
    }),
    ...(set.length > 0 && { changes: set.flatMap((each) => each.changes) }),
    ...certificatesOf(certificates),
    ...(resolver?.kind === 'taken' && { resolver: resolver.value }),
    ...lowestDisk(set.map((each) => each.diskFreePercent)),
    ...(attempts?.kind === 'taken' && attempts.value && { blockedAttempts: attempts.value }),
    ...(records.kind === 'taken' && { dns: records.value }),
    ...skewOf(logs, world.clock.now()),
  };
  for (const looked of logs) if (looked.kind === 'taken') failed.push(...looked.value.gaps);
  return { evidence, looks, failed };
}

async function queueOf(server: KnownServer, world: GatherNeeds, ms: number): Promise<QueueLooked> {
  const found = world.mailServers.find(server.name);
  if (!found) throw new Error(`${server.name} is not configured`);
  return lookAtQueue(found, world, ms);
}

async function logOf(server: KnownServer, world: GatherNeeds, ms: number): Promise<LogLook> {
  const log = world.mailLogs.find(server.name);
  if (!log)
    throw new Error(`it isn't configured where ${server.name} logs: write log: /var/log/mail.log or log: journal`);
  return lookAtLog(log, world.logMemory, ms);
}

async function setupOf(server: KnownServer, world: GatherNeeds, ms: number) {
  const look = world.mailSetups.look(server.name, ms);
  if (!look) throw new Error(`${server.name} is not configured`);
  return look;
}

/** As many messages as make a queue that is not clear, whatever the others hold. */
const SURELY_FULL = 500;

function queueEvidence(queues: readonly Looked<QueueLooked>[]): Evidence['queue'] {
  const [first, ...others] = queues.flatMap((each) => (each.kind === 'taken' ? [each.value.snapshot] : []));
  if (!first) return undefined;
  const merged = mergeSnapshots(first, others);
  const isWhole = queues.every((each) => each.kind === 'taken');
  return isWhole || merged.messages >= SURELY_FULL ? merged : undefined;
}

/** Where every mail goes to the smart host, what the queue says that it said is its answer. */
function refusalIn(queue: Evidence['queue']): string | undefined {
  const reasons = queue?.topReasons ?? [];
  const total = reasons.reduce((sum, each) => sum + each.recipients, 0);
  const [top] = reasons;
  if (!top || top.recipients < total * 0.8) return undefined;
  const kind = classifyReason(top.reason);
  if (kind !== 'blocked' && kind !== 'smart-host-login') return undefined;
  return /\b([45]\d\d[ -].*)$/.exec(top.reason)?.[1];
}

type LogParts = Pick<
  Evidence,
  | 'logins'
  | 'localSenders'
  | 'insideClients'
  | 'unknownRecipientsPerMinute'
  | 'bouncesPerMinute'
  | 'relayedForStrangers'
>;

/** What one of the place's own servers passes to another is no machine's own mail. */
function logEvidence(
  logs: readonly Looked<LogLook>[],
  queues: readonly Looked<QueueLooked>[],
  servers: readonly KnownServer[],
): LogParts {
  const own = new Set(servers.flatMap((server) => server.addresses.map((each) => each.text)));
  const isNoServer = (client: InsideClientEvidence): boolean => !own.has(client.address);
  const read = logs.flatMap((each) => (each.kind === 'taken' ? [each.value.evidence] : []));
  if (read.length > 0 && read.length === logs.length) {
    const sum = (part: (each: LogLook['evidence']) => number): number =>
      read.reduce((total, each) => total + part(each), 0);
    return {
      logins: read.flatMap((each) => each.logins),
      localSenders: read.flatMap((each) => each.localSenders),
      insideClients: read.flatMap((each) => each.insideClients).filter(isNoServer),
      unknownRecipientsPerMinute: sum((each) => each.unknownRecipientsPerMinute),
      bouncesPerMinute: sum((each) => each.bouncesPerMinute),
      relayedForStrangers: sum((each) => each.relayedForStrangers),
    };
  }
  const samples = queues.flatMap((each) =>
    each.kind === 'taken' ? [evidenceOfSample(each.value.envelopes, each.value.snapshot.messages)] : [],
  );
  const told = samples.filter((each) => each !== undefined);
  const logins = [...read.flatMap((each) => each.logins), ...told.flatMap((each) => each.logins)];
  const locals = [...read.flatMap((each) => each.localSenders), ...told.flatMap((each) => each.localSenders)];
  const clients = [...read.flatMap((each) => each.insideClients), ...told.flatMap((each) => each.insideClients)].filter(
    isNoServer,
  );
  // An empty list would say "nobody"; from a part of the looks that can't be said.
  return {
    ...(logins.length > 0 && { logins }),
    ...(locals.length > 0 && { localSenders: locals }),
    ...(clients.length > 0 && { insideClients: clients }),
  };
}

function certificatesOf(
  looked: readonly Looked<NonNullable<Evidence['certificates']>>[],
): Pick<Evidence, 'certificates'> {
  const taken = looked.flatMap((each) => (each.kind === 'taken' ? [each.value] : []));
  return taken.length > 0 ? { certificates: taken.flat() } : {};
}

function lowestDisk(all: readonly (number | undefined)[]): Pick<Evidence, 'diskFreePercent'> {
  const known = all.filter((each) => each !== undefined);
  return known.length > 0 ? { diskFreePercent: Math.min(...known) } : {};
}

/** The server's clock was read within the look; what the look took is no skew. */
function skewOf(logs: readonly Looked<LogLook>[], now: number): Pick<Evidence, 'clockSkewSeconds'> {
  const skews = logs.flatMap((each) => {
    if (each.kind !== 'taken') return [];
    const skew = Math.round(each.value.clock.now - now / 1000);
    return [Math.abs(skew) * 1000 <= LIMITS.log + LIMITS.records ? 0 : skew];
  });
  const worst = skews.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0];
  return worst === undefined ? {} : { clockSkewSeconds: worst };
}
