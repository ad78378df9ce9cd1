import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../src/domain/diagnosis/evidence.ts';
import { plain } from '../../src/domain/foreign.ts';
import { readWorlds } from './worlds.ts';

const WORLDS = readWorlds();

describe('the verdict', () => {
  it.each(WORLDS)('of "$name" is $expect', ({ evidence, expect: wanted, accept }) => {
    const found = diagnose(evidence);
    const shown = found.causes
      .map(
        (cause) =>
          `${cause.cause} ${cause.confidence}: + ${cause.for.map(plain).join(' + ')} − ${cause.against.map(plain).join(' − ')}`,
      )
      .join('\n');
    expect([wanted, accept], shown).toContain(found.verdict);
  });

  it('is never wrong, and seldom undetermined where it could be told', () => {
    const table = new Map<string, { worlds: number; right: number; undetermined: number; wrong: number }>();
    for (const world of WORLDS) {
      const row = table.get(world.expect) ?? { worlds: 0, right: 0, undetermined: 0, wrong: 0 };
      const { verdict } = diagnose(world.evidence);
      row.worlds += 1;
      if (verdict === world.expect) row.right += 1;
      else if (verdict === 'undetermined' || verdict === world.accept) row.undetermined += 1;
      else row.wrong += 1;
      table.set(world.expect, row);
    }
    console.table(Object.fromEntries(table));
    const rows = [...table.values()];
    expect(rows.reduce((sum, row) => sum + row.wrong, 0)).toBe(0);
    expect(rows.reduce((sum, row) => sum + row.undetermined, 0)).toBeLessThanOrEqual(Math.ceil(WORLDS.length * 0.1));
    expect([...table].filter(([, row]) => row.worlds < 6).map(([cause]) => cause)).toEqual([]);
  });

  const part = fc.constantFrom(...WORLDS.map((world) => world.evidence));
  const without = (evidence: Evidence, keys: readonly string[]): Evidence =>
    Object.fromEntries(Object.entries(evidence).filter(([key]) => !keys.includes(key)));

  it('is never healthy when the queues or the lists were not looked at', () => {
    fc.assert(
      fc.property(part, part, fc.constantFrom('queue', 'listings'), (a, b, missing) => {
        expect(diagnose(without({ ...a, ...b }, [missing])).verdict).not.toBe('healthy');
      }),
      { numRuns: 2000 },
    );
  });

  it('never calls a server open or a login stolen without a look that shows it', () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        const bare = without({ ...a, ...b }, ['openRelayTest', 'relayedForStrangers', 'queue']);
        expect(diagnose(bare).verdict).not.toBe('open-relay');
        const blind = without(bare, ['logins']);
        expect(diagnose(blind).verdict).not.toBe('authenticated-relay');
      }),
      { numRuns: 2000 },
    );
  });

  it('always names what would settle it when it is undetermined, and a next step', () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        const found = diagnose({ ...a, ...b });
        expect(plain(found.next.why).length).toBeGreaterThan(10);
        expect(found.verdict !== 'undetermined' || found.missing.length > 0).toBe(true);
        expect(found.confidence).toBeGreaterThanOrEqual(0);
        expect(found.confidence).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });
});
