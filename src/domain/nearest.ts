/** The permitted word nearest to a mistyped one, by Damerau–Levenshtein distance (optimal string alignment). */
export function nearestWord(word: string, permitted: readonly string[]): string | undefined {
  const typed = word.toLowerCase().slice(0, 40);
  const ranked = permitted
    .map((candidate) => ({ candidate, distance: distance(typed, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate));
  const best = ranked[0];
  if (best && best.distance <= Math.max(1, Math.floor(typed.length / 3))) return best.candidate;
  // Half of a name with a hyphen is how people remember it.
  const begun =
    typed.length < LEAST_BEGUN ? [] : permitted.filter((each) => each.toLowerCase().startsWith(`${typed}-`));
  return begun.length === 1 ? begun[0] : undefined;
}

const LEAST_BEGUN = 4;

function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      row.push(value);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
