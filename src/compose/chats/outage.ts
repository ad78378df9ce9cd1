/** What becomes of a chat that can't be reached: told elsewhere, noted, and caught up on once it is back. */
import type { Log } from '../../../adapters/log/log.ts';
import { tellMissed } from '../../../jobs/incidents/missed.ts';
import { sayReachability } from '../../messages/lost.ts';
import type { SurfaceName } from '../../ports/conversation.ts';
import type { Service } from '../service.ts';

/** `since`: of the first call that failed, milliseconds since 1970 UTC. */
export interface Reached {
  readonly reachable: boolean;
  readonly why: string;
  readonly since: number;
}

/** What a failed call was to say had happened a moment before it. */
const BEFORE_MS = 3000;

export function watchOutage(service: Service, log: Log, surface: SurfaceName, name: string): (state: Reached) => void {
  const failed = (error: unknown): void => log.warn({ error: String(error) }, `${name}'s outage could not be noted`);
  return ({ reachable, why, since }) => {
    log.warn({ reachable, why }, name);
    service.tellElsewhere(surface, sayReachability(name, reachable, why));
    if (!reachable) void service.outages.begin(surface, since - BEFORE_MS).catch(failed);
    else
      void service.outages
        .end(surface)
        .then((began) => (began === undefined ? undefined : tellMissed(service.world, surface, name, began)))
        .catch(failed);
  };
}
