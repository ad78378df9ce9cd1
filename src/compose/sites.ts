import type { Config } from '../config/schema.ts';
import type { Subject } from '../domain/blocklists/query-name.ts';
import type { Sites } from '../ports/sites.ts';

/** The sites of the configuration. */
export function makeSites(config: Config): Sites {
  return {
    subjects: () =>
      config.sites.flatMap((site): Subject[] => [
        ...site.addresses.map((ip): Subject => ({ kind: 'ip', ip })),
        ...site.domains.map((domain): Subject => ({ kind: 'domain', domain })),
      ]),
  };
}
