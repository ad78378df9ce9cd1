/** Whether Teams can be reached: told once when it can't, and once when it can again. */
import type { Reach } from '../../../src/ports/reach.ts';
import { ConnectorFault } from './connector.ts';
import type { Connector } from './connector.ts';

/** A single failure is a hiccup; so many in a row are an outage. */
const HICCUPS = 3;

/** The same connector; what it meets is told to `told`. */
export function watchConnector(connector: Connector, { told, isAway, now }: Reach): Connector {
  let failures = isAway ? HICCUPS : 0;
  let since = now();
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    const began = now();
    try {
      const done = await work;
      if (failures >= HICCUPS) told({ reachable: true, why: '', since });
      failures = 0;
      return done;
    } catch (error) {
      const away = error instanceof ConnectorFault && (error.status === 0 || error.status >= 500);
      if (failures === 0) since = began;
      failures = away ? failures + 1 : 0;
      if (failures === HICCUPS && error instanceof Error) told({ reachable: false, why: error.message, since });
      throw error;
    }
  };
  return {
    post: (...words) => watched(connector.post(...words)),
    update: (...words) => watched(connector.update(...words)),
    create: (...words) => watched(connector.create(...words)),
    member: (...words) => watched(connector.member(...words)),
  };
}
