/** Who looks on which firewall, and where machines are looked up, from the configuration. */
import { localFiles } from '../../../adapters/files/local.ts';
import { openNetwork } from '../../../adapters/network/machines.ts';
import type { Caller } from '../../../jobs/agent/line.ts';
import type { FirewallConfig } from '../../config/schema.ts';
import type { Resolver } from '../../ports/dns.ts';
import type { Network } from '../../ports/network.ts';
import type { Watches } from '../../ports/watch.ts';
import { joinNetworks, makeAgentWatch } from './agent-looks.ts';
import { firewallWatch } from '../measures/firewalls.ts';
import { hostOf } from './hosts.ts';
import type { Settings } from '../settings.ts';

/** `lineTo`: the line to the agent of a firewall that is reached so. */
export function makeWatches(settings: Settings, lineTo: (target: string) => Caller): Watches {
  const { firewalls } = settings.config;
  return {
    find: (name) => {
      const firewall = firewalls.find((each) => each.name === name);
      if (!firewall)
        return {
          refused: `there is no firewall ${JSON.stringify(name)}`,
          remedy: 'put it under firewalls in tourniquet.yaml',
        };
      if (firewall.reach === 'agent') return makeAgentWatch(lineTo(name), () => Date.now());
      return firewallWatch(firewall, settings);
    },
  };
}

/**
 * What this host and the firewalls' agents know. `resolver`: the one that knows the names of inside addresses. Nothing is
 * opened before somebody is looked up.
 */
export function makeNetwork(settings: Settings, resolver: Resolver, lineTo: (target: string) => Caller): Network {
  let network: Network | undefined;
  const opened = (): Network => {
    const agents = settings.config.firewalls
      .filter((firewall) => firewall.reach === 'agent')
      .map(({ name }) => ({ name, caller: lineTo(name) }));
    return joinNetworks(openNetworkOf(settings, resolver, agents.length > 0), agents);
  };
  return {
    identify: (wanted, deadlineMs) => (network ??= opened()).identify(wanted, deadlineMs),
  };
}

/** What this host alone knows: an agent's part. */
export function makeOwnNetwork(settings: Settings, resolver: Resolver): Network {
  let network: Network | undefined;
  return {
    identify: (wanted, deadlineMs) =>
      (network ??= openNetworkOf(settings, resolver, false)).identify(wanted, deadlineMs),
  };
}

function openNetworkOf({ config, dataFolder }: Settings, resolver: Resolver, hasAgents: boolean): Network {
  const isLinux = (firewall: FirewallConfig): boolean =>
    (firewall.kind === 'nftables' || firewall.kind === 'iptables') && firewall.reach !== 'agent';
  return openNetwork({
    leases: config.network.leases,
    segments: config.firewalls
      .filter(isLinux)
      .map((firewall) => ({ name: firewall.name, host: hostOf(firewall, dataFolder) })),
    resolver,
    files: localFiles,
    // On the firewall that gives out the addresses, where its agent reads it.
    ...(hasAgents && { isElsewhere: async (file) => (await localFiles.writtenAt(file)) === undefined }),
  });
}
