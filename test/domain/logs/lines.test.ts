import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineReader } from '../../../src/domain/logs/event.ts';
import { readEximLines } from '../../../src/domain/logs/exim-lines.ts';
import { readExchangeLog } from '../../../src/domain/logs/exchange-lines.ts';
import { readPostfixLines } from '../../../src/domain/logs/postfix-lines.ts';

const CLOCK = { now: Date.parse('2026-11-24T05:00:00Z') / 1000, offsetMinutes: 60 };

describe.each([
  ['postfix.log', () => readPostfixLines(CLOCK)],
  ['exim.log', () => readEximLines(CLOCK)],
  ['exchange-tracking.csv', readExchangeLog],
  ['exchange-receive.csv', readExchangeLog],
] as const)('each line of %s', (file, open: () => LineReader) => {
  const lines = readFileSync(join(import.meta.dirname, '../../fixtures/logs', file), 'utf8')
    .trimEnd()
    .split('\n');

  it('is read as what stands above it', () => {
    const read = open();
    const pairs: (readonly [line: string, event: unknown, expected: unknown])[] = [];
    let expected: string | undefined;
    for (const line of lines) {
      if (/^# (?:\{|null)/.test(line)) expected = line.slice(2);
      else if (!line.startsWith('# ') && line !== '') {
        const event = read(line);
        if (expected !== undefined) pairs.push([line, JSON.parse(JSON.stringify(event ?? null)), JSON.parse(expected)]);
        expected = undefined;
      }
    }
    expect(pairs.length).toBeGreaterThan(5);
    for (const [line, event, wanted] of pairs) expect(event, line).toEqual(wanted);
  });

  it('may be cut, mixed up or hostile: the reader never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.nat(200), fc.string({ unit: 'binary' }), (line, cut, noise) => {
        open()(line.slice(0, cut) + noise + line.slice(cut));
        open()(line.slice(0, cut));
      }),
      { numRuns: 500 },
    );
  });
});
