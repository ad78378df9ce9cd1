/** The mail servers of the configuration, each with the way to its host. */
import { join } from 'node:path';
import { openMailDoors } from '../../../adapters/mail/doors/look.ts';
import { openExchangeServer } from '../../../adapters/mail/exchange/server.ts';
import { openExchangeTracking } from '../../../adapters/mail/exchange/tracking.ts';
import { openRelayProbe } from '../../../adapters/mail/doors/relay.ts';
import { openMailLog } from '../../../adapters/mail/log/open.ts';
import { openMailServer } from '../../../adapters/mail/queue/listing.ts';
import type { ServerConfig } from '../../config/schema.ts';
import type { Caller } from '../../../jobs/agent/line.ts';
import type { MailLogs } from '../../ports/mail-log.ts';
import { lookAtSetup } from '../../../adapters/mail/setup/look.ts';
import type { MailDoors } from '../../ports/mail-doors.ts';
import type { Host } from '../../ports/host.ts';
import type { MailServer, MailServers } from '../../ports/mail-server.ts';
import { makeAgentMailLog, makeAgentMailServer } from './agent-looks.ts';
import type { RelayProbe } from '../../ports/relay-probe.ts';
import type { MailSetups } from '../../ports/mail-setup.ts';
import { hostOf, throughSsh } from './hosts.ts';
import { PROJECT_ROOT } from '../settings.ts';
import type { Settings } from '../settings.ts';

/** `lineTo`: the line to the agent of a server that is reached so. */
export function makeMailServers(settings: Settings, lineTo: (target: string) => Caller): MailServers {
  const { servers } = settings.config;
  return {
    names: servers.map((server) => server.name),
    find: (name) => {
      const server = servers.find((each) => each.name === name);
      if (server?.reach === 'agent') return makeAgentMailServer(server.name, server.mta, lineTo(name));
      return server && mailServerOf(server, hostOf(server, settings.dataFolder));
    },
  };
}

export function mailServerOf(server: ServerConfig, host: Host): MailServer {
  const { name, mta, instances } = server;
  return mta === 'exchange'
    ? openExchangeServer({ host, name, folder: scriptsOf(server) })
    : openMailServer(name, mta, host, instances);
}

/** Where the PowerShell files lie on the host. */
export function scriptsOf(server: ServerConfig): string {
  return typeof server.reach === 'object'
    ? 'C:/ProgramData/tourniquet'
    : join(PROJECT_ROOT, 'adapters/mail/exchange').replaceAll('\\', '/');
}

/** The logs of those servers whose place is known. */
export function makeMailLogs(settings: Settings, lineTo: (target: string) => Caller): MailLogs {
  const { servers, sites } = settings.config;
  return {
    find: (name) => {
      const server = servers.find((each) => each.name === name);
      // Exchange always tracks; the others log where they are told to.
      const place = server?.log ?? (server?.mta === 'exchange' ? 'tracking' : undefined);
      if (!server || place === undefined) return undefined;
      const ownDomains = sites.filter((site) => site.servers.includes(name)).flatMap((site) => site.domains);
      if (server.reach === 'agent') return makeAgentMailLog(name, server.mta, ownDomains, lineTo(name));
      const host = hostOf(server, settings.dataFolder);
      if (place === 'tracking') return openExchangeTracking({ host, name, folder: scriptsOf(server) }, ownDomains);
      return openMailLog({ server: name, mta: server.mta, place, ownDomains }, host);
    },
  };
}

/** A door that is looked at by way of a server reached by ssh is dialled from that server's network. */
export function makeMailDoors(settings: Settings): MailDoors {
  return openMailDoors(wayThrough(settings));
}

export function makeRelayProbe(settings: Settings): RelayProbe {
  return openRelayProbe(wayThrough(settings));
}

function wayThrough(settings: Settings) {
  const { servers } = settings.config;
  return (name: string, host: string, port: number): readonly string[] | undefined => {
    const server = servers.find((each) => each.name === name);
    return server && throughSsh(server, settings.dataFolder, host, port);
  };
}

export function makeMailSetups(settings: Settings): MailSetups {
  const { servers } = settings.config;
  return {
    look: (name, deadlineMs) => {
      const server = servers.find((each) => each.name === name);
      return server && lookAtSetup(name, server.mta, hostOf(server, settings.dataFolder), server.instances, deadlineMs);
    },
  };
}
