/** Adding to an incident without overwriting anybody. */
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import type { World } from '../../src/ports/world.ts';
import { tellIncident } from './tell.ts';
import type { TellingIncident } from './tell.ts';
import { viewIncident } from './view.ts';
import type { Seen, Viewing } from './view.ts';

export interface Decided<T> {
  readonly events: readonly IncidentEvent[];
  readonly result: T;
}

export interface Changed<T> {
  /** The incident after. */
  readonly seen: Seen;
  readonly result: T;
}

/**
 * Adds what `decide` makes of the newest state; asks again where somebody else was first. Undefined where there is no
 * such incident.
 */
export async function changeIncident<T>(
  world: Viewing,
  number: number,
  decide: (seen: Seen) => Decided<T>,
): Promise<Changed<T> | undefined> {
  for (;;) {
    const seen = await viewIncident(world, number);
    if (!seen) return undefined;
    const { events, result } = decide(seen);
    if (events.length === 0) return { seen, result };
    if ((await world.incidents.append(number, seen.version, events)) === 'conflict') continue;
    const after = await viewIncident(world, number);
    return after && { seen: after, result };
  }
}

/** Writes down that a measure belongs to an incident, and tells it. */
export async function joinMeasure(
  world: TellingIncident & Pick<World, 'clock'>,
  number: number,
  measure: number,
): Promise<void> {
  await changeIncident(world, number, ({ incident }) => ({
    events: incident.measures.includes(measure) ? [] : [{ kind: 'measure', at: world.clock.now(), number: measure }],
    result: undefined,
  }));
  await tellIncident(world, number);
}
