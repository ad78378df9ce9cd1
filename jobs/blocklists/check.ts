/** `check`: the blocklists about addresses and domains. The JSON is tourniquet.check/1 (docs/blocklists.md). */
import { readArguments } from '../../src/commands/parse.ts';
import { checkSpec, nameOfSubject } from '../../src/commands/specs/check.ts';
import { specialPurpose } from '../../src/domain/address/special.ts';
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import { chooseLists } from '../../src/domain/blocklists/catalogue.ts';
import { askedOf, labelsOf, queryName } from '../../src/domain/blocklists/query-name.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import { mistrust } from '../../src/domain/blocklists/fitness.ts';
import type { Unfit } from '../../src/domain/blocklists/fitness.ts';
import { removalAdvice } from '../../src/domain/blocklists/removal.ts';
import { judgeList, judgeSubject } from '../../src/domain/blocklists/verdict.ts';
import { sayCheck, sayCheckProgress } from '../../src/messages/check.ts';
import type { CheckedSubject } from '../../src/messages/checked.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { Opinion } from '../../src/ports/second-opinion.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob, Status, Tell } from '../answer.ts';
import { fitnessJson, subjectWriter } from './check-json.ts';
import { remember, whatIsKnown } from './check-memory.ts';
import { lookAtFitness } from './fitness.ts';
import { leaksOf, siteOf } from './leak.ts';
import { sweep } from './sweep.ts';
import type { Finding } from './sweep.ts';
import { withAddresses, withUnfound } from './widen.ts';

/** One question may take so long; the whole at most this much more. Milliseconds. */
const QUESTION_MS = 5000;
const WHOLE_MS = 60_000;
const TELL_EVERY_MS = 100;

export const runCheck: CommandJob<
  | 'clock'
  | 'random'
  | 'resolver'
  | 'resolverMemory'
  | 'catalogue'
  | 'sites'
  | 'listingHistory'
  | 'listProofs'
  | 'manners'
  | 'secondOpinion'
  | 'incidents'
> = async (request, world, tell) => {
  const args = readArguments(checkSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const began = world.clock.monotonic();
  const catalogue = await world.catalogue
    .read(request.files['catalogue'])
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (catalogue instanceof Error) return refused(onOneLine(catalogue.message), '');
  const chosen =
    args.value.zones.length === 0 ? ({ kind: 'ok', catalogue } as const) : chooseLists(catalogue, args.value.zones);
  if (chosen.kind === 'bad') return refused(chosen.why, chosen.remedy);
  const own = ofSites(world.sites.subjects(), args.value.anyAddress);
  const asked = args.value.subjects.length > 0 ? args.value.subjects : own.subjects;
  if (asked.length === 0 && own.notes.length > 0)
    return refused(own.notes.join('; '), 'put the public addresses into tourniquet.yaml, or add --any-address');
  if (asked.length === 0)
    return refused(
      'nothing to check: no subject was said and no site is configured',
      'say check and an address, or put a site into tourniquet.yaml',
    );
  const wholeMs = Math.max(200, (request.deadlineMs ?? WHOLE_MS) - 150);
  const { subjects, origins, unfound, notes } = await withAddresses(
    asked,
    world.resolver,
    args.value.anyAddress,
    Math.min(QUESTION_MS, wholeMs / 2),
  );
  const all = chosen.catalogue.lists;
  const lists = withoutComponents(all);
  const known = await whatIsKnown(subjects, world);
  const fitnessOf = lookAtFitness(lists, world);
  const swept = await sweep(
    {
      subjects,
      lists,
      questionMs: Math.min(QUESTION_MS, wholeMs),
      wholeMs: Math.max(100, wholeMs - (world.clock.monotonic() - began)),
      before: (place, list) => known[place]?.get(list.shown),
      progress: tellNowAndThen(world, tell),
    },
    world,
  );
  const fitness = await fitnessOf(swept);
  const findings = swept.map((row, index) => {
    const subject = subjects[index];
    return withUnfound(mistrusted(row, fitness.unfit), subject && unfound.get(nameOfSubject(subject)));
  });
  const leaks = await leaksOf(subjects, world);
  const checked = subjects.map((subject, index): CheckedSubject => {
    const rows = findings[index] ?? [];
    const natures = rows.flatMap(({ verdict }) => (verdict.state === 'listed' ? [verdict.nature] : []));
    const advice = natures.length === 0 ? undefined : removalAdvice(natures, leaks[index] ?? { kind: 'unknown' });
    const name = nameOfSubject(subject);
    const of = origins.get(name);
    const site = advice?.moment === 'not-yet' && leaks[index]?.kind === 'unknown' ? siteOf(subject, world) : undefined;
    return {
      subject: name,
      ...(of !== undefined && { of }),
      ...judgeSubject(rows),
      ...(advice && { advice }),
      ...(site !== undefined && { site }),
      findings: rows,
    };
  });
  const opinions = args.value.confirm ? await secondOpinions(subjects, findings, world) : new Map<string, Opinion>();
  const remembered = await remember(checked, world);
  const said = args.value.subjects.length > 0 ? notes : [...own.notes, ...notes];
  const elapsedMs = Math.round(world.clock.monotonic() - began);
  return {
    status: worst(checked),
    message: sayCheck({
      checked,
      notes: said,
      elapsedMs,
      remembered,
      sinceDays: args.value.sinceDays,
      now: world.clock.now(),
      opinions,
      fitness,
    }),
    data: {
      schema: 'tourniquet.check/1',
      subjects: checked.map(
        subjectWriter({ remembered, opinions, lists: all, several: world.resolver.servers.length > 1 }),
      ),
      ...(said.length > 0 && { notes: said }),
      resolver: fitnessJson(fitness),
      elapsedMs,
    },
  };
};

/** The first fault after the colon, the others after a bar; a sentence has its remedy in itself. */
function onOneLine(words: string): string {
  const line = words.replace(/:\s*\n\s*/, ': ').replaceAll(/\s*\n\s*/g, ' | ');
  return /[.?!]$/.test(line) ? line : `${line}; mend it and try again`;
}

/** Words for each of 50,000 answers would cost as much as the answers. */
function tellNowAndThen(world: Pick<World, 'clock'>, tell: Tell): (done: number, of: number) => void {
  let next = 0;
  return (done, of) => {
    const at = world.clock.monotonic();
    if (at < next && done < of) return;
    next = at + TELL_EVERY_MS;
    tell(sayCheckProgress(done, of));
  };
}

/** A component of a list that is asked too is not asked: it would say the same thing twice. */
export function withoutComponents(lists: readonly Blocklist[]): readonly Blocklist[] {
  const zones = new Set(lists.map((list) => list.shown));
  return lists.filter((list) => list.duplicateOf === undefined || !zones.has(list.duplicateOf));
}

/** What the sites have; what is no public address can't be asked about, and that is said. */
function ofSites(
  subjects: readonly Subject[],
  anyAddress: boolean,
): { readonly subjects: readonly Subject[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const asked = subjects.filter((subject) => {
    const special = anyAddress || subject.kind === 'domain' ? undefined : specialPurpose(subject.ip);
    // Documentation addresses stand for public ones in examples and in the drill.
    if (special === undefined || special.startsWith('a documentation')) return true;
    notes.push(`${nameOfSubject(subject)} is ${special}; it was not checked`);
    return false;
  });
  return { subjects: asked, notes };
}

/** Most rows are as they were, and stay the same objects. */
function mistrusted(row: readonly Finding[], unfit: Unfit | undefined): readonly Finding[] {
  if (unfit === undefined) return row;
  return row.map((finding) => {
    const verdict = mistrust(finding.verdict, finding.liveness, unfit);
    return verdict === finding.verdict ? finding : { ...finding, verdict };
  });
}

/** Each listing: a second sample of ours, then by others; key: subject and list. */
async function secondOpinions(
  subjects: readonly Subject[],
  findings: readonly (readonly Finding[])[],
  world: Pick<World, 'resolver' | 'secondOpinion'>,
): Promise<ReadonlyMap<string, Opinion>> {
  const asked = subjects.flatMap((subject, index) =>
    (findings[index] ?? []).flatMap((finding) => (finding.verdict.state === 'listed' ? [{ subject, finding }] : [])),
  );
  return new Map(
    await Promise.all(
      asked.map(async ({ subject, finding }) => {
        const { list, liveness } = finding;
        const about = askedOf(subject, list);
        const name = queryName(labelsOf(about), list.zone) ?? '';
        const again = await world.resolver.ask({ name, type: 'A' }, QUESTION_MS);
        const still = liveness !== undefined && judgeList(list, again, liveness).state === 'listed';
        const opinion = still ? await world.secondOpinion.confirm(about, list.zone) : 'unconfirmed';
        return [`${subject.kind === 'ip' ? subject.ip.text : subject.domain} ${list.shown}`, opinion] as const;
      }),
    ),
  );
}

function worst(checked: readonly CheckedSubject[]): Status {
  if (checked.some((each) => each.state === 'listed')) return 'critical';
  if (checked.some((each) => each.state === 'unknown')) return 'unknown';
  return checked.some((each) => each.warning) ? 'warning' : 'ok';
}

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
