/** What `bin/tq` does before the program begins. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';

/** A copy of the launcher with a program of one line beside it. */
const root = mkdtempSync(join(tmpdir(), 'tq-launcher-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const folder of ['bin', 'src', 'node_modules']) mkdirSync(join(root, folder));
cpSync(join(import.meta.dirname, '../../bin/tq'), join(root, 'bin/tq'));
for (const lock of ['package-lock.json', 'node_modules/.tourniquet-lock.json']) writeFileSync(join(root, lock), '{}');
writeFileSync(join(root, 'src/main.ts'), 'import { said } from "./said.ts";\nconsole.log(said, process.argv[2]);\n');
const cache = join(root, 'node_modules/.cache/tourniquet');

beforeEach(() => writeFileSync(join(root, 'src/said.ts'), 'export const said: string = "begun with";\n'));

function run(env: Readonly<Record<string, string>> = {}): string {
  const { NODE_COMPILE_CACHE: _own, ...rest } = process.env;
  const path = `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`;
  return spawnSync(join(root, 'bin/tq'), ['help'], { encoding: 'utf8', env: { ...rest, PATH: path, ...env } }).stdout;
}

it('keeps what Node has compiled beside the packages, and begins from that the next time', () => {
  expect(run()).toBe('begun with help\n');
  const kept = (): readonly string[] => readdirSync(cache, { recursive: true, encoding: 'utf8' });
  expect(kept().length).toBeGreaterThan(2);
  const before = kept();
  expect(run()).toBe('begun with help\n');
  expect(kept()).toEqual(before);
  // What was changed since is compiled anew.
  writeFileSync(join(root, 'src/said.ts'), 'export const said: string = "now with";\n');
  expect(run()).toBe('now with help\n');
});

it('keeps nothing where that can not be written, or where somebody wants it elsewhere', () => {
  rmSync(join(root, 'node_modules/.cache'), { recursive: true, force: true });
  writeFileSync(join(root, 'node_modules/.cache'), 'in the way');
  expect(run()).toBe('begun with help\n');
  const elsewhere = join(root, 'elsewhere');
  expect(run({ NODE_COMPILE_CACHE: elsewhere })).toBe('begun with help\n');
  expect(existsSync(elsewhere)).toBe(true);
});
