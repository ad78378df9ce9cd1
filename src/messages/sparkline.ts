/** A series as one line of blocks; `·` where nothing was measured. */
const STEPS = '▁▂▃▄▅▆▇█';

export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  return values
    .map((value) =>
      value === null ? '·' : (STEPS[span === 0 ? 0 : Math.round(((value - low) / span) * (STEPS.length - 1))] ?? ''),
    )
    .join('');
}
