/** The way to a configured host: here, or by ssh. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../../adapters/host/process.ts';
import { sshArgv } from '../../adapters/host/ssh.ts';
import type { FirewallConfig, ServerConfig } from '../config/schema.ts';
import type { Host } from '../ports/host.ts';

/** `dataFolder`: where a reused ssh connection has its socket, and this machine's own fence is kept. */
export function hostOf(target: Pick<ServerConfig | FirewallConfig, 'name' | 'reach'>, dataFolder: string): Host {
  const { reach } = target;
  if (typeof reach === 'string') return openHost(target.name, (argv) => argv, join(dataFolder, 'fence', target.name));
  const folder = join(dataFolder, 'ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openHost(target.name, (argv) => sshArgv(reach.ssh, argv, folder));
}
