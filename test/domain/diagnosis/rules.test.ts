import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../../src/domain/diagnosis/rules/all.ts';
import { readSigns } from '../../../src/domain/diagnosis/signs.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { machineCases } from './cases/machine.ts';
import { noAttackCases } from './cases/no-attack.ts';
import type { Case } from './cases/pieces.ts';
import { setupCases } from './cases/setup.ts';
import { throughCases } from './cases/through.ts';

const CASES: Readonly<Record<keyof typeof RULES, readonly Case[]>> = {
  ...machineCases,
  ...throughCases,
  ...noAttackCases,
  ...setupCases,
};

describe.each(Object.entries(RULES))('the rule "%s"', (name, rule) => {
  const cases = CASES[name as keyof typeof RULES];

  it('has a test where it speaks and one where it is silent or speaks otherwise', () => {
    expect(cases.some(([, , told]) => told.length > 0)).toBe(true);
    expect(cases.length).toBeGreaterThanOrEqual(2);
  });

  it.each(cases)('%s', (_what, evidence, told) => {
    const points = rule(evidence, readSigns(evidence)).filter((point) => point.strength > 0);
    const shown = points.map((point) => plain(point.text)).join('\n');
    expect(
      points.map((point) => [point.cause, point.side, point.rule]),
      shown,
    ).toEqual(told);
    for (const point of points) {
      expect(point.strength).toBeLessThanOrEqual(1);
      expect(plain(point.text).length).toBeGreaterThan(10);
    }
  });
});

describe('the rules', () => {
  const folder = join(import.meta.dirname, '../../../src/domain/diagnosis/rules');
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));

  it('are all in the list: a rule that is exported and not listed would never be asked', () => {
    const written = sources.flatMap((text) =>
      [...text.matchAll(/^export const (\w+): Rule\b/gm)].map((each) => each[1]),
    );
    const listing = readFileSync(join(folder, 'all.ts'), 'utf8');
    expect(written.length).toBe(Object.keys(RULES).length);
    for (const name of written) expect(listing).toMatch(new RegExp(`': ${name},`));
  });

  it('make no point that no test by name expects', () => {
    const names = sources.flatMap((text) =>
      [...text.matchAll(/\b(supports|opposes)\(\s*'([\w-]+)'/g)].map((each) => `${each[1]} ${each[2]}`),
    );
    const tested = new Set(
      Object.values(CASES).flatMap((cases) =>
        cases.flatMap(([, , told]) =>
          told.map(([, side, name]) => `${side === 'for' ? 'supports' : 'opposes'} ${name}`),
        ),
      ),
    );
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !tested.has(name))).toEqual([]);
  });

  it('stand in the documentation by their names', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/triage.md'), 'utf8');
    expect(Object.keys(RULES).filter((name) => !guide.includes(`| ${name} |`))).toEqual([]);
  });
});
