/** A check as tourniquet.check/1 (docs/blocklists.md). */
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import { unfitInWords } from '../../src/domain/blocklists/fitness.ts';
import type { Fitness } from '../../src/domain/blocklists/fitness.ts';
import { listedSince } from '../../src/domain/blocklists/history.ts';
import type { Change } from '../../src/domain/blocklists/history.ts';
import type { Remembered } from '../../src/messages/check.ts';
import type { CheckedSubject } from '../../src/messages/checked.ts';
import type { Opinion } from '../../src/ports/second-opinion.ts';
import type { Json } from '../answer.ts';

/** The resolvers that were asked, when they were last looked at, and what is wrong with them. */
export function fitnessJson({ servers, ageSeconds, unfit }: Fitness): Json {
  return {
    servers,
    lookedSecondsAgo: ageSeconds ?? 0,
    ...(unfit && {
      unfit: unfit.kind,
      note: unfitInWords(unfit),
      ...(unfit.kind === 'refused' && unfit.seenAs !== undefined && { seenAs: unfit.seenAs }),
    }),
  };
}

export interface JsonOf {
  readonly remembered: Remembered;
  readonly opinions: ReadonlyMap<string, Opinion>;
  /** All that were chosen, also those that are part of another and were therefore not asked. */
  readonly lists: readonly Blocklist[];
  /** Several resolvers were asked: each finding names its own. */
  readonly several: boolean;
}

/** A writer for the subjects of one check. What is said of many alike is one object, as the finding is. */
export function subjectWriter({ remembered, opinions, lists, several }: JsonOf): (checked: CheckedSubject) => Json {
  const components = new Map<string, string[]>();
  for (const { shown, duplicateOf } of lists)
    if (duplicateOf !== undefined) components.set(duplicateOf, [...(components.get(duplicateOf) ?? []), shown]);
  const made = new WeakMap<Finding, Json>();
  const write = (finding: Finding, since: number | undefined, opinion: Opinion | undefined): Json => {
    const known = since === undefined && opinion === undefined ? made.get(finding) : undefined;
    if (known !== undefined) return known;
    const json = findingJson(finding, components.get(finding.list.shown) ?? [], since, opinion, several);
    if (since === undefined && opinion === undefined) made.set(finding, json);
    return json;
  };
  return (checked) => subjectJson(checked, remembered.get(checked.subject), opinions, write);
}

type Finding = CheckedSubject['findings'][number];

function subjectJson(
  checked: CheckedSubject,
  history: ReadonlyMap<string, readonly Change[]> | undefined,
  opinions: ReadonlyMap<string, Opinion>,
  write: (finding: Finding, since: number | undefined, opinion: Opinion | undefined) => Json,
): Json {
  return {
    subject: checked.subject,
    state: checked.state,
    ...(checked.of !== undefined && { of: checked.of }),
    ...(checked.warning && { warning: true }),
    coverage: { ...checked.coverage },
    ...(checked.advice && { removalMoment: { ...checked.advice } }),
    lists: checked.findings.map((finding) =>
      write(
        finding,
        finding.verdict.state === 'listed' ? listedSince(history?.get(finding.list.shown) ?? []) : undefined,
        opinions.get(`${checked.subject} ${finding.list.shown}`),
      ),
    ),
  };
}

function findingJson(
  finding: Finding,
  components: readonly string[],
  since: number | undefined,
  opinion: Opinion | undefined,
  several: boolean,
): Json {
  const { list, verdict } = finding;
  const base = {
    zone: list.shown,
    state: verdict.state,
    weight: list.weight,
    ...(components.length > 0 && { includes: components }),
    ...(several && finding.resolver !== '' && { resolver: finding.resolver }),
    ...(finding.proofAgeSeconds !== undefined && { proofAgeSeconds: finding.proofAgeSeconds }),
  };
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
        ...(verdict.hints && verdict.hints.length > 0 && { hints: verdict.hints }),
        ...(finding.reason !== undefined && { reason: finding.reason }),
        ...(opinion !== undefined && { secondOpinion: opinion }),
        ...(since !== undefined && { since: new Date(since).toISOString() }),
        ...(list.removal !== undefined && { removal: list.removal }),
        ...(list.lookup !== undefined && { lookup: list.lookup }),
        ...(list.receivers !== undefined && { receivers: list.receivers }),
        ...(list.expiry !== undefined && { expiry: list.expiry }),
      };
    default:
      return verdict satisfies never;
  }
}
