/**
 * One sweep against what is remembered: what is new since yesterday, what went away, what can't make up its mind.
 *
 * Rules:
 * 1. Only `listed` and `clear` move anything. A list that could not be asked has neither delisted nor listed anybody: what
 *    it listed before is `unseen`.
 * 2. The first sweep of all is a baseline: what it finds is `standing`, shown once, and nothing is called new. A subject
 *    or a list that is added later has a baseline of its own.
 * 3. A pair that changed sides four times or more within a week flaps: it is told apart, once, and neither its coming
 *    nor its going is news while it does.
 * 4. Components of one list are one finding, under the name of the whole.
 * 5. Told by list, with its subjects: a list of ranges or networks that takes everybody at once is one piece of news.
 */
import type { Blocklist, Nature, Weight } from './blocklist.ts';
import type { Change } from './history.ts';
import type { ListVerdict } from './verdict.ts';

/** What one list says of one subject in this sweep. */
export interface Sighting {
  readonly subject: string;
  readonly list: Pick<Blocklist, 'shown' | 'weight' | 'duplicateOf'>;
  readonly verdict: ListVerdict;
}

/** One list and whom it is about; subjects in the order of the sweep. */
export interface ListNews {
  readonly list: string;
  readonly weight: Weight;
  /** The worst that it says of any of them; undefined where it says nothing any more. */
  readonly nature: Nature | undefined;
  readonly subjects: readonly string[];
}

export interface Difference {
  readonly appeared: readonly ListNews[];
  readonly vanished: readonly ListNews[];
  readonly flapping: readonly ListNews[];
  readonly standing: readonly ListNews[];
  /** Listed when last asked, and not to be asked now. */
  readonly unseen: readonly ListNews[];
  /** Nothing was remembered of anything: this is the first sweep. */
  readonly isBaseline: boolean;
}

type Kind = 'appeared' | 'vanished' | 'flapping' | 'standing' | 'unseen';

const FLAP_WITHIN_MS = 7 * 86_400_000;
const FLAP_CHANGES = 4;
const NATURES: readonly Nature[] = ['abuse', 'policy', 'informational'];

/** `historyOf`: what was remembered before this sweep, oldest first. `now`: milliseconds since 1970 UTC. */
export function compareSweep(
  sightings: readonly Sighting[],
  historyOf: (subject: string, list: string) => readonly Change[],
  now: number,
): Difference {
  const news = new Map<Kind, Map<string, { weight: Weight; nature: Nature | undefined; subjects: Set<string> }>>();
  let isBaseline = true;
  for (const { subject, list, verdict } of sightings) {
    const history = historyOf(subject, list.shown);
    if (history.length > 0) isBaseline = false;
    const kind = kindOf(history, verdict, now);
    if (kind === undefined) continue;
    const name = list.duplicateOf ?? list.shown;
    const lists = news.get(kind) ?? new Map();
    news.set(kind, lists);
    const known = lists.get(name) ?? { weight: list.weight, nature: undefined, subjects: new Set<string>() };
    known.subjects.add(subject);
    if (verdict.state === 'listed') known.nature = worse(known.nature, verdict.nature);
    lists.set(name, known);
  }
  const told = (kind: Kind): readonly ListNews[] =>
    [...(news.get(kind) ?? [])].map(([list, each]) => ({
      list,
      weight: each.weight,
      nature: each.nature,
      subjects: [...each.subjects],
    }));
  return {
    appeared: told('appeared'),
    vanished: told('vanished'),
    flapping: told('flapping'),
    standing: told('standing'),
    unseen: told('unseen'),
    isBaseline,
  };
}

function kindOf(history: readonly Change[], verdict: ListVerdict, now: number): Kind | undefined {
  const before = history.at(-1)?.state;
  switch (verdict.state) {
    case 'not-covered':
      return undefined;
    case 'unknown':
      return before === 'listed' ? 'unseen' : undefined;
    case 'listed':
    case 'clear': {
      if (before === undefined) return verdict.state === 'listed' ? 'standing' : undefined;
      if (flaps(history, verdict.state, now)) return 'flapping';
      if (before === verdict.state) return before === 'listed' ? 'standing' : undefined;
      return verdict.state === 'listed' ? 'appeared' : 'vanished';
    }
    default:
      return verdict satisfies never;
  }
}

/** Changes of sides within the week, the one of this moment included. A listing whose codes changed has not changed sides. */
function flaps(history: readonly Change[], state: Change['state'], now: number): boolean {
  const sides = [...history, { at: now, state, codes: [] }];
  const changes = sides.filter((change, index) => {
    const before = sides[index - 1];
    return before !== undefined && before.state !== change.state && change.at >= now - FLAP_WITHIN_MS;
  });
  return changes.length >= FLAP_CHANGES;
}

function worse(one: Nature | undefined, other: Nature): Nature {
  return NATURES.find((nature) => nature === one || nature === other) ?? other;
}
