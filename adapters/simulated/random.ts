/**
 * The one generator of a drill: the same seed gives the same numbers, on every machine.
 *
 * A counter that is stepped by the golden ratio and mixed (multiply, shift, xor) into 32 bits. Good enough to deal cards
 * with; never used for anything that must not be guessed outside a drill. Each part of the company draws from a stream
 * of its own, so that one more draw in one part doesn't change the others.
 */
import type { Random } from '../../src/ports/clock.ts';

export interface SeededRandom extends Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
  /** A stream of its own, by name. */
  stream(name: string): SeededRandom;
}

const STEP = 0x9e3779b9;

/** `seed`: a whole number from 0 to 2^32 − 1. */
export function makeRandom(seed: number): SeededRandom {
  let counter = seed >>> 0;
  const next = (): number => {
    counter = (counter + STEP) >>> 0;
    return mix(counter);
  };
  const fraction = (): number => next() / 2 ** 32;
  const between = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    between,
    hex: (bytes) => Array.from({ length: bytes }, () => (next() >>> 24).toString(16).padStart(2, '0')).join(''),
    pick: (from) => {
      const found = from[between(0, from.length - 1)];
      if (found === undefined) throw new Error('There is nothing to pick from; hand over a list with an entry.');
      return found;
    },
    chance: (probability) => fraction() < probability,
    stream: (name) =>
      makeRandom(Array.from(name).reduce((sum, each) => mix(sum ^ (each.codePointAt(0) ?? 0)), mix(seed >>> 0))),
  };
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
