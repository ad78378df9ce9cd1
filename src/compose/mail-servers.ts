/** The mail servers of the configuration, each with the way to its host. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../../adapters/host/process.ts';
import { sshArgv } from '../../adapters/host/ssh.ts';
import { openMailServer } from '../../adapters/mail/queue/listing.ts';
import type { ServerConfig } from '../config/schema.ts';
import type { MailServers } from '../ports/mail-server.ts';
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

function hostOf(server: ServerConfig, dataFolder: string) {
  const { reach } = server;
  if (typeof reach === 'string') return openHost(server.name, (argv) => argv);
  const folder = join(dataFolder, 'ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openHost(server.name, (argv) => sshArgv(reach.ssh, argv, folder));
}
