/** Runs once before all tests: what the lab needs is fetched here, so that no two tests fetch the same. */
import { ensureSet } from '../../bin/debian-packages.mjs';
import { SETS } from './packages.ts';

/** A set that can't be had is no failure here: the tests that need it say so, each by its name. */
export function setup(): void {
  for (const name of SETS) {
    try {
      ensureSet(name);
    } catch (error) {
      process.stderr.write(`tourniquet: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}
