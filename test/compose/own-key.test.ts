import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownKey } from '../../src/compose/own-key.ts';

describe('a folder’s own key', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tq-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, of 32 octets that only its owner reads, and nothing else is left', () => {
    const key = ownKey(folder, 'plan.key');
    expect(key).toHaveLength(32);
    expect(ownKey(folder, 'plan.key')).toEqual(key);
    expect(readdirSync(folder)).toEqual(['plan.key']);
    expect(statSync(join(folder, 'plan.key')).mode & 0o777).toBe(0o600);
  });

  it('is another for each folder', () => {
    expect(ownKey(join(folder, 'a'), 'plan.key')).not.toEqual(ownKey(join(folder, 'b'), 'plan.key'));
  });

  it.each(['', 'c0ffee', 'z'.repeat(64)])('is refused where %j stands there: it would sign for anybody', (text) => {
    writeFileSync(join(folder, 'plan.key'), text);
    expect(() => ownKey(folder, 'plan.key')).toThrow(/plan\.key holds no key\. Remove it/);
  });
});
