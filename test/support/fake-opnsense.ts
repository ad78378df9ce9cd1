/**
 * OPNsense's interface, strictly as its sources have it (core: Firewall/Api/AliasUtilController, AliasController export,
 * FilterController searchRule, Diagnostics/Api/FirewallController): what it doesn't know is refused, GET never changes.
 */
import { startFakeApi } from './fake-api.ts';
import type { FakeApi, FakeReply } from './fake-api.ts';

export interface FakeAlias {
  name: string;
  type: string;
  enabled: string;
  expire: string;
}

export interface FakeState {
  readonly id: string;
  readonly proto: string;
  readonly src_addr: string;
  readonly src_port: string;
  readonly dst_addr: string;
  readonly dst_port: string;
}

export interface FakeOpnsense extends FakeApi {
  readonly aliases: FakeAlias[];
  readonly rules: { description: string; enabled: string }[];
  /** The tables in pf: entry -> seconds since it was added. */
  table(alias: string): Map<string, number>;
  states: FakeState[];
  log: Record<string, string>[];
  /** Time passes, and the firewall's own job removes what has expired. */
  pass(seconds: number): void;
}

export async function startFakeOpnsense(): Promise<FakeOpnsense> {
  const tables = new Map<string, Map<string, number>>();
  let now = 0;
  const table = (alias: string): Map<string, number> => {
    const found = tables.get(alias) ?? new Map<string, number>();
    tables.set(alias, found);
    return found;
  };
  const base = await startFakeApi((method, path, body) => answer(fake, method, path, body, () => now));
  const fake: FakeOpnsense = Object.assign(base, {
    aliases: ['block', 'submission', 'quarantine', 'fence', 'plug'].map((name) => ({
      name: `tourniquet_${name}`,
      type: 'external',
      enabled: '1',
      expire: name === 'plug' ? '1800' : '',
    })),
    rules: ['block', 'submission', 'quarantine', 'plug'].map((name) => ({
      description: `tourniquet ${name}`,
      enabled: '1',
    })),
    table,
    states: [] as FakeState[],
    log: [] as Record<string, string>[],
    pass: (seconds: number) => {
      now += seconds;
      for (const alias of fake.aliases)
        for (const [entry, added] of table(alias.name))
          if (alias.expire !== '' && now - added > Number(alias.expire)) table(alias.name).delete(entry);
    },
  });
  return fake;
}

function answer(fake: FakeOpnsense, method: string, path: string, body: unknown, now: () => number): FakeReply {
  const done = (reply: unknown): FakeReply => ({ status: 200, body: reply });
  const [, verb = '', alias = ''] = /^\/api\/firewall\/alias_util\/(list|add|delete)\/([a-z_]+)$/.exec(path) ?? [];
  const address = (body as { address?: string } | undefined)?.address ?? '';
  if (verb === 'list') {
    const rows = [...fake.table(alias).keys()].toSorted().map((ip) => ({ ip }));
    return done({ total: rows.length, rowCount: 9999, current: 1, rows });
  }
  if (verb !== '' && (method !== 'POST' || address === '')) return done({ status: 'failed' });
  if (verb === 'add') {
    if (/[^0-9a-f:./_]/.test(address)) return done({ status: 'not_an_address' });
    if (!fake.aliases.some((each) => each.name === alias))
      return done({ status: 'failed', status_msg: `non existing alias ${alias}` });
    if (!fake.table(alias).has(address)) fake.table(alias).set(address, now());
    return done({ status: 'done' });
  }
  if (verb === 'delete') {
    fake.table(alias).delete(address);
    return done({ status: 'done' });
  }
  if (method === 'GET' && path === '/api/firewall/alias/export')
    return done({
      aliases: {
        alias: Object.fromEntries(fake.aliases.map((each, index) => [`uuid-${index}`, { ...each, content: '' }])),
      },
    });
  if (method === 'GET' && path.startsWith('/api/firewall/filter/searchRule?'))
    return done({ rows: fake.rules, rowCount: fake.rules.length, total: fake.rules.length, current: 1 });
  if (method === 'POST' && path === '/api/diagnostics/firewall/query_states')
    return done({ rows: fake.states, rowCount: fake.states.length, total: fake.states.length, current: 1 });
  const killed = /^\/api\/diagnostics\/firewall\/del_state\/([0-9a-f]+)\/([0-9a-f]+)$/.exec(path);
  if (method === 'POST' && killed) {
    fake.states = fake.states.filter(({ id }) => id !== `${killed[1]}/${killed[2]}`);
    return done({ result: 'killed 1 states' });
  }
  if (method === 'GET' && path.startsWith('/api/diagnostics/firewall/log?limit=')) return done(fake.log);
  return { status: 404, body: { errorMessage: 'Endpoint not found' } };
}
