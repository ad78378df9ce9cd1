/** What a check knows from before, and what it writes down: a few subjects at once, and no more of it kept than is used. */
import { nameOfSubject } from '../../src/commands/specs/check.ts';
import type { Change } from '../../src/domain/blocklists/history.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import type { Remembered } from '../../src/messages/check.ts';
import type { CheckedSubject } from '../../src/messages/checked.ts';
import type { World } from '../../src/ports/world.ts';

/** Subjects whose history is read or written at once. */
const SOME = 32;

/** What each list last said of each before this check; nothing where the memory fails. */
export async function whatIsKnown(
  subjects: readonly Subject[],
  world: Pick<World, 'listingHistory'>,
): Promise<readonly ReadonlyMap<string, Change['state']>[]> {
  return someAtOnce(subjects, async (subject) => {
    const history = await world.listingHistory
      .read(nameOfSubject(subject))
      .catch(() => new Map<string, readonly Change[]>());
    return new Map([...history].flatMap(([list, changes]) => lastOf(list, changes)));
  });
}

function lastOf(list: string, changes: readonly Change[]): readonly (readonly [string, Change['state']])[] {
  const last = changes.at(-1);
  return last === undefined ? [] : [[list, last.state]];
}

/**
 * Writes down what changed; gives the histories of lists that have ever listed the subject. A memory that can't be
 * written costs "since when", not the verdict.
 */
export async function remember(
  checked: readonly CheckedSubject[],
  world: Pick<World, 'listingHistory' | 'clock'>,
): Promise<Remembered> {
  const at = Math.floor(world.clock.now() / 1000) * 1000;
  const all = await someAtOnce(checked, async (each) => {
    const answers = each.findings.flatMap(({ list, verdict }): readonly { zone: string; change: Change }[] => {
      if (verdict.state === 'listed')
        return [{ zone: list.shown, change: { at, state: 'listed', codes: verdict.codes } }];
      return verdict.state === 'clear' ? [{ zone: list.shown, change: { at, state: 'clear', codes: [] } }] : [];
    });
    const history = await world.listingHistory
      .note(each.subject, answers)
      .catch(() => new Map<string, readonly Change[]>());
    const told = [...history].filter(([, changes]) => changes.some((change) => change.state === 'listed'));
    return [each.subject, new Map(told)] as const;
  });
  return new Map(all);
}

/** In their order, so many under way at once that the answers to all need not be held at the same time. */
async function someAtOnce<Each, Result>(
  all: readonly Each[],
  work: (each: Each) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < all.length; at += SOME)
    results.push(...(await Promise.all(all.slice(at, at + SOME).map((each) => work(each)))));
  return results;
}
