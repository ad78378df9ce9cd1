/** The scenarios that can be played: the built-in ones, and a file of one's own. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeRandom } from '../../../adapters/simulated/random.ts';
import { readScenarios } from '../../../adapters/simulated/scenario.ts';
import type { Scenario } from '../../../adapters/simulated/scenario.ts';
import { nearestWord } from '../../domain/nearest.ts';
import { PROJECT_ROOT } from '../settings.ts';

const BUILT_IN = join(PROJECT_ROOT, 'adapters', 'simulated', 'scenarios.yaml');

/** Throws ScenarioRefused where a file has faults. `own`: a file whose scenarios come first. */
export function loadScenarios(own?: string): readonly Scenario[] {
  const built = readScenarios(readFileSync(BUILT_IN, 'utf8'), BUILT_IN);
  if (own === undefined) return built;
  const mine = readScenarios(readFileSync(own, 'utf8'), own);
  return [...mine, ...built.filter((each) => !mine.some(({ name }) => name === each.name))];
}

/** The named one, or one that the seed picks. Throws an Error that names the nearest. */
export function pickScenario(scenarios: readonly Scenario[], name: string | undefined, seed: number): Scenario {
  if (name === undefined) return makeRandom(seed).stream('scenario').pick(scenarios);
  const found = scenarios.find((each) => each.name === name);
  if (found) return found;
  if (/\.ya?ml$|\//.test(name)) throw new Error(`There is no file ${JSON.stringify(name)} to play a scenario of.`);
  const names = scenarios.map((each) => each.name);
  const nearest = nearestWord(name, names);
  throw new Error(
    `There is no scenario ${JSON.stringify(name)}; ${nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`}`,
  );
}

/** What was written after --scenario may be a file. Its only scenario, or the first, is then meant. */
export function scenarioFile(name: string | undefined): string | undefined {
  return name !== undefined && /[./]/.test(name) && existsSync(name) ? resolve(name) : undefined;
}
