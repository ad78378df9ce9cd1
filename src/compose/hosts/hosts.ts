/** The way to a configured host: here, or by ssh. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../../../adapters/host/process.ts';
import { sshArgv, sshForwardArgv } from '../../../adapters/host/ssh.ts';
import type { FirewallConfig, ServerConfig } from '../../config/schema.ts';
import { HostUnknown } from '../../ports/host.ts';
import type { Host } from '../../ports/host.ts';

/** `dataFolder`: where a reused ssh connection has its socket, and this machine's own fence is kept. */
export function hostOf(target: Pick<ServerConfig | FirewallConfig, 'name' | 'reach'>, dataFolder: string): Host {
  const { reach } = target;
  if (reach === 'agent') return onlyByAgent(target.name);
  if (reach === 'local') return openHost(target.name, (argv) => argv, join(dataFolder, 'fence', target.name));
  const folder = join(dataFolder, 'ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openHost(target.name, (argv) => sshArgv(reach.ssh, argv, folder));
}

/** An agent carries out measures; it runs no programs for anybody, and gives no looks. */
function onlyByAgent(name: string): Host {
  const why = `${name} is reached through its agent, which gives no such look. Give it reach: ssh for that.`;
  return {
    // oxlint-disable-next-line require-yield
    async *lines() {
      throw new HostUnknown(why);
    },
    run: async () => {
      throw new HostUnknown(why);
    },
  };
}

/** The argv whose standard input and output are a connection from that host's network; undefined where it is this one. */
export function throughSsh(
  target: Pick<ServerConfig, 'reach'>,
  dataFolder: string,
  host: string,
  port: number,
): readonly string[] | undefined {
  const { reach } = target;
  if (typeof reach === 'string') return undefined;
  const folder = join(dataFolder, 'ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return sshForwardArgv(reach.ssh, host, port, folder);
}
