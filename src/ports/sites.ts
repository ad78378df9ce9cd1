/** What is configured to be looked after. */
import type { Subject } from '../domain/blocklists/query-name.ts';

export interface Sites {
  /** The public addresses and the domains of all sites. */
  subjects(): readonly Subject[];
}
