/** A resolver whose zone is a table: `NAME TYPE` -> data; a name that isn't there doesn't exist, `fails` doesn't answer. */
import type { Ask, RecordType, Resolver } from '../../src/ports/dns.ts';

export type Zone = Readonly<Record<string, readonly string[] | 'fails'>>;

export function resolverOf(zone: Zone): Resolver & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    servers: ['127.0.0.1:53'],
    ask: async ({ name, type }) => {
      asked.push(`${name} ${type}`);
      const found = zone[`${name} ${type}`];
      const by = { resolver: '127.0.0.1:53', ms: 1 };
      if (found === 'fails') return { kind: 'failed', why: 'servfail', detail: '', ...by };
      const rcode = found ? 'NOERROR' : 'NXDOMAIN';
      return { kind: 'answer', rcode, data: found ?? [], ttl: 60, ...by };
    },
    close: () => {},
  };
}

export function askOf(zone: Zone): Ask {
  const resolver = resolverOf(zone);
  return (name: string, type: RecordType) => resolver.ask({ name, type }, 1000);
}
