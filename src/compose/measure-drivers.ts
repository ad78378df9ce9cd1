/** Which driver carries out which order, from the configuration. */
import { openNftables } from '../../adapters/firewall/netfilter/nftables/driver.ts';
import type { FirewallConfig } from '../config/schema.ts';
import type { MeasureOrder } from '../domain/measures/order.ts';
import { targetOf } from '../domain/measures/order.ts';
import type { MeasureDriver, MeasureDrivers } from '../ports/measures.ts';
import { hostOf } from './hosts.ts';
import { mailDriver } from './mail-drivers.ts';
import type { Settings } from './settings.ts';

type Found = ReturnType<MeasureDrivers['find']>;

/** `agentOf`: the driver of a target that is reached through its agent. */
export function makeMeasureDrivers(settings: Settings, agentOf: (target: string) => MeasureDriver): MeasureDrivers {
  const { config } = settings;
  return {
    find(order: MeasureOrder): Found {
      const name = targetOf(order);
      switch (order.kind) {
        case 'block-port-25':
        case 'unplug':
        case 'quarantine-host': {
          const firewall = config.firewalls.find((each) => each.name === name);
          if (firewall?.reach === 'agent') return agentOf(name);
          return firewall ? firewallDriver(firewall, settings) : missing('firewall', name, config.firewalls);
        }
        case 'freeze-outbound':
        case 'reroute':
        case 'disable-account':
        case 'clean-queue': {
          const server = config.servers.find((each) => each.name === name);
          if (server?.reach === 'agent') return agentOf(name);
          return server ? mailDriver(server, order.kind, settings) : missing('server', name, config.servers);
        }
        default:
          return order satisfies never;
      }
    },
  };
}

function firewallDriver(firewall: FirewallConfig, settings: Settings): MeasureDriver | Found {
  const mailServers = settings.config.servers.flatMap((server) => server.addresses.map((ip) => ip.text));
  switch (firewall.kind) {
    case 'nftables':
      return openNftables(
        {
          name: firewall.name,
          outside: firewall.outside,
          keep: firewall.keep.map(textOf),
          manage: firewall.manage.map(textOf),
          allowed: firewall.allowed.map(textOf),
          mailServers,
        },
        hostOf(firewall, settings.dataFolder),
        () => Date.now(),
      );
    case 'iptables':
    case 'opnsense':
    case 'mikrotik':
    case 'by-hand':
      return {
        refused: `there is no driver for ${firewall.kind} yet`,
        remedy: `do it by hand on ${firewall.name}`,
      };
    default:
      return firewall.kind satisfies never;
  }
}

function textOf(range: FirewallConfig['keep'][number]): string {
  return range.size === 1 ? range.base.text : range.text;
}

function missing(what: string, name: string, known: readonly { readonly name: string }[]): Found {
  const names = known.map((each) => each.name).join(', ');
  return {
    refused: `there is no ${what} ${JSON.stringify(name)}`,
    remedy: names === '' ? `put one under ${what}s in tourniquet.yaml` : `say one of ${names}`,
  };
}
