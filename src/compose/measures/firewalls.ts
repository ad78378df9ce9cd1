/** The driver and the watch of each kind of firewall. */
import { networkInterfaces } from 'node:os';
import { openByHand } from '../../../adapters/firewall/by-hand/driver.ts';
import { openIptables } from '../../../adapters/firewall/netfilter/iptables/driver.ts';
import { watchIptables } from '../../../adapters/firewall/netfilter/iptables/watch.ts';
import { openMikrotik } from '../../../adapters/firewall/mikrotik/driver.ts';
import { watchMikrotik } from '../../../adapters/firewall/mikrotik/watch.ts';
import { openNftables } from '../../../adapters/firewall/netfilter/nftables/driver.ts';
import { watchNftables } from '../../../adapters/firewall/netfilter/nftables/watch.ts';
import { openOpnsense } from '../../../adapters/firewall/opnsense/driver.ts';
import type { OpnsenseGateway } from '../../../adapters/firewall/opnsense/switches.ts';
import { watchOpnsense } from '../../../adapters/firewall/opnsense/watch.ts';
import type { Gateway } from '../../../adapters/firewall/netfilter/resolved.ts';
import { tcpProbe } from '../../../adapters/network/probe.ts';
import { cidrContains } from '../../domain/address/cidr.ts';
import { parseIp } from '../../domain/address/ip.ts';
import { plain, say } from '../../domain/foreign.ts';
import type { FirewallConfig } from '../../config/schema.ts';
import type { Hands } from '../../ports/hands.ts';
import type { MeasureDriver, MeasureDrivers } from '../../ports/measures.ts';
import type { Watch, Watches } from '../../ports/watch.ts';
import { deviceApiOf } from './device-apis.ts';
import { makeGrounds } from './grounds.ts';
import { hostOf } from '../hosts/hosts.ts';
import type { Settings } from '../settings.ts';

const now = (): number => Date.now();

/**
 * Its plans say what it does to the bot itself, whoever carries it out: the alarm's own mail, and the names it looks up
 * (`resolvers`: their addresses, of the bot's host).
 */
export function sayingOfTheBot(
  driver: MeasureDriver,
  firewall: FirewallConfig,
  settings: Settings,
  resolvers: readonly string[],
): MeasureDriver {
  const behind = pagersBehind(firewall, settings);
  return {
    ...driver,
    plan: async (order, tag) => {
      const plan = await driver.plan(order, tag);
      const isCut = order.kind === 'unplug' || (order.kind === 'block-port-25' && order.who === 'everyone');
      const asked = order.kind === 'unplug' ? resolversCutOff(firewall, settings, resolvers).join(', ') : '';
      const notes = [
        ...(isCut && behind.length > 0
          ? [say`the pager's mail leaves through ${behind.join(', ')} behind it, and is held with the rest`]
          : []),
        ...(asked === ''
          ? []
          : [
              say`the bot asks ${asked} for names, which can't look them up then: what it has open goes on, but it finds its chat anew only when the plug is back; put ${asked} under keep too (of ${firewall.name} itself its outside address), or have the bot ask a resolver outside`,
            ]),
      ];
      // An agent may know of it too.
      const known = new Set(plan.blastRadius.map(plain));
      return { ...plan, blastRadius: [...plan.blastRadius, ...notes.filter((each) => !known.has(plain(each)))] };
    },
  };
}

/** The bot is kept connected, and all that it asks for names is inside and isn't. */
function resolversCutOff(
  firewall: FirewallConfig,
  settings: Settings,
  resolvers: readonly string[],
): readonly string[] {
  const isInside = insideOf(firewall, settings);
  const isKept = (address: string): boolean => {
    const ip = parseIp(address);
    return ip.kind === 'ok' && firewall.keep.some((each) => cidrContains(each, ip.value));
  };
  const areCut =
    firewall.keep.length > 0 && resolvers.length > 0 && resolvers.every((each) => isInside(each) && !isKept(each));
  return areCut ? resolvers : [];
}

/** Of the sites behind it; of all where none is named. */
function pagersBehind(firewall: FirewallConfig, { config }: Settings): readonly string[] {
  const sites = config.sites.filter((site) => site.firewall === firewall.name);
  return config.servers
    .filter((server) => server.pagerLeavesHere)
    .filter((server) => sites.length === 0 || sites.some((site) => site.servers.includes(server.name)))
    .map((server) => server.name);
}

export function firewallDriver(
  firewall: FirewallConfig,
  settings: Settings,
  hands: Hands,
): MeasureDriver | ReturnType<MeasureDrivers['find']> {
  const host = hostOf(firewall, settings.dataFolder);
  switch (firewall.kind) {
    case 'nftables':
      return openNftables(gatewayOf(firewall, settings), host, now);
    case 'iptables':
      return openIptables(gatewayOf(firewall, settings), host, now);
    case 'mikrotik': {
      const api = deviceApiOf(firewall);
      if ('refused' in api) return api;
      return openMikrotik({ ...gatewayOf(firewall, settings), isInside: insideOf(firewall, settings) }, api, now);
    }
    case 'opnsense': {
      const api = deviceApiOf(firewall);
      if ('refused' in api) return api;
      return openOpnsense({ ...gatewayOf(firewall, settings), ...placeOf(firewall, settings) }, api);
    }
    case 'by-hand': {
      const { name, mailServers, allowed } = gatewayOf(firewall, settings);
      const at = firewall.probe === undefined ? undefined : probeAt(firewall.probe);
      const here = Object.values(networkInterfaces()).flatMap((cards) => (cards ?? []).map(({ address }) => address));
      return openByHand({ name, mailServers, allowed, here, ...(at && { probe: at }) }, hands, tcpProbe);
    }
    default:
      return firewall.kind satisfies never;
  }
}

export function firewallWatch(firewall: FirewallConfig, settings: Settings): Watch | ReturnType<Watches['find']> {
  const { name, kind } = firewall;
  const host = hostOf(firewall, settings.dataFolder);
  switch (kind) {
    case 'nftables':
      return watchNftables(name, host, now);
    case 'iptables':
      return watchIptables(name, host, now);
    case 'mikrotik': {
      const api = deviceApiOf(firewall);
      return 'refused' in api ? api : watchMikrotik(name, api, timezoneOf(firewall, settings), now);
    }
    case 'opnsense': {
      const api = deviceApiOf(firewall);
      const zone = timezoneOf(firewall, settings);
      return 'refused' in api ? api : watchOpnsense({ name, zone, ...placeOf(firewall, settings) }, api, now);
    }
    case 'by-hand':
      return {
        refused: `${name} (${kind}) can't be watched from here`,
        remedy: `hand over its log: hunt ${name} --log FILE`,
      };
    default:
      return kind satisfies never;
  }
}

function gatewayOf(firewall: FirewallConfig, settings: Settings): Gateway {
  return {
    name: firewall.name,
    outside: firewall.outside,
    keep: firewall.keep.map(textOf),
    manage: firewall.manage.map(textOf),
    allowed: firewall.allowed.map(textOf),
    mailServers: settings.config.servers.flatMap((server) => server.addresses.map((ip) => ip.text)),
    own: ownOf(firewall, settings),
  };
}

/** Its own public addresses are those of the sites behind it. */
function placeOf(firewall: FirewallConfig, settings: Settings): Pick<OpnsenseGateway, 'own' | 'isInside'> {
  return {
    own: ownOf(firewall, settings),
    isInside: insideOf(firewall, settings),
  };
}

function ownOf(firewall: FirewallConfig, { config }: Settings): readonly string[] {
  const sites = config.sites.filter((site) => site.firewall === firewall.name);
  return sites.flatMap((site) => site.addresses.map((ip) => ip.text));
}

function timezoneOf(firewall: FirewallConfig, settings: Settings): string {
  const ground = makeGrounds(settings.config).find(firewall.name);
  return 'refused' in ground ? 'UTC' : ground.timezone;
}

function insideOf(firewall: FirewallConfig, settings: Settings): (address: string) => boolean {
  const ground = makeGrounds(settings.config).find(firewall.name);
  const ranges = 'refused' in ground ? [] : ground.inside;
  return (address) => {
    const ip = parseIp(address);
    return ip.kind === 'ok' && ranges.some((range) => cidrContains(range, ip.value));
  };
}

/** `mail.example.org`, `[2001:db8::1]:25`; without a port it is 25. */
function probeAt(text: string): { readonly host: string; readonly port: number } {
  const [, six, host, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: six ?? host ?? text, port: Number(port ?? 25) };
}

function textOf(range: FirewallConfig['keep'][number]): string {
  return range.size === 1 ? range.base.text : range.text;
}
