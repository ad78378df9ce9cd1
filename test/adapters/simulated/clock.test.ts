import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeVirtualClock } from '../../../adapters/simulated/clock.ts';
import { makeRandom } from '../../../adapters/simulated/random.ts';

describe('the clock of a drill', () => {
  it('carries out events in the order of their times, and those of one moment as they were laid', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), async (moments) => {
        const clock = makeVirtualClock(0);
        const seen: (readonly [at: number, index: number])[] = [];
        moments.forEach((at, index) => clock.at(at, () => seen.push([at, index])));
        await clock.pass(60);
        expect(seen).toEqual(
          moments.map((at, index) => [at, index] as const).toSorted((a, b) => a[0] - b[0] || a[1] - b[1]),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('lets hours pass in no time, and only as long as something is waited for', async () => {
    const clock = makeVirtualClock(1000);
    const work = clock.wait(3 * 3_600_000).then(() => clock.now());
    clock.every(60_000, () => {});
    expect(await clock.carry(work)).toBe(1000 + 3 * 3_600_000);
    expect(clock.monotonic()).toBe(3 * 3_600_000);
  });

  it('says so when something waits for what is outside of it', async () => {
    await expect(makeVirtualClock(0).carry(new Promise(() => {}))).rejects.toThrow('waits outside');
  });

  it('ends a wait that is aborted', async () => {
    const clock = makeVirtualClock(0);
    const stop = new AbortController();
    const wait = clock.wait(1000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
  });

  it('moves the wall clock alone when that is set', async () => {
    const clock = makeVirtualClock(0);
    clock.jump(-3_600_000);
    await clock.pass(10);
    expect([clock.now(), clock.monotonic()]).toEqual([-3_599_990, 10]);
  });
});

describe('the generator of a drill', () => {
  it('gives the same for the same seed, something else for another, and for each stream its own', () => {
    const draw = (seed: number, stream: string): readonly number[] => {
      const random = makeRandom(seed).stream(stream);
      return Array.from({ length: 8 }, () => random.between(0, 1_000_000));
    };
    expect(draw(1, 'mail')).toEqual(draw(1, 'mail'));
    expect(draw(1, 'mail')).not.toEqual(draw(2, 'mail'));
    expect(draw(1, 'mail')).not.toEqual(draw(1, 'dns'));
  });

  it('draws every number of a range about equally often', () => {
    const random = makeRandom(7);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 20_000; draw += 1) {
      const at = random.between(0, 9);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(1800);
    expect(Math.max(...counts)).toBeLessThan(2200);
  });
});
