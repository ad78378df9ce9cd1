/** `triage`: the verdict. The JSON is tourniquet.triage/1 (docs/triage.md). */
import { readArguments } from '../../src/commands/parse.ts';
import { triageSpec } from '../../src/commands/specs/triage.ts';
import { readConfig } from '../../src/config/read.ts';
import type { CauseId } from '../../src/domain/causes.ts';
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../src/domain/diagnosis/evidence.ts';
import { plain, say } from '../../src/domain/foreign.ts';
import type { Mta } from '../../src/domain/queues/snapshot.ts';
import { savedLongAgo } from '../../src/messages/age.ts';
import { message } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import { sayOtherTool } from '../../src/messages/queue.ts';
import { sayTriage } from '../../src/messages/triage.ts';
import type { LookRecord } from '../../src/ports/evidence-store.ts';
import type { Place, Sites } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandJob, CommandRequest, Json, Status, Tell } from '../answer.ts';
import { gatherEvidence } from './gather.ts';
import type { GatherNeeds } from './gather.ts';
import { seenTrying } from '../incidents/hunted.ts';
import { take } from '../looks/look.ts';
import { noteVerdict } from '../incidents/verdict.ts';
import type { Judging } from '../incidents/verdict.ts';
import { readDump } from '../mail/read-dump.ts';
import { placeDropped } from './dropped.ts';
import { readEvidence, readListings, readQueueJson } from './read-evidence.ts';

const MOST_YAML_BYTES = 1024 * 1024;

/** The whole of a live triage, milliseconds, where nothing else is said. */
const LIVE_MS = 75_000;
/** A store that doesn't answer costs the record, not the verdict. */
const STORE_MS = 3000;

export type TriageNeeds = 'clock' | 'files' | 'random' | 'sites' | 'evidence' | keyof GatherNeeds | keyof Judging;

export const runTriage: CommandJob<TriageNeeds> = async (request, world, tell) => {
  const args = readArguments(triageSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const faults: string[] = [];
  let told: Evidence;
  try {
    told = await readFiles(request, args.value.mta, world, faults);
  } catch (error) {
    return {
      status: 'refused',
      message: sayRefused(inOneLine(error), 'mend the file, or leave it out'),
    };
  }
  const place = findPlace(args.value.place, Object.keys(request.files).length > 0, world.sites);
  if (place && 'why' in place) return { status: 'refused', message: sayRefused(place.why, place.remedy) };
  const earlier = place && (await seenTrying(world, request, args.value.incident));
  const known: Evidence = { ...(earlier && { blockedAttempts: earlier }) };
  const live = place && (await lookAround(place, request, { known, told }, world, tell));
  const evidence = live?.evidence ?? told;
  const diagnosis = diagnose(evidence);
  if (live?.id !== undefined) {
    const { id } = live;
    await take(
      { name: 'store', deadlineMs: STORE_MS, take: () => world.evidence.conclude(id, diagnosis.verdict) },
      world.clock,
    );
  }
  const notes = [...faults, ...(live?.notes ?? [])];
  const said = sayTriage(diagnosis, live?.failed ?? [], notes);
  const more = await noteVerdict(world, request, args.value.incident, evidence, diagnosis);
  return {
    status: statusOf(diagnosis.verdict),
    message: { ...said, blocks: [...said.blocks, ...more] },
    data: triageJson(diagnosis, live, notes),
  };
};

interface Live {
  readonly evidence: Evidence;
  /** Left out where it could not be stored. */
  readonly id?: string;
  readonly looks: readonly LookRecord[];
  readonly failed: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Looks at the place, stores what was seen, and only then lets anything be concluded. What a file says (`told`) counts
 * more than what is seen, and that more than what was `known` before in the same incident.
 */
async function lookAround(
  place: Place,
  request: CommandRequest,
  said: { readonly known: Evidence; readonly told: Evidence },
  world: Pick<World, TriageNeeds>,
  tell: Tell,
): Promise<Live> {
  const at = world.clock.now();
  const { evidence, looks, failed } = await gatherEvidence(place, world, request.deadlineMs ?? LIVE_MS, (done, of) =>
    tell(message('neutral', say`triage of ${place.name}: ${done} of ${of} looks taken …`)),
  );
  const { known, told } = said;
  const whole: Evidence = { ...known, ...evidence, ...told, site: { ...evidence.site, ...told.site } };
  const id = `${place.name}-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${world.random.hex(3)}`;
  const record = { id, place: place.name, at, looks, evidence: whole };
  const kept = await take(
    { name: 'store', deadlineMs: STORE_MS, take: () => world.evidence.keep(record) },
    world.clock,
  );
  if (kept.kind === 'taken') return { evidence: whole, id, looks, failed, notes: [] };
  const note = `The evidence could not be stored (${kept.why}). Take no measure before it is: a freeze destroys it.`;
  return { evidence: whole, looks, failed, notes: [note] };
}

function inOneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, '; ');
}

/** Files alone make it offline. Undefined: there is no place to look at. */
function findPlace(
  said: string | undefined,
  hasFiles: boolean,
  sites: Sites,
): Place | { readonly why: string; readonly remedy: string } | undefined {
  const servers = sites.servers.map((server) => server.name);
  const known = [...sites.names, ...servers];
  if (said !== undefined)
    return (
      sites.find(said) ?? {
        why: `there is no site or server ${JSON.stringify(said)}`,
        remedy:
          known.length > 0 ? `say one of ${known.join(', ')}` : 'put one into tourniquet.yaml, or hand over files',
      }
    );
  if (hasFiles || known.length === 0) return undefined;
  const [only, ...others] = sites.names.length > 0 ? sites.names : servers;
  return only !== undefined && others.length === 0
    ? sites.find(only)
    : { why: 'no site was named', remedy: `say triage and one of ${known.join(', ')}` };
}

/** What the files say. Throws an Error that names the file that can't be used. */
async function readFiles(
  request: CommandRequest,
  mta: Mta | undefined,
  world: Pick<World, 'clock' | 'files'>,
  faults: string[],
): Promise<Evidence> {
  const { listings, queue, dump, evidence, site } = await placeDropped(request.files, world.files);
  const told = evidence === undefined ? {} : await readEvidence(evidence, world.files, (words) => faults.push(words));
  const read = dump === undefined ? undefined : await readDump(dump, mta, 'dump', world, () => {});
  if (read?.looksLike !== undefined) faults.push(sayOtherTool(read.snapshot.mta, read.looksLike));
  faults.push(...(read?.remarks ?? []));
  for (const fault of read?.faults ?? [])
    faults.push(`line ${fault.line} of the listing was passed over: ${fault.why}`);
  const unreadable = read !== undefined && read.snapshot.messages === 0 && read.snapshot.malformed > 0;
  const found =
    queue === undefined ? (unreadable ? undefined : read?.snapshot) : await readQueueJson(queue, world.files);
  const lists = listings === undefined ? undefined : await readListings(listings, world.files);
  faults.push(...(await savedBefore({ 'The check': listings, 'The queue': queue, 'The evidence': evidence }, world)));
  const place = site === undefined ? undefined : await readSite(site, world);
  faults.push(...contradictions({ ...place }, told));
  return {
    ...told,
    ...(found && { queue: found }),
    ...(lists && { listings: lists }),
    ...(place && { site: { ...place, ...told.site } }),
  };
}

/** Which of the files say how things stood some time ago. */
async function savedBefore(
  files: Readonly<Record<string, string | undefined>>,
  world: Pick<World, 'clock' | 'files'>,
): Promise<readonly string[]> {
  const said = await Promise.all(
    Object.entries(files).map(async ([what, path]) => {
      const at = path === undefined ? undefined : await world.files.writtenAt(path);
      return at === undefined ? undefined : savedLongAgo(what, at, world.clock.now());
    }),
  );
  return said.flatMap((words) => words ?? []);
}

/** What one file says and another denies: the evidence counts, being the newer, and it is said. */
function contradictions(place: NonNullable<Evidence['site']>, told: Evidence): readonly string[] {
  const pairs = [
    ['whether the address is shared', place.sharedAddress, told.site?.sharedAddress],
    ['whether a smart host is used', place.smartHost, told.site?.smartHost ?? told.smartHost?.configured],
    ['whether a smart host is used', told.site?.smartHost, told.smartHost?.configured],
  ] as const;
  return pairs.flatMap(([what, a, b]) =>
    a === undefined || b === undefined || a === b
      ? []
      : [
          `The files contradict each other on ${what}: one says ${a ? 'yes' : 'no'}, another ${b ? 'yes' : 'no'}. The evidence counts.`,
        ],
  );
}

async function readSite(path: string, world: Pick<World, 'files'>): Promise<NonNullable<Evidence['site']>> {
  const config = readConfig(await world.files.text(path, MOST_YAML_BYTES), path);
  const [site, ...others] = config.sites;
  if (!site || others.length > 0)
    throw new Error(`${path} has ${config.sites.length} sites. Triage takes one; name a file with just that site.`);
  const smart = site.smartHost;
  const used = typeof smart === 'object' ? smart.inUse : smart;
  return {
    ...(site.sharedAddress !== undefined && { sharedAddress: site.sharedAddress }),
    ...(used !== undefined && { smartHost: used }),
  };
}

function triageJson(diagnosis: Diagnosis, live: Live | undefined, notes: readonly string[]): Json {
  return {
    schema: 'tourniquet.triage/1',
    verdict: diagnosis.verdict,
    confidence: diagnosis.confidence,
    causes: diagnosis.causes.map((cause) => ({
      cause: cause.cause,
      confidence: cause.confidence,
      for: cause.for.map(plain),
      against: cause.against.map(plain),
    })),
    missing: [...(live?.failed ?? []), ...diagnosis.missing.map(plain)],
    next: { step: diagnosis.next.step, why: plain(diagnosis.next.why) },
    ...(diagnosis.faults.length > 0 && {
      alsoFound: diagnosis.faults.map(({ id, text }) => ({ id, what: plain(text) })),
    }),
    ...(notes.length > 0 && { notes }),
    ...(live && {
      evidenceId: live.id,
      looks: live.looks.map((look) => ({ ...look })),
      failedLooks: live.failed,
    }),
  };
}

function statusOf(verdict: CauseId): Status {
  switch (verdict) {
    case 'healthy':
      return 'ok';
    case 'configuration-error':
    case 'policy-listing':
    case 'smart-host-refusal':
      return 'warning';
    case 'compromised-workstation':
    case 'compromised-server':
    case 'authenticated-relay':
    case 'ndr-attack':
    case 'open-relay':
      return 'critical';
    case 'undetermined':
      return 'unknown';
    default:
      return verdict satisfies never;
  }
}
