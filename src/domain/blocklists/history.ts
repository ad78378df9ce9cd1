/**
 * What changed, per subject and list.
 *
 * Rules:
 * 1. Only `listed` and `clear` are remembered; an unknown answer changes nothing, it says nothing.
 * 2. Only a change is kept: a listing that lasts a year is one entry. At most 60 per subject and list, the oldest go.
 */
export interface Change {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly state: 'listed' | 'clear';
  readonly codes: readonly string[];
}

const MOST_CHANGES = 60;

/** The history with this answer, or the same object where nothing changed. */
export function withAnswer(history: readonly Change[], answer: Change): readonly Change[] {
  const last = history.at(-1);
  if (last && last.state === answer.state && last.codes.join() === answer.codes.join()) return history;
  return [...history, answer].slice(-MOST_CHANGES);
}

/** Since when it has been listed without a break, or undefined where it isn't. */
export function listedSince(history: readonly Change[]): number | undefined {
  let since: number | undefined;
  for (const change of history) since = change.state === 'listed' ? (since ?? change.at) : undefined;
  return since;
}

/** As text: `L1795490579@127.0.0.2,127.0.0.4 C1795500000`, whole seconds. */
export function encodeHistory(history: readonly Change[]): string {
  return history
    .map(
      (change) =>
        `${change.state === 'listed' ? 'L' : 'C'}${Math.round(change.at / 1000)}${change.codes.length === 0 ? '' : `@${change.codes.join(',')}`}`,
    )
    .join(' ');
}

/** What can't be read of it is passed over. */
export function decodeHistory(text: string): readonly Change[] {
  return text.split(' ').flatMap((part): readonly Change[] => {
    const [, kind, seconds, codes] = /^([LC])(\d{1,12})(?:@([\d.,]+))?$/.exec(part) ?? [];
    if (kind === undefined) return [];
    return [{ at: Number(seconds) * 1000, state: kind === 'L' ? 'listed' : 'clear', codes: codes?.split(',') ?? [] }];
  });
}

/**
 * One sign per day, the oldest first: `#` listed on that day, `·` clear, a blank where nothing was known yet.
 * `until` is the last day's moment (milliseconds since 1970 UTC).
 */
export function dayPicture(history: readonly Change[], days: number, until: number): string {
  const lastDay = Math.floor(until / 86_400_000);
  return Array.from({ length: days }, (_, index) => {
    const end = (lastDay - (days - 1 - index) + 1) * 86_400_000;
    const start = end - 86_400_000;
    const before = history.findLast((change) => change.at < start);
    const within = history.filter((change) => change.at >= start && change.at < end);
    if (before?.state === 'listed' || within.some((change) => change.state === 'listed')) return '#';
    return before || within.length > 0 ? '·' : ' ';
  }).join('');
}
