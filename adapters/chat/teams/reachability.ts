/** Whether Teams can be reached: told once when it can't, and once when it can again. */
import { ConnectorFault } from './connector.ts';
import type { Connector } from './connector.ts';

export type Reachability = (state: { readonly reachable: boolean; readonly why: string }) => void;

/** A single failure is a hiccup; so many in a row are an outage. */
const HICCUPS = 3;

/** The same connector; what it meets is told to `told`. */
export function watchConnector(connector: Connector, told: Reachability): Connector {
  let failures = 0;
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const done = await work;
      if (failures >= HICCUPS) told({ reachable: true, why: '' });
      failures = 0;
      return done;
    } catch (error) {
      const away = error instanceof ConnectorFault && (error.status === 0 || error.status >= 500);
      failures = away ? failures + 1 : 0;
      if (failures === HICCUPS && error instanceof Error) told({ reachable: false, why: error.message });
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
