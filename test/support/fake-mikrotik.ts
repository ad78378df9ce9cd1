/**
 * RouterOS' REST interface, strictly as documented (help.mikrotik.com, REST API): PUT adds, PATCH sets, DELETE removes,
 * all values are text, ids are `*1A`; unknown menus and properties, doubles and unknown ids are refused.
 */
import { startFakeApi } from './fake-api.ts';
import type { FakeApi, FakeReply } from './fake-api.ts';

type Row = Record<string, string>;

const RULE = [
  'chain',
  'action',
  'protocol',
  'dst-port',
  'out-interface',
  'in-interface',
  'src-address',
  'dst-address',
  'src-address-list',
  'dst-address-list',
  'src-mac-address',
  'connection-state',
  'tcp-flags',
  'address-list',
  'address-list-timeout',
  'reject-with',
  'log',
  'log-prefix',
  'comment',
  'disabled',
  'place-before',
];
const ENTRY = ['list', 'address', 'timeout', 'comment', 'disabled'];
const MENUS: Readonly<Record<string, readonly string[]>> = {
  'ip/firewall/filter': RULE,
  'ipv6/firewall/filter': RULE,
  'ip/firewall/address-list': ENTRY,
  'ipv6/firewall/address-list': ENTRY,
  'ip/firewall/connection': [],
  'ipv6/firewall/connection': [],
  'ip/arp': [],
  'ip/address': [],
  log: [],
};

export interface FakeMikrotik extends FakeApi {
  rows(menu: string): Row[];
  /** The router's own clock moves on: entries whose timeout is over are gone. */
  pass(seconds: number): void;
}

export async function startFakeMikrotik(): Promise<FakeMikrotik> {
  const menus = new Map(Object.keys(MENUS).map((menu) => [menu, [] as Row[]]));
  const ends = new Map<Row, number>();
  let [now, id] = [0, 0];
  const rows = (menu: string): Row[] => menus.get(menu) ?? [];
  const bad = (detail: string): FakeReply => ({ status: 400, body: { error: 400, message: 'Bad Request', detail } });
  const missing: FakeReply = { status: 404, body: { error: 404, message: 'Not Found' } };
  const setTimeoutOf = (row: Row): void => {
    const seconds = /^(\d+)s$/.exec(row['timeout'] ?? '')?.[1];
    if (seconds === undefined) return;
    row['dynamic'] = 'true';
    ends.set(row, now + Number(seconds));
  };
  const add = (menu: string, body: Row): FakeReply => {
    const list = rows(menu);
    if (
      body['list'] !== undefined &&
      list.some((row) => row['list'] === body['list'] && row['address'] === body['address'])
    )
      return bad('failure: already have such entry');
    const { 'place-before': before, ...properties } = body;
    const at = before === undefined ? list.length : list.findIndex((row) => row['.id'] === before);
    if (at < 0) return bad('no such item');
    const row: Row = {
      '.id': `*${(id += 1).toString(16).toUpperCase()}`,
      dynamic: 'false',
      ...properties,
      disabled: properties['disabled'] === 'yes' ? 'true' : 'false',
    };
    setTimeoutOf(row);
    list.splice(at, 0, row);
    return { status: 201, body: row };
  };
  const base = await startFakeApi((method, path, body) => {
    const found = /^\/rest\/(.*?)(?:\/(\*[0-9A-F]+))?$/.exec(path);
    const menu = found?.[1] ?? '';
    const permitted = MENUS[menu];
    if (!permitted) return bad(`no such command or directory (${menu})`);
    const given: Row = typeof body === 'object' && body !== null ? (body as Row) : {};
    const unknown = Object.entries(given).find(([key, value]) => !permitted.includes(key) || typeof value !== 'string');
    if (unknown) return bad(`unknown parameter ${unknown[0]}`);
    const row = rows(menu).find((each) => each['.id'] === found?.[2]);
    if (method === 'GET')
      return {
        status: 200,
        body: rows(menu).map((each) => ({
          ...each,
          ...(ends.has(each) && { timeout: `${(ends.get(each) ?? 0) - now}s` }),
        })),
      };
    if (method === 'PUT') return add(menu, given);
    if (!row) return missing;
    if (method === 'PATCH') {
      Object.assign(row, given);
      setTimeoutOf(row);
      return { status: 200, body: row };
    }
    if (method !== 'DELETE') return bad('no such command');
    menus.set(
      menu,
      rows(menu).filter((each) => each !== row),
    );
    return { status: 204 };
  });
  return Object.assign(base, {
    rows,
    pass: (seconds: number) => {
      now += seconds;
      for (const [menu, list] of menus)
        menus.set(
          menu,
          list.filter((row) => (ends.get(row) ?? Infinity) > now),
        );
    },
  });
}
