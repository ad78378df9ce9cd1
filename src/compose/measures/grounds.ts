/** The places that firewalls stand in front of, from the configuration. */
import { parseCidr } from '../../domain/address/cidr.ts';
import type { Cidr } from '../../domain/address/cidr.ts';
import type { Config } from '../../config/schema.ts';
import type { Ground, Grounds } from '../../ports/watch.ts';

/** RFC 1918, RFC 6598, RFC 4193: what is inside where nothing is configured. */
const PRIVATE: readonly Cidr[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
  (text) => {
    const read = parseCidr(text);
    return read.kind === 'ok' ? [read.value] : [];
  },
);

export function makeGrounds(config: Config): Grounds {
  const sites = config.sites.filter((site) => site.firewall !== undefined);
  const firewalls = config.firewalls.map(({ name }) => name);
  const names = [...new Set([...firewalls, ...sites.map(({ name }) => name)])];
  return {
    names,
    find: (name) => {
      const wanted = name ?? (firewalls.length === 1 ? firewalls[0] : undefined);
      const remedy =
        names.length === 0 ? 'put one under firewalls in tourniquet.yaml' : `say one of ${names.join(', ')}`;
      if (wanted === undefined) return { refused: 'no firewall was named', remedy };
      const firewall = firewalls.includes(wanted) ? wanted : sites.find((site) => site.name === wanted)?.firewall;
      return firewall === undefined
        ? { refused: `there is no firewall ${JSON.stringify(wanted)}`, remedy }
        : groundOf(firewall, config);
    },
  };
}

/** A firewall that no site names stands in front of everything. */
function groundOf(firewall: string, config: Config): Ground {
  const behind = config.sites.filter((site) => site.firewall === firewall);
  const names = behind.flatMap((site) => site.servers);
  const servers = behind.length === 0 ? config.servers : config.servers.filter(({ name }) => names.includes(name));
  const inside = behind.flatMap((site) => site.inside);
  return {
    firewall,
    mailServers: servers.map((server) => ({
      name: server.name,
      addresses: server.addresses.map((address) => address.text),
    })),
    inside: inside.length === 0 ? PRIVATE : inside,
    scanners: config.network.scanners,
    timezone: behind[0]?.timezone ?? 'UTC',
  };
}
