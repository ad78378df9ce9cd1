import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { faultInWords } from '../../src/domain/fault-words.ts';

const form = z.strictObject({
  name: z.string(),
  role: z.enum(['viewer', 'approver']),
  schema: z.literal('tourniquet.check/1'),
  ports: z.array(z.int().min(1).max(65_535)).min(1),
  how: z.discriminatedUnion('kind', [z.object({ kind: z.literal('ssh') }), z.object({ kind: z.literal('agent') })]),
  title: z.string().min(3, 'say it in words').max(5),
});
const GOOD = {
  name: 'a',
  role: 'viewer',
  schema: 'tourniquet.check/1',
  ports: [25],
  how: { kind: 'ssh' },
  title: 'abc',
};

describe('a schema’s fault in words', () => {
  it.each<[wrong: Record<string, unknown>, words: string]>([
    [{ name: undefined }, 'it is missing'],
    [{ name: 3 }, 'write words'],
    [{ ports: 25 }, 'write a list, even of one: [ … ]'],
    [{ ports: [] }, 'write at least one'],
    [{ ports: ['x'] }, 'write a number'],
    [{ ports: [1.5] }, 'write a whole number'],
    [{ ports: [0] }, 'write 1 or more'],
    [{ ports: [70_000] }, 'write 65535 or less'],
    [{ role: 'aprover' }, 'write one of viewer, approver; did you mean approver?'],
    [{ role: 'x' }, 'write one of viewer, approver'],
    [{ schema: 'tourniquet.check/2' }, 'write tourniquet.check/1'],
    [{ how: { kind: 'smoke' } }, 'write one of ssh, agent'],
    [{ how: 'ssh' }, 'write its fields: { name: … }'],
    [{ title: 'a' }, 'say it in words'],
    [{ title: 'abcdef' }, 'write at most 5 characters'],
    [{ frob: 1 }, 'there is no field frob'],
  ])('of %j says what to write', (wrong, words) => {
    const [issue] = form.safeParse({ ...GOOD, ...wrong }).error?.issues ?? [];
    if (!issue) throw new Error('it was taken');
    const given = Object.values(wrong)[0];
    expect(faultInWords(issue, given)).toBe(words);
  });
});
