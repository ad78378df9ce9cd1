/** `triage`: the verdict. The JSON is tourniquet.triage/1 (docs/triage.md). */
import { readArguments } from '../src/commands/parse.ts';
import { triageSpec } from '../src/commands/specs/triage.ts';
import { readConfig } from '../src/config/read.ts';
import type { CauseId } from '../src/domain/causes.ts';
import { diagnose } from '../src/domain/diagnosis/diagnose.ts';
import type { Diagnosis } from '../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../src/domain/diagnosis/evidence.ts';
import { plain } from '../src/domain/foreign.ts';
import type { Mta } from '../src/domain/queues/snapshot.ts';
import { notice } from '../src/messages/message.ts';
import { sayRefused } from '../src/messages/refused.ts';
import { sayTriage } from '../src/messages/triage.ts';
import type { World } from '../src/ports/world.ts';
import type { CommandJob, CommandRequest, Json, Status } from './answer.ts';
import { noteVerdict } from './incidents/verdict.ts';
import type { Judging } from './incidents/verdict.ts';
import { readDump } from './read-dump.ts';
import { readEvidence, readListings, readQueueJson } from './read-evidence.ts';

const MOST_YAML_BYTES = 1024 * 1024;

export const runTriage: CommandJob<'files' | keyof Judging> = async (request, world) => {
  const args = readArguments(triageSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const faults: string[] = [];
  let evidence: Evidence;
  try {
    evidence = await gather(request, args.value.mta, world, faults);
  } catch (error) {
    return {
      status: 'refused',
      message: sayRefused(error instanceof Error ? error.message : String(error), 'mend the file, or leave it out'),
    };
  }
  const diagnosis = diagnose(evidence);
  const said = sayTriage(diagnosis);
  const more = await noteVerdict(world, request, args.value.incident, evidence, diagnosis);
  return {
    status: statusOf(diagnosis.verdict),
    message: { ...said, blocks: [...said.blocks, ...faults.map((fault) => notice('unknown', fault)), ...more] },
    data: triageJson(diagnosis),
  };
};

/** What the files say. Throws an Error that names the file that can't be used. */
async function gather(
  request: CommandRequest,
  mta: Mta | undefined,
  world: Pick<World, 'clock' | 'files'>,
  faults: string[],
): Promise<Evidence> {
  const { listings, queue, dump, evidence, site } = request.files;
  const told = evidence === undefined ? {} : await readEvidence(evidence, world.files);
  const read = dump === undefined ? undefined : await readDump(dump, mta, 'dump', world, () => {});
  for (const fault of read?.faults ?? [])
    faults.push(`line ${fault.line} of the listing was passed over: ${fault.why}`);
  const unreadable = read !== undefined && read.snapshot.messages === 0 && read.snapshot.malformed > 0;
  const found =
    queue === undefined ? (unreadable ? undefined : read?.snapshot) : await readQueueJson(queue, world.files);
  const lists = listings === undefined ? undefined : await readListings(listings, world.files);
  const place = site === undefined ? undefined : await readSite(site, world);
  return {
    ...told,
    ...(found && { queue: found }),
    ...(lists && { listings: lists }),
    ...(place && { site: { ...place, ...told.site } }),
  };
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

function triageJson(diagnosis: Diagnosis): Json {
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
    missing: diagnosis.missing.map(plain),
    next: { step: diagnosis.next.step, why: plain(diagnosis.next.why) },
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
