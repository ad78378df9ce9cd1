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
  const missing = (what: string, name: string, known: readonly string[], under = `${what}s`): string =>
    `no ${what} is called ${name}; ${known.length === 0 ? `there are none under ${under}` : `there are ${known.join(', ')}`}`;
  const people = config.people.map((person) => person.name);
  const rotas = config.rota.map((rota) => rota.name);
  const groups = config.groups.map((group) => group.name);
  const onCall: readonly Fault[] = [
    ...config.rota.flatMap((rota, index) => [
      ...rota.people.flatMap((name, at) =>
        people.includes(name)
          ? []
          : [{ path: ['rota', index, 'people', at], why: missing('person', name, people, 'people') }],
      ),
      ...rota.overrides.flatMap(({ person }, at) =>
        people.includes(person)
          ? []
          : [{ path: ['rota', index, 'overrides', at, 'person'], why: missing('person', person, people, 'people') }],
      ),
    ]),
    ...(config.escalation?.tiers ?? []).flatMap((tier, index) =>
      tier.call.flatMap((name, at) => {
        const [kind, own] = name.includes(':') ? name.split(':') : ['person', name];
        const known = kind === 'rota' ? rotas : kind === 'group' ? groups : people;
        if (own !== undefined && known.includes(own)) return [];
        const under = kind === 'rota' ? 'rota' : kind === 'group' ? 'groups' : 'people';
        const why = missing(kind ?? 'person', own ?? name, known, under);
        return [{ path: ['escalation', 'tiers', index, 'call', at], why }];
      }),
    ),
  ];
  const sites = config.sites.flatMap((site, index) => [
    ...site.servers.flatMap((name, at) =>
      servers.includes(name) ? [] : [{ path: ['sites', index, 'servers', at], why: missing('server', name, servers) }],
    ),
    ...(site.firewall === undefined || firewalls.includes(site.firewall)
      ? []
      : [{ path: ['sites', index, 'firewall'], why: missing('firewall', site.firewall, firewalls) }]),
  ]);
  const reachable = config.servers.filter((server) => typeof server.reach === 'object').map((server) => server.name);
  const vantages = config.sites.flatMap(({ relayTest }, index) =>
    relayTest === undefined || relayTest.from === 'here' || reachable.includes(relayTest.from)
      ? []
      : [
          {
            path: ['sites', index, 'relayTest', 'from'],
            why: `${relayTest.from} is no server that is reached by ssh; write here, or one of those`,
          },
        ],
  );
  const logs = config.servers.flatMap((server, index) =>
    server.log === 'tracking' && server.mta !== 'exchange'
      ? [{ path: ['servers', index, 'log'], why: 'only Exchange has message tracking; write a file, or journal' }]
      : [],
  );
  return [...sites, ...vantages, ...logs, ...onCall];
}
