/** A chain's rules beside those that were laid, both as text in their order. */

/**
 * What is missing, what was added (one of ours that stands there twice is added once), and whether the same rules stand in
 * another order: in another order they do something else.
 */
export function compareRules(
  ours: readonly string[],
  have: readonly string[],
): { readonly missing: readonly string[]; readonly added: readonly string[]; readonly isReordered: boolean } {
  const missing = without(ours, have);
  const added = without(have, ours);
  return { missing, added, isReordered: missing.length + added.length === 0 && have.join('\n') !== ours.join('\n') };
}

/** What is left of `lines` when each of `others` has taken one away. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
