/** How an incident begins that the house opens by itself: in the rooms where it speaks of its own accord. */
import type { Foreign } from '../../src/domain/foreign.ts';
import { HOUSE } from '../../src/domain/incidents/incident.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import type { World } from '../../src/ports/world.ts';

/** Its first events. `at` in milliseconds since 1970 UTC; with `key`, what is found again joins it. */
export function openedByHouse(
  { onCall }: Pick<World, 'onCall'>,
  at: number,
  site: string,
  title: Foreign,
  key?: string,
): readonly IncidentEvent[] {
  const opened: IncidentEvent = { kind: 'opened', at, by: HOUSE, site, title, ...(key !== undefined && { key }) };
  const bound = onCall.rooms.map(({ surface, id, reference }): IncidentEvent => ({
    kind: 'bound',
    at,
    surface,
    conversation: id,
    ...(reference !== undefined && { reference }),
  }));
  return [opened, ...bound];
}
