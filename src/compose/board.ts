/** What the board shows, gathered now. */
import { standingMeasures } from '../../jobs/measures/ledger.ts';
import { foldIncident } from '../domain/incidents/incident.ts';
import type { BoardLook } from '../messages/board.ts';
import type { World } from '../ports/world.ts';
import type { Config } from '../config/schema.ts';

/** Newest incidents that a board shows. */
const MOST = 10;

export async function lookAtBoard(world: World, config: Config): Promise<BoardLook> {
  const [household, measures, numbers] = await Promise.all([
    world.household.look(),
    standingMeasures(world),
    world.incidents.numbers('open'),
  ]);
  const incidents = await Promise.all(
    numbers.slice(0, MOST).map(async (number) => foldIncident(number, (await world.incidents.read(number)).events)),
  );
  return {
    household,
    measures,
    incidents: incidents
      .filter((incident) => incident !== undefined && incident.state !== 'closed')
      .filter((incident) => incident !== undefined),
    sites: config.sites.map((site) => ({
      name: site.name,
      subjects: site.addresses.length + site.domains.length,
      servers: site.servers,
    })),
  };
}
