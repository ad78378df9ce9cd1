/** The world of one drill, whole: the simulated ports, and what follows from the simulated company's configuration. */
import { beginDrill, completeWorld } from '../../../adapters/simulated/world.ts';
import type { Drill, DrillNeeds, SimulatedWorld } from '../../../adapters/simulated/world.ts';
import { readConfig } from '../../config/read.ts';
import type { Household } from '../../ports/household.ts';
import type { People } from '../../ports/people.ts';
import { makeGrounds } from '../measures/grounds.ts';
import { makeMeasureRules } from '../measures/rules.ts';
import { makeSites } from '../sites.ts';

export interface DrillWorld extends Drill {
  readonly world: SimulatedWorld;
}

/** Begins a drill: the company has lived until the moment when the person comes in. `personOf`: who the players are. */
export async function openDrillWorld(
  needs: DrillNeeds & { readonly personOf?: People['personOf'] },
): Promise<DrillWorld> {
  const drill = await beginDrill(needs);
  const config = readConfig(drill.config, 'the company of the drill');
  const world = completeWorld(drill.ports, {
    people: { ...everybodyMayDecide, ...(needs.personOf && { personOf: needs.personOf }) },
    household: noHousehold,
    sites: makeSites(config),
    playbooks: { own: [] },
    grounds: makeGrounds(config),
    measureRules: makeMeasureRules(config),
  });
  return { ...drill, world };
}

/** Whoever takes part may propose and approve; nobody approves what they proposed themselves. */
const everybodyMayDecide: People = {
  roleOf: () => 'approver',
  personOf: (actor) => `${actor.surface === 'shell' ? 'terminal' : actor.surface}:${actor.id}`,
};

const noHousehold: Household = {
  noteCanary: async () => {},
  look: async () => ({
    version: 'drill',
    configured: [{ name: 'configuration', value: 'the company of the drill' }],
    redis: { kind: 'private', version: undefined },
    queue: undefined,
    measures: undefined,
    workers: [],
    canarySecondsAgo: undefined,
    resolvers: [],
  }),
};
