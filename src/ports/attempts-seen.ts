/** Who tried port 25 at a site's firewall, where one is watched. */
import type { BlockedAttempts } from '../domain/diagnosis/evidence.ts';

export interface AttemptsSeen {
  /** Undefined: nobody watches there, so that nothing is known. Throws an Error with why it could not be found out. */
  seen(site: string, deadlineMs: number): Promise<BlockedAttempts | undefined>;
}
