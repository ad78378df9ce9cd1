import type { Config, ServerConfig, SiteConfig } from '../config/schema.ts';
import type { Subject } from '../domain/blocklists/query-name.ts';
import type { KnownServer, Place, RelayVantage, Sites } from '../ports/sites.ts';

/** The sites and servers of the configuration. */
export function makeSites(config: Config): Sites {
  const servers = config.servers.map(knownServer);
  return {
    subjects: () =>
      config.sites.flatMap((site): Subject[] => [
        ...site.addresses.map((ip): Subject => ({ kind: 'ip', ip })),
        ...site.domains.map((domain): Subject => ({ kind: 'domain', domain })),
      ]),
    names: config.sites.map((site) => site.name),
    servers,
    find: (name) => {
      const site = config.sites.find((each) => each.name === name);
      if (site)
        return placeOf(
          site,
          config.servers.filter((server) => site.servers.includes(server.name)),
        );
      const server = config.servers.find((each) => each.name === name);
      if (!server) return undefined;
      const home = config.sites.find((each) => each.servers.includes(name));
      return home
        ? { ...placeOf(home, [server]), name }
        : {
            name,
            addresses: server.addresses,
            domains: [],
            servers: [knownServer(server)],
            timezone: 'UTC',
            ...smartHostOf(server),
          };
    },
  };
}

function placeOf(site: SiteConfig, servers: readonly ServerConfig[]): Place {
  const own = servers.find((server) => server.smartHost !== undefined);
  const told = site.smartHost === undefined && own ? smartHostOf(own) : smartHostOf(site);
  return {
    name: site.name,
    addresses: site.addresses,
    domains: site.domains,
    ...(site.dkim.length > 0 && { dkimSelectors: site.dkim }),
    servers: servers.map(knownServer),
    ...(site.sharedAddress !== undefined && { sharedAddress: site.sharedAddress }),
    timezone: site.timezone,
    ...(site.relayTest && { relayTest: vantageOf(site.relayTest) }),
    ...(site.firewall !== undefined && { firewall: site.firewall }),
    ...told,
  };
}

function vantageOf({ from, recipient }: NonNullable<SiteConfig['relayTest']>): RelayVantage {
  return { from, ...(recipient !== undefined && { recipient }) };
}

function smartHostOf(from: Pick<SiteConfig, 'smartHost'>): Pick<Place, 'smartHost' | 'usesSmartHost'> {
  const { smartHost } = from;
  if (smartHost === undefined) return {};
  if (typeof smartHost === 'boolean') return { usesSmartHost: smartHost };
  const host = typeof smartHost.host === 'string' ? smartHost.host : smartHost.host.text;
  return { usesSmartHost: smartHost.inUse, smartHost: { host, port: smartHost.port } };
}

function knownServer(server: ServerConfig): KnownServer {
  const { name, addresses, helo } = server;
  const reach = typeof server.reach === 'object' ? 'ssh' : server.reach === 'local' ? 'here' : 'agent';
  return { name, addresses, reach, ...(helo !== undefined && { helo }) };
}
