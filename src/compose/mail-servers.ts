/** The mail servers of the configuration, each with the way to its host. */
import { openMailDoors } from '../../adapters/mail/doors/look.ts';
import { openMailLog } from '../../adapters/mail/log/open.ts';
import { openMailServer } from '../../adapters/mail/queue/listing.ts';
import type { MailLogs } from '../ports/mail-log.ts';
import type { MailDoors } from '../ports/mail-doors.ts';
import type { MailServers } from '../ports/mail-server.ts';
import { hostOf, throughSsh } from './hosts.ts';
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

/** The logs of those servers whose place is configured. */
export function makeMailLogs(settings: Settings): MailLogs {
  const { servers, sites } = settings.config;
  return {
    find: (name) => {
      const server = servers.find((each) => each.name === name);
      if (server?.log === undefined) return undefined;
      const ownDomains = sites.filter((site) => site.servers.includes(name)).flatMap((site) => site.domains);
      return openMailLog(
        { server: name, mta: server.mta, place: server.log, ownDomains },
        hostOf(server, settings.dataFolder),
      );
    },
  };
}

/** A door that is looked at by way of a server reached by ssh is dialled from that server's network. */
export function makeMailDoors(settings: Settings): MailDoors {
  const { servers } = settings.config;
  return openMailDoors((name, host, port) => {
    const server = servers.find((each) => each.name === name);
    return server && throughSsh(server, settings.dataFolder, host, port);
  });
}
