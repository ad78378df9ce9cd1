/** The mail servers of the configuration, each with the way to its host. */
import { openMailServer } from '../../adapters/mail/queue/listing.ts';
import type { MailServers } from '../ports/mail-server.ts';
import { hostOf } from './hosts.ts';
import type { Settings } from './settings.ts';

export function makeMailServers(settings: Settings): MailServers {
  const { servers } = settings.config;
  return {
    names: servers.map((server) => server.name),
    find: (name) => {
      const server = servers.find((each) => each.name === name);
      return server && openMailServer(server.name, server.mta, hostOf(server, settings.dataFolder), server.instances);
    },
  };
}
