/** The configuration as the host of these servers and firewalls sees it: they are on it. */
import type { Config } from '../../config/schema.ts';

export function asLocal(config: Config, names: readonly string[]): Config {
  const local = <Target extends { readonly name: string }>(target: Target): Target =>
    names.includes(target.name) ? { ...target, reach: 'local' } : target;
  return { ...config, servers: config.servers.map(local), firewalls: config.firewalls.map(local) };
}
