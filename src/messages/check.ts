/** What the blocklists said. The verdict first; listings in full; what is unknown by its reason; the rest as a number. */
import type { UnknownWhy } from '../domain/blocklists/blocklist.ts';
import { unfitInWords } from '../domain/blocklists/fitness.ts';
import type { Fitness } from '../domain/blocklists/fitness.ts';
import { dayPicture } from '../domain/blocklists/history.ts';
import type { Change } from '../domain/blocklists/history.ts';
import type { RemovalAdvice } from '../domain/blocklists/removal.ts';
import type { SubjectState } from '../domain/blocklists/verdict.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import type { Opinion } from '../ports/second-opinion.ts';
import type { CheckedSubject } from './checked.ts';
import { listingDetails, listingFacts } from './check-listings.ts';
import { actions, button, heading, message, notice, text } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

/** Subject -> list -> what is remembered. */
export type Remembered = ReadonlyMap<string, ReadonlyMap<string, readonly Change[]>>;

export function sayCheckProgress(done: number, of: number): Message {
  return message('neutral', `${done} of ${of} answers are in …`);
}

export interface CheckSaid {
  readonly checked: readonly CheckedSubject[];
  readonly notes: readonly string[];
  readonly elapsedMs: number;
  readonly remembered: Remembered;
  readonly sinceDays: number | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly opinions: ReadonlyMap<string, Opinion>;
  readonly fitness: Fitness;
}

export function sayCheck(said: CheckSaid): Message {
  const { checked, sinceDays } = said;
  const blocks = checked.length > 6 ? manySubjects(checked) : checked.flatMap((each) => oneSubject(each, said));
  return message(
    toneOf(checked),
    summaryOf(checked),
    ...resolverBlocks(checked, said.fitness),
    ...blocks,
    ...nextBlocks(checked),
    ...(checked.length > 6 ? [] : listingDetails(checked)),
    ...(sinceDays === undefined ? [] : changesOf(said.remembered, sinceDays, said.now)),
    ...said.notes.map((note) => notice('unknown', worded(note, 300))),
    text(`Took ${(said.elapsedMs / 1000).toFixed(1)} s.`),
  );
}

/** Once, before all else: a resolver that lists don't answer says nothing about anybody. */
function resolverBlocks(checked: readonly CheckedSubject[], { servers, unfit }: Fitness): readonly Block[] {
  if (unfit === undefined) return blindness(checked);
  return [notice('warning', `The resolver ${servers.join(', ')} ${unfitInWords(unfit)}.`)];
}

/** What to do now, said once for all whom it concerns. */
function nextBlocks(checked: readonly CheckedSubject[]): readonly Block[] {
  const advised = checked.flatMap(({ subject, advice }) => (advice ? [{ subject, advice }] : []));
  const kinds = [...new Map(advised.map(({ advice }) => [advice.why, advice])).values()];
  const sites = [...new Set(checked.flatMap(({ site }) => site ?? []))];
  return [
    ...kinds.map((advice) => {
      const whom = advised.filter((each) => each.advice.why === advice.why).map(({ subject }) => subject);
      return text(adviceInWords(advice, kinds.length > 1 ? whom : []));
    }),
    ...(sites.length === 0
      ? []
      : [actions(...sites.map((site) => button(`Triage ${site}`, `triage ${site}`, 'primary')))]),
  ];
}

/** Fewer lists than this that say nothing are those lists' fault, of however many subjects. */
const FEW = 3;

/** Where no list at all could be asked, the fault is on this side: the resolver, or the way out. */
function blindness(checked: readonly CheckedSubject[]): readonly Block[] {
  const asked = new Set(
    checked.flatMap((each) =>
      each.findings.flatMap(({ list, verdict }) => (verdict.state === 'not-covered' ? [] : [list.shown])),
    ),
  );
  if (asked.size < FEW || checked.some((each) => each.coverage.answered > 0)) return [];
  const resolvers = [...new Set(checked.flatMap((each) => each.findings.map((finding) => finding.resolver)))].filter(
    (name) => name !== '',
  );
  return [
    notice(
      'unknown',
      `No list at all could be asked${resolvers.length === 0 ? '' : ` through ${resolvers.join(', ')}`}: look at the resolver and the way out first. This says nothing about the address.`,
    ),
  ];
}

function summaryOf(checked: readonly CheckedSubject[]): Phrase {
  const only = checked.length === 1 ? checked[0] : undefined;
  if (only) return say`${foreign(only.subject)}: ${stateInWords(only)}`;
  const count = (state: SubjectState['state']): number => checked.filter((each) => each.state === state).length;
  const parts = [`${count('listed')} listed`, `${count('clear')} clear`, `${count('unknown')} unknown`];
  return say`${checked.length} checked: ${parts.join(', ')}`;
}

function stateInWords(each: CheckedSubject): string {
  const { asked, answered, unknown } = each.coverage;
  // Components of one list (sbl, xbl, pbl of zen) are one finding.
  const listings = new Set(
    each.findings.flatMap(({ verdict, list }) => (verdict.state === 'listed' ? [list.duplicateOf ?? list.shown] : [])),
  ).size;
  switch (each.state) {
    case 'listed':
      return `listed on ${listings} of ${answered} lists that answered${unknown > 0 ? `; ${unknown} could not be asked` : ''}`;
    case 'clear':
      return `${each.warning ? `no listing that matters, but ${listings} minor` : 'clear'}; ${answered} of ${asked} lists answered and proved themselves`;
    case 'unknown':
      return asked === 0
        ? 'unknown: no list covers it'
        : `unknown: ${listings === 0 ? 'no listing found' : `${listings} minor listing${listings > 1 ? 's' : ''}`}, but ${unknown} of ${asked} lists could not be checked`;
    default:
      return each.state satisfies never;
  }
}

/** What changed lately, and a picture of list × day. */
function changesOf(remembered: Remembered, days: number, now: number): readonly Block[] {
  const rows = [...remembered].flatMap(([subject, lists]) =>
    [...lists]
      .filter(
        ([, history]) =>
          history.some((change) => change.state === 'listed') &&
          history.some((change) => change.at >= now - days * 86_400_000),
      )
      .map(([zone, history]): readonly Phrase[] => [
        [foreign(subject)],
        [zone],
        [dayPicture(history, Math.min(days, 31), now)],
      ]),
  );
  const title = `Changed within ${days} day${days === 1 ? '' : 's'} (# listed, · clear, one sign a day)`;
  if (rows.length === 0)
    return [text(`No list that was asked has listed or removed anything within ${days} days of what is remembered.`)];
  return [{ kind: 'table', title, columns: [{ name: 'subject' }, { name: 'list' }, { name: 'days until now' }], rows }];
}

function oneSubject(each: CheckedSubject, said: CheckSaid): readonly Block[] {
  const title =
    each.of === undefined
      ? say`${foreign(each.subject)}`
      : say`${foreign(each.subject)} (an address of ${foreign(each.of)})`;
  return [
    ...(said.checked.length > 1 ? [heading(title), text(stateInWords(each))] : []),
    ...listingFacts(each, said.remembered.get(each.subject), said.opinions, said.now),
    ...unknownBlocks(each),
    ...stoodIn(each),
  ];
}

/** Lists whose own test entry was slow, and are believed by an earlier proof. */
function stoodIn(each: CheckedSubject): readonly Block[] {
  const aged = each.findings.filter(({ proofAgeSeconds }) => proofAgeSeconds !== undefined);
  if (aged.length === 0) return [];
  const oldest = Math.max(...aged.map(({ proofAgeSeconds }) => proofAgeSeconds ?? 0));
  const zones = aged.map(({ list }) => list.shown).join(', ');
  return [
    notice(
      'neutral',
      `Test entry slow just now; believed by a proof of ${Math.ceil(oldest / 60)} min ago at most: ${zones}.`,
    ),
  ];
}

/** `whom`: where not all have the same next step. */
function adviceInWords({ moment, next, why }: RemovalAdvice, whom: readonly string[]): Phrase {
  const more = whom.length > 3 ? ` and ${whom.length - 3} more` : '';
  const about = whom.length === 0 ? [] : say` for ${foreign(whom.slice(0, 3).join(', '))}${more}`;
  switch (moment) {
    case 'now':
      return say`Next${about}: ${next}. It is the moment: ${why}.`;
    case 'not-yet':
      return say`Next${about}: ${next}. Don’t ask for removal yet: ${why}.`;
    case 'not-needed':
      return say`Nothing to do${about}: ${why}.`;
    default:
      return moment satisfies never;
  }
}

/** The lists that are unknown, each once, by the reason; of several subjects together. */
function unknownBlocks(...subjects: readonly CheckedSubject[]): readonly Block[] {
  const byWhy = new Map<UnknownWhy, Set<string>>();
  for (const { list, verdict } of subjects.flatMap(({ findings }) => findings))
    if (verdict.state === 'unknown')
      byWhy.set(verdict.why, (byWhy.get(verdict.why) ?? new Set<string>()).add(list.shown));
  const facts = [...byWhy].map(([why, zones]) => ({
    name: `${zones.size} unknown`,
    value: [`${whyInWords(why)}: ${enumerated([...zones], 6)}`],
    tone: 'unknown' as Tone,
  }));
  const six = subjects.filter(({ subject }) => subject.includes(':'));
  const notCovered = six.flatMap(({ findings }) =>
    findings.flatMap(({ verdict, list }) =>
      verdict.state === 'not-covered' && list.kind === 'ip' ? [list.shown] : [],
    ),
  );
  const lists = new Set(notCovered).size;
  const sixFact = lists > 0 ? [{ name: 'not covered', value: [`${lists} lists know no IPv6`] }] : [];
  return facts.length + sixFact.length === 0 ? [] : [{ kind: 'facts', facts: [...facts, ...sixFact] }];
}

function enumerated(names: readonly string[], most: number): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ` … ${names.length - most} more` : ''}`;
}

/** The worst first: what is cut is cut at the end. */
const SEVERITY: readonly SubjectState['state'][] = ['listed', 'unknown', 'clear'];

/** A row for each that is listed anywhere; those of which nothing is known share one, and the reasons are told once. */
function manySubjects(checked: readonly CheckedSubject[]): readonly Block[] {
  const listedOn = (each: CheckedSubject): readonly string[] =>
    each.findings.flatMap(({ verdict, list }) => (verdict.state === 'listed' ? [list.shown] : []));
  const listed = checked
    .filter((each) => listedOn(each).length > 0)
    .toSorted((a, b) => SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state))
    .map((each): readonly Phrase[] => [[foreign(each.subject)], [each.state], [enumerated(listedOn(each), 5)]]);
  const blank = checked.filter((each) => each.state === 'unknown' && listedOn(each).length === 0);
  const names = blank.map(({ subject }) => subject);
  const rest: readonly (readonly Phrase[])[] =
    blank.length === 0 ? [] : [[[foreign(enumerated(names, 3))], ['unknown'], ['no listing found']]];
  const columns = [{ name: 'subject' }, { name: 'state' }, { name: 'listed on' }];
  return [
    ...(listed.length + rest.length === 0 ? [] : [{ kind: 'table' as const, columns, rows: [...listed, ...rest] }]),
    ...unknownBlocks(...checked),
  ];
}

function toneOf(checked: readonly CheckedSubject[]): Tone {
  if (checked.some((each) => each.state === 'listed')) return 'critical';
  if (checked.some((each) => each.state === 'unknown')) return 'unknown';
  return checked.some((each) => each.warning) ? 'warning' : 'good';
}

/** Each reason, short; what is to be done about the resolver is said once above. */
function whyInWords(why: UnknownWhy): string {
  switch (why) {
    case 'timeout':
      return 'no answer in time';
    case 'servfail':
      return 'the resolver failed (SERVFAIL)';
    case 'refused':
      return 'refused; it wants a key, or has enough of us';
    case 'blocked-resolver':
      return 'does not answer this resolver';
    case 'query-limit':
      return 'no question left: its operator permits no more';
    case 'bad-query':
      return 'could not make sense of the question; look at its zone in the catalogue';
    case 'dead-list':
      return 'does not even list its own test entry: empty, closed, or refusing this resolver (where that lasts: blocklists.off)';
    case 'answers-everything':
      return 'lists everything: closed or broken (where that lasts: blocklists.off)';
    case 'not-a-listing-answer':
      return 'answers outside 127.0.0.0/8: a parked domain, or a resolver that rewrites';
    case 'unknown-code':
      return 'gave a code that it does not document';
    case 'contradiction':
      return 'gave a listing and an error at once';
    case 'malformed':
      return 'gave an answer that makes no sense';
    case 'network':
      return 'the resolver can not be reached';
    case 'name-too-long':
      return 'the name is too long for it';
    default:
      return why satisfies never;
  }
}
