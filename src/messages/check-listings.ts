/** Listings in words: each in one line, the worst first; and what else is known of each, folded. */
import type { Blocklist, Nature } from '../domain/blocklists/blocklist.ts';
import { listedSince } from '../domain/blocklists/history.ts';
import type { Change } from '../domain/blocklists/history.ts';
import type { ListVerdict } from '../domain/blocklists/verdict.ts';
import { foreign, plain, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { Opinion } from '../ports/second-opinion.ts';
import type { CheckedSubject } from './checked.ts';
import type { Block, Tone } from './message.ts';

type Listing = CheckedSubject['findings'][number] & { readonly verdict: Extract<ListVerdict, { state: 'listed' }> };

const NATURES: readonly Nature[] = ['abuse', 'policy', 'informational'];
const WEIGHTS: readonly Blocklist['weight'][] = ['high', 'medium', 'low'];

/** `history`: what is remembered of this subject, per list. `now`: milliseconds since 1970 UTC. */
export function listingFacts(
  each: CheckedSubject,
  history: ReadonlyMap<string, readonly Change[]> | undefined,
  opinions: ReadonlyMap<string, Opinion>,
  now: number,
): readonly Block[] {
  const facts = listingsOf(each).map(({ list, verdict }) => {
    const opinion = opinions.get(`${each.subject} ${list.shown}`);
    const marks = [
      list.weight,
      ...(verdict.nature === 'abuse' ? [] : [natureInWords(verdict.nature)]),
      ...sinceInWords(history?.get(list.shown), now),
      ...(opinion === undefined ? [] : [opinion]),
    ];
    return {
      name: list.shown,
      value: [`${verdict.meanings.join('; ')} (${marks.join(', ')})`],
      tone: toneOf(list, verdict),
    };
  });
  return facts.length === 0 ? [] : [{ kind: 'facts', facts }];
}

/** What it points at, the list's own words, who goes by it, when it ends, and the page for removal. */
export function listingDetails(checked: readonly CheckedSubject[]): readonly Block[] {
  const said = new Set<string>();
  const items = checked
    .flatMap(listingsOf)
    .flatMap(detailsOf)
    .flatMap((words) => {
      const isNew = !said.has(plain(words));
      said.add(plain(words));
      return isNew ? [{ side: 'neutral' as const, text: words }] : [];
    });
  return items.length === 0 ? [] : [{ kind: 'evidence', title: 'What each list says', items }];
}

function listingsOf(each: CheckedSubject): readonly Listing[] {
  return each.findings
    .flatMap((finding) => (finding.verdict.state === 'listed' ? [{ ...finding, verdict: finding.verdict }] : []))
    .toSorted(
      (one, other) =>
        NATURES.indexOf(one.verdict.nature) - NATURES.indexOf(other.verdict.nature) ||
        WEIGHTS.indexOf(one.list.weight) - WEIGHTS.indexOf(other.list.weight),
    );
}

/** What it points at; and what to do about the list. Two items, for a chat cuts each at a few hundred characters. */
function detailsOf({ list, verdict, reason }: Listing): readonly Phrase[] {
  const hints = (verdict.hints ?? []).map((hint) => ` ${hint}.`).join('');
  const words = reason === undefined ? [] : say` Its words: “${foreign(reason, 160)}”.`;
  const ends = list.expiry === undefined ? '' : ` Ends by itself: ${list.expiry}.`;
  const removal = list.removal === undefined ? '' : ` Removal: ${list.removal}`;
  return [
    ...(hints === '' && reason === undefined ? [] : [say`${list.shown}:${hints}${words}`]),
    say`${list.shown}: ${usersInWords(list)}.${ends}${removal}`,
  ];
}

function toneOf(list: Listing['list'], { nature }: Listing['verdict']): Tone {
  return nature === 'abuse' && list.weight !== 'low' ? 'critical' : 'warning';
}

/** "since 2026-11-20", of the last day "since 07:30 UTC", "first seen now"; nothing where nothing is remembered. */
function sinceInWords(history: readonly Change[] | undefined, now: number): readonly string[] {
  const since = listedSince(history ?? []);
  if (since === undefined) return [];
  if (now - since < 120_000) return ['first seen now'];
  const moment = new Date(since).toISOString();
  return [now - since < 86_400_000 ? `since ${moment.slice(11, 16)} UTC` : `since ${moment.slice(0, 10)}`];
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

/** Who really refuses mail because of it. */
function usersInWords(list: Listing['list']): string {
  if (list.receivers !== undefined) return `Used by ${list.receivers}`;
  switch (list.weight) {
    case 'high':
      return 'Many receivers refuse mail by it';
    case 'medium':
      return 'Some receivers count it, few refuse by it alone';
    case 'low':
      return 'Hardly any receiver refuses mail by it';
    default:
      return list.weight satisfies never;
  }
}
