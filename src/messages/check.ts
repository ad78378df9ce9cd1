/** What the blocklists said. The verdict first; listings in full; what is unknown by its reason; the rest as a number. */
import type { Blocklist, Nature, UnknownWhy } from '../domain/blocklists/blocklist.ts';
import { dayPicture, listedSince } from '../domain/blocklists/history.ts';
import type { Change } from '../domain/blocklists/history.ts';
import type { RemovalAdvice } from '../domain/blocklists/removal.ts';
import type { ListVerdict, SubjectState } from '../domain/blocklists/verdict.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { Opinion } from '../ports/second-opinion.ts';
import { heading, message, notice, text } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

export interface CheckedSubject extends SubjectState {
  readonly subject: string;
  /** The name whose address this is. */
  readonly of?: string;
  /** Whether to ask for removal; where any list lists it. */
  readonly advice?: RemovalAdvice;
  readonly findings: readonly {
    readonly list: Pick<
      Blocklist,
      'shown' | 'name' | 'weight' | 'removal' | 'lookup' | 'receivers' | 'expiry' | 'kind' | 'duplicateOf'
    >;
    readonly verdict: ListVerdict;
    readonly reason?: string;
    readonly resolver: string;
    /** Age of the proof that stood in for this run's, seconds; undefined: proved in this run. */
    readonly proofAgeSeconds?: number;
  }[];
}

/** Subject -> list -> what is remembered. */
export type Remembered = ReadonlyMap<string, ReadonlyMap<string, readonly Change[]>>;

export function sayCheckProgress(done: number, of: number): Message {
  return message('neutral', `${done} of ${of} answers are in …`);
}

export function sayCheck(
  checked: readonly CheckedSubject[],
  notes: readonly string[],
  elapsedMs: number,
  remembered: Remembered,
  sinceDays: number | undefined,
  now: number,
  opinions: ReadonlyMap<string, Opinion>,
): Message {
  const blocks =
    checked.length > 6
      ? manySubjects(checked)
      : checked.flatMap((each) => oneSubject(each, checked.length > 1, remembered.get(each.subject), now, opinions));
  return message(
    toneOf(checked),
    summaryOf(checked),
    ...blindness(checked),
    ...blocks,
    ...(sinceDays === undefined ? [] : changesOf(remembered, sinceDays, now)),
    ...notes.map((note) => notice('unknown', [foreign(note, 300)])),
    text(`${(elapsedMs / 1000).toFixed(1)} s`),
  );
}

/** Where no list at all could be asked, the fault is on this side: the resolver, or the way out. */
function blindness(checked: readonly CheckedSubject[]): readonly Block[] {
  const asked = checked.reduce((sum, each) => sum + each.coverage.asked, 0);
  if (asked < 3 || checked.some((each) => each.coverage.answered > 0)) return [];
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

/** "since 2026-11-20" where it was seen before, "new" where it was first seen just now. */
function sinceInWords(history: readonly Change[] | undefined, now: number): string {
  const since = listedSince(history ?? []);
  if (since === undefined) return '';
  return now - since < 120_000
    ? ', first seen now'
    : `, since ${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function opinionInWords(opinion: Opinion | undefined): string {
  return opinion === undefined ? '' : `, ${opinion}`;
}

function oneSubject(
  each: CheckedSubject,
  titled: boolean,
  history: ReadonlyMap<string, readonly Change[]> | undefined,
  now: number,
  opinions: ReadonlyMap<string, Opinion>,
): readonly Block[] {
  const title =
    each.of === undefined
      ? say`${foreign(each.subject)}`
      : say`${foreign(each.subject)} (an address of ${foreign(each.of)})`;
  const listed = each.findings.flatMap((finding) =>
    finding.verdict.state === 'listed' ? [{ ...finding, verdict: finding.verdict }] : [],
  );
  const rows = listed.map(({ list, verdict, reason }): readonly Phrase[] => [
    say`${list.shown} (${list.weight}${verdict.nature === 'abuse' ? '' : `, ${natureInWords(verdict.nature)}`}${sinceInWords(history?.get(list.shown), now)}${opinionInWords(opinions.get(`${each.subject} ${list.shown}`))})`,
    say`${verdict.meanings.map((meaning) => meaning).join('; ')}${reason === undefined ? [] : say` “${foreign(reason, 160)}”`}${(verdict.hints ?? []).map((hint) => ` — ${hint}`).join('')}${usersInWords(list)}${list.expiry === undefined ? '' : ` — ends by itself: ${list.expiry}`}${list.removal === undefined ? '' : ` — removal: ${list.removal}`}`,
  ]);
  return [
    ...(titled ? [heading(title), text(stateInWords(each))] : []),
    ...(rows.length > 0
      ? [{ kind: 'table' as const, columns: [{ name: 'listed on' }, { name: 'what it says' }], rows }]
      : []),
    ...unknownBlocks(each),
    ...stoodIn(each),
    ...(each.advice ? [text(adviceInWords(each.advice))] : []),
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

function adviceInWords({ moment, why }: RemovalAdvice): string {
  switch (moment) {
    case 'now':
      return `Asking for removal: now; ${why}.`;
    case 'not-yet':
      return `Asking for removal: not yet; ${why}.`;
    case 'not-needed':
      return `Asking for removal: not needed; ${why}.`;
    default:
      return moment satisfies never;
  }
}

/** Who really refuses mail because of it. */
function usersInWords(list: CheckedSubject['findings'][number]['list']): string {
  if (list.receivers !== undefined) return ` — used by: ${list.receivers}`;
  switch (list.weight) {
    case 'high':
      return ' — many receivers refuse mail by it';
    case 'medium':
      return ' — some receivers count it, few refuse by it alone';
    case 'low':
      return ' — hardly any receiver refuses mail by it';
    default:
      return list.weight satisfies never;
  }
}

function unknownBlocks(each: CheckedSubject): readonly Block[] {
  const byWhy = new Map<UnknownWhy, string[]>();
  for (const { list, verdict } of each.findings) {
    if (verdict.state === 'unknown') byWhy.set(verdict.why, [...(byWhy.get(verdict.why) ?? []), list.shown]);
  }
  const notCovered = each.findings.filter(
    ({ verdict, list }) => verdict.state === 'not-covered' && list.kind === 'ip',
  ).length;
  const facts = [...byWhy].map(([why, zones]) => ({
    name: `${zones.length} unknown`,
    value: [
      `${whyInWords(why)}: ${zones.slice(0, 6).join(', ')}${zones.length > 6 ? ` … ${zones.length - 6} more` : ''}`,
    ],
    tone: 'unknown' as Tone,
  }));
  const six =
    each.subject.includes(':') && notCovered > 0
      ? [{ name: 'not covered', value: [`${notCovered} lists know no IPv6`] }]
      : [];
  return facts.length + six.length === 0 ? [] : [{ kind: 'facts', facts: [...facts, ...six] }];
}

/** The worst first: what is cut is cut at the end. */
const SEVERITY: readonly SubjectState['state'][] = ['listed', 'unknown', 'clear'];

function manySubjects(checked: readonly CheckedSubject[]): readonly Block[] {
  const rows = checked
    .filter((each) => each.state !== 'clear' || each.warning)
    .toSorted((a, b) => SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state))
    .map((each): readonly Phrase[] => [[foreign(each.subject)], [each.state], [zonesOf(each)]]);
  return rows.length === 0
    ? []
    : [{ kind: 'table', columns: [{ name: 'subject' }, { name: 'state' }, { name: 'lists' }], rows }];
}

function zonesOf(each: CheckedSubject): string {
  const wanted = each.findings.filter(
    ({ verdict }) => verdict.state === 'listed' || (each.state === 'unknown' && verdict.state === 'unknown'),
  );
  return (
    wanted
      .map(({ list }) => list.shown)
      .slice(0, 5)
      .join(', ') + (wanted.length > 5 ? ` … ${wanted.length - 5} more` : '')
  );
}

function toneOf(checked: readonly CheckedSubject[]): Tone {
  if (checked.some((each) => each.state === 'listed')) return 'critical';
  if (checked.some((each) => each.state === 'unknown')) return 'unknown';
  return checked.some((each) => each.warning) ? 'warning' : 'good';
}

function natureInWords(nature: Nature): string {
  switch (nature) {
    case 'abuse':
      return 'abuse';
    case 'policy':
      return 'a policy, not abuse';
    case 'informational':
      return 'information only';
    default:
      return nature satisfies never;
  }
}

/** Each reason with what to do about it. */
export function whyInWords(why: UnknownWhy): string {
  switch (why) {
    case 'timeout':
      return 'no answer in time';
    case 'servfail':
      return 'the resolver failed (SERVFAIL)';
    case 'refused':
      return 'refused: the operator wants a key, or has enough of us';
    case 'blocked-resolver':
      return 'the operator does not answer this resolver: use one of your own, or the operator’s key';
    case 'query-limit':
      return 'too many questions for the free service';
    case 'bad-query':
      return 'the list could not make sense of the question: look at the zone in the catalogue';
    case 'dead-list':
      return 'the list does not even list its own test entry: it is empty, closed or refuses this resolver';
    case 'answers-everything':
      return 'the list lists everything: it is closed or broken';
    case 'not-a-listing-answer':
      return 'an answer outside 127.0.0.0/8: a parked domain or a resolver that rewrites';
    case 'unknown-code':
      return 'a return code that the list does not document';
    case 'contradiction':
      return 'a listing and an error at once';
    case 'malformed':
      return 'an answer that makes no sense';
    case 'network':
      return 'the resolver can not be reached';
    case 'name-too-long':
      return 'the name is too long for this list';
    default:
      return why satisfies never;
  }
}
