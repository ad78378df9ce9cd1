/** A check as tourniquet.check/1 (docs/blocklists.md). */
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import { unfitInWords } from '../../src/domain/blocklists/fitness.ts';
import type { Fitness } from '../../src/domain/blocklists/fitness.ts';
import { listedSince } from '../../src/domain/blocklists/history.ts';
import type { CheckedSubject, Remembered } from '../../src/messages/check.ts';
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

/** `lists`: all that were chosen, also those that are part of another and were therefore not asked. */
export function subjectJson(
  checked: CheckedSubject,
  remembered: Remembered,
  opinions: ReadonlyMap<string, Opinion>,
  lists: readonly Blocklist[],
  /** Several resolvers were asked: each finding names its own. */
  several: boolean,
): Json {
  const history = remembered.get(checked.subject);
  return {
    subject: checked.subject,
    state: checked.state,
    ...(checked.of !== undefined && { of: checked.of }),
    ...(checked.warning && { warning: true }),
    coverage: { ...checked.coverage },
    ...(checked.advice && { removalMoment: { ...checked.advice } }),
    lists: checked.findings.map((finding) =>
      findingJson(
        finding,
        lists.filter((list) => list.duplicateOf === finding.list.shown).map((list) => list.shown),
        listedSince(history?.get(finding.list.shown) ?? []),
        opinions.get(`${checked.subject} ${finding.list.shown}`),
        several,
      ),
    ),
  };
}

function findingJson(
  finding: CheckedSubject['findings'][number],
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
