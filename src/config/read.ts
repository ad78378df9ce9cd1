/**
 * tourniquet.yaml -> Config, or every fault at once, each with its line, column and remedy.
 *
 * Rules:
 * 1. Nothing is half taken: one fault, and the whole file is refused.
 * 2. A name that nothing has (a site's server, a firewall) is a fault like any other.
 */
import { configSchema } from './schema.ts';
import type { Config } from './schema.ts';
import { readYaml } from './yaml.ts';
import type { Fault } from './yaml.ts';

/** Reads the text of a configuration. Throws ConfigRefused. */
export function readConfig(text: string, file: string): Config {
  return readYaml(text, file, configSchema, {}, danglingNames);
}

function danglingNames(config: Config): readonly Fault[] {
  const servers = config.servers.map((server) => server.name);
  const firewalls = config.firewalls.map((firewall) => firewall.name);
  const missing = (what: string, name: string, known: readonly string[]): string =>
    `no ${what} is called ${name}; ${known.length === 0 ? `there are none under ${what}s` : `there are ${known.join(', ')}`}`;
  return config.sites.flatMap((site, index) => [
    ...site.servers.flatMap((name, at) =>
      servers.includes(name) ? [] : [{ path: ['sites', index, 'servers', at], why: missing('server', name, servers) }],
    ),
    ...(site.firewall === undefined || firewalls.includes(site.firewall)
      ? []
      : [{ path: ['sites', index, 'firewall'], why: missing('firewall', site.firewall, firewalls) }]),
  ]);
}
