/** `check`: the blocklists about addresses and domains. The JSON is tourniquet.check/1 (docs/blocklists.md). */
import { readArguments } from '../src/commands/parse.ts';
import { checkSpec, nameOfSubject } from '../src/commands/specs/check.ts';
import { parseIp } from '../src/domain/address/ip.ts';
import { specialPurpose } from '../src/domain/address/special.ts';
import type { Blocklist } from '../src/domain/blocklists/blocklist.ts';
import { listedSince } from '../src/domain/blocklists/history.ts';
import type { Change } from '../src/domain/blocklists/history.ts';
import { chooseLists } from '../src/domain/blocklists/catalogue.ts';
import type { Subject } from '../src/domain/blocklists/query-name.ts';
import { judgeSubject } from '../src/domain/blocklists/verdict.ts';
import { sayCheck, sayCheckProgress } from '../src/messages/check.ts';
import type { CheckedSubject, Remembered } from '../src/messages/check.ts';
import { sayRefused } from '../src/messages/refused.ts';
import type { Resolver } from '../src/ports/dns.ts';
import type { Opinion, SecondOpinion } from '../src/ports/second-opinion.ts';
import type { World } from '../src/ports/world.ts';
import type { Answer, CommandJob, Json, Status } from './answer.ts';
import { sweep } from './sweep.ts';
import type { Finding } from './sweep.ts';

/** One question may take so long; the whole at most this much more. Milliseconds. */
const QUESTION_MS = 5000;
const WHOLE_MS = 60_000;

export const runCheck: CommandJob<
  | 'clock'
  | 'random'
  | 'resolver'
  | 'catalogue'
  | 'sites'
  | 'listingHistory'
  | 'listProofs'
  | 'manners'
  | 'secondOpinion'
> = async (request, world, tell) => {
  const args = readArguments(checkSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const began = world.clock.monotonic();
  const catalogue = await world.catalogue
    .read(request.files['catalogue'])
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (catalogue instanceof Error) return refused(catalogue.message, 'mend the catalogue');
  const chosen =
    args.value.zones.length === 0 ? ({ kind: 'ok', catalogue } as const) : chooseLists(catalogue, args.value.zones);
  if (chosen.kind === 'bad') return refused(chosen.why, chosen.remedy);
  const asked = args.value.subjects.length > 0 ? args.value.subjects : world.sites.subjects();
  if (asked.length === 0)
    return refused(
      'nothing to check: no subject was said and no site is configured',
      'say check and an address, or put a site into tourniquet.yaml',
    );
  const wholeMs = Math.max(200, (request.deadlineMs ?? WHOLE_MS) - 150);
  const { subjects, origins, notes } = await withAddresses(
    asked,
    world.resolver,
    args.value.anyAddress,
    Math.min(QUESTION_MS, wholeMs / 2),
  );
  const lists = withoutComponents(chosen.catalogue.lists);
  const findings = await sweep(
    {
      subjects,
      lists,
      questionMs: Math.min(QUESTION_MS, wholeMs),
      wholeMs: Math.max(100, wholeMs - (world.clock.monotonic() - began)),
      progress: (done, of) => tell(sayCheckProgress(done, of)),
    },
    world,
  );
  const checked = subjects.map((subject, index): CheckedSubject => {
    const rows = findings[index] ?? [];
    const name = nameOfSubject(subject);
    const of = origins.get(name);
    return { subject: name, ...(of !== undefined && { of }), ...judgeSubject(rows), findings: rows };
  });
  const opinions = args.value.confirm
    ? await secondOpinions(subjects, findings, world.secondOpinion)
    : new Map<string, Opinion>();
  const remembered = await remember(checked, world);
  const elapsedMs = Math.round(world.clock.monotonic() - began);
  return {
    status: worst(checked),
    message: sayCheck(checked, notes, elapsedMs, remembered, args.value.sinceDays, world.clock.now(), opinions),
    data: {
      schema: 'tourniquet.check/1',
      subjects: checked.map((each) => subjectJson(each, remembered, opinions)),
      ...(notes.length > 0 && { notes }),
      elapsedMs,
    },
  };
};

/** A component of a list that is asked too is not asked: it would say the same thing twice. */
export function withoutComponents(lists: readonly Blocklist[]): readonly Blocklist[] {
  const zones = new Set(lists.map((list) => list.shown));
  return lists.filter((list) => list.duplicateOf === undefined || !zones.has(list.duplicateOf));
}

interface Widened {
  readonly subjects: readonly Subject[];
  /** Address -> the name that has it. */
  readonly origins: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** A name's own addresses are checked too; where they can't be found out, that is said. */
async function withAddresses(
  asked: readonly Subject[],
  resolver: Resolver,
  anyAddress: boolean,
  deadlineMs: number,
): Promise<Widened> {
  const origins = new Map<string, string>();
  const notes: string[] = [];
  const found = await Promise.all(
    asked.map(async (subject): Promise<readonly Subject[]> => {
      if (subject.kind === 'ip') return [];
      const replies = await Promise.all(
        (['A', 'AAAA'] as const).map((type) => resolver.ask({ name: subject.domain, type }, deadlineMs)),
      );
      const failed = replies.find((reply) => reply.kind === 'failed');
      if (failed?.kind === 'failed')
        notes.push(
          `the addresses of ${subject.domain} could not be found out (${failed.why}), so they were not checked`,
        );
      return replies
        .flatMap((reply) => (reply.kind === 'answer' ? reply.data : []))
        .flatMap((text): readonly Subject[] => {
          const ip = parseIp(text);
          if (ip.kind === 'bad') return [];
          const special = anyAddress ? undefined : specialPurpose(ip.value);
          if (special !== undefined) {
            notes.push(`${subject.domain} has ${ip.value.text}, ${special}; it was not checked`);
            return [];
          }
          origins.set(ip.value.text, subject.domain);
          return [{ kind: 'ip', ip: ip.value }];
        });
    }),
  );
  const all = new Map([...asked, ...found.flat()].map((subject) => [nameOfSubject(subject), subject]));
  for (const subject of asked) if (subject.kind === 'ip') origins.delete(subject.ip.text);
  return { subjects: [...all.values()], origins, notes };
}

/** Each listing of an address, looked at by others; key: subject and list. */
async function secondOpinions(
  subjects: readonly Subject[],
  findings: readonly (readonly Finding[])[],
  other: SecondOpinion,
): Promise<ReadonlyMap<string, Opinion>> {
  const asked = subjects.flatMap((subject, index) =>
    (findings[index] ?? []).flatMap((finding) =>
      subject.kind === 'ip' && finding.verdict.state === 'listed' ? [{ ip: subject.ip, list: finding.list }] : [],
    ),
  );
  return new Map(
    await Promise.all(
      asked.map(async ({ ip, list }) => [`${ip.text} ${list.shown}`, await other.confirm(ip, list.zone)] as const),
    ),
  );
}

/** Writes down what changed. A memory that can't be written costs "since when", not the verdict. */
async function remember(
  checked: readonly CheckedSubject[],
  world: Pick<World, 'listingHistory' | 'clock'>,
): Promise<Remembered> {
  const at = Math.floor(world.clock.now() / 1000) * 1000;
  const all = await Promise.all(
    checked.map(async (each) => {
      const answers = each.findings.flatMap(({ list, verdict }): readonly { zone: string; change: Change }[] => {
        if (verdict.state === 'listed')
          return [{ zone: list.shown, change: { at, state: 'listed', codes: verdict.codes } }];
        return verdict.state === 'clear' ? [{ zone: list.shown, change: { at, state: 'clear', codes: [] } }] : [];
      });
      return [
        each.subject,
        await world.listingHistory.note(each.subject, answers).catch(() => new Map<string, readonly Change[]>()),
      ] as const;
    }),
  );
  return new Map(all);
}

function worst(checked: readonly CheckedSubject[]): Status {
  if (checked.some((each) => each.state === 'listed')) return 'critical';
  if (checked.some((each) => each.state === 'unknown')) return 'unknown';
  return checked.some((each) => each.warning) ? 'warning' : 'ok';
}

function subjectJson(checked: CheckedSubject, remembered: Remembered, opinions: ReadonlyMap<string, Opinion>): Json {
  const history = remembered.get(checked.subject);
  return {
    subject: checked.subject,
    state: checked.state,
    ...(checked.of !== undefined && { of: checked.of }),
    ...(checked.warning && { warning: true }),
    coverage: { ...checked.coverage },
    lists: checked.findings.map((finding) =>
      findingJson(
        finding,
        listedSince(history?.get(finding.list.shown) ?? []),
        opinions.get(`${checked.subject} ${finding.list.shown}`),
      ),
    ),
  };
}

function findingJson(
  finding: CheckedSubject['findings'][number],
  since: number | undefined,
  opinion: Opinion | undefined,
): Json {
  const { list, verdict } = finding;
  const base = { zone: list.shown, state: verdict.state, weight: list.weight };
  switch (verdict.state) {
    case 'clear':
    case 'not-covered':
      return base;
    case 'unknown':
      return { ...base, why: verdict.why, ...(verdict.raw && { raw: verdict.raw }) };
    case 'listed':
      return {
        ...base,
        nature: verdict.nature,
        codes: verdict.codes,
        meanings: verdict.meanings,
        causes: verdict.causes,
        ...(finding.reason !== undefined && { reason: finding.reason }),
        ...(opinion !== undefined && { secondOpinion: opinion }),
        ...(since !== undefined && { since: new Date(since).toISOString() }),
        ...(list.removal !== undefined && { removal: list.removal }),
      };
    default:
      return verdict satisfies never;
  }
}

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
