/** A drill can't reach anything real: by type, and by what its rooms import. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SimulatedWorld } from '../../../adapters/simulated/world.ts';
import type { World } from '../../../src/ports/world.ts';

const ROOT = join(import.meta.dirname, '../../..');

function importsOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
      (match) => `${file} imports ${match[1] ?? ''}`,
    ),
  );
}

describe('the world of a drill', () => {
  it('can not be a real one, by its type', () => {
    const play = (world: SimulatedWorld): SimulatedWorld => world;
    const real: Partial<World> = {};
    // @ts-expect-error a world that wasn't made by adapters/simulated has no mark
    const attempt = (): unknown => play(real as World);
    expect(typeof attempt).toBe('function');
  });

  it('touches nothing: no file, no socket, no process, no other adapter', () => {
    const found = importsOf('adapters/simulated/*.ts');
    expect(found.length).toBeGreaterThan(30);
    expect(found.filter((each) => / imports (node:(?!crypto)|[a-z@](?!ode:|aml$|od$))/.test(each))).toEqual([]);
    expect(found.filter((each) => each.includes('adapters/') && / imports \.\.\/(?!\.\.\/src\/)/.test(each))).toEqual(
      [],
    );
  });

  it('is put together from the simulated adapters alone', () => {
    const found = importsOf('src/compose/drill/world.ts').filter((each) => each.includes('/adapters/'));
    expect(found).not.toEqual([]);
    expect(found.filter((each) => !each.includes('/adapters/simulated/'))).toEqual([]);
  });
});
