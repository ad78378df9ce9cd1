/** Shared by all benches: runs a command several times and gives the median; prints a table. */
import { spawnSync } from 'node:child_process';

export interface Timing {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Times a whole process, `runs` times after one that isn't counted. Throws where it ends with an unexpected status. */
export function timeProcess(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  runs: number,
  statuses: readonly number[],
): Timing {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const began = performance.now();
    const done = spawnSync(program, [...words], { env: { ...process.env, ...env }, encoding: 'utf8' });
    if (!statuses.includes(done.status ?? -1))
      throw new Error(`${program} ${words.join(' ')} ended with ${done.status}: ${done.stderr}`);
    if (run > 0) times.push(performance.now() - began);
  }
  return { medianMs: median(times), minMs: Math.min(...times), maxMs: Math.max(...times) };
}

export function printTable(title: string, rows: readonly (readonly (string | number)[])[]): void {
  const texts = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? (Number.isInteger(cell) ? String(cell) : cell.toFixed(2)) : cell)),
  );
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => (row[column] ?? '').length)));
  process.stdout.write(`\n${title}\n`);
  for (const row of texts)
    process.stdout.write(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}
