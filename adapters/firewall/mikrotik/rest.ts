/** RouterOS' REST interface: menus as lists of objects whose values are all text. */
import { parseIp } from '../../../src/domain/address/ip.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { FenceLost } from '../../../src/ports/host.ts';
import type { ApiReply, DeviceApi } from '../../../src/ports/device-api.ts';

export type Row = Readonly<Record<string, string>>;

export interface Router {
  list(menu: string): Promise<readonly Row[]>;
  add(menu: string, properties: Row, fence: number): Promise<void>;
  set(menu: string, id: string, properties: Row, fence: number): Promise<void>;
  /** What is gone already is no fault. */
  remove(menu: string, id: string, fence: number): Promise<void>;
  /** Throws FenceLost where a later hand has acted on the router. */
  claim(fence: number): Promise<void>;
}

/** Where the largest number is kept: the comment of a disabled entry, which no rule looks at. */
const FENCE_MENU = 'ip/firewall/address-list';
const FENCE = { list: 'tourniquet-fence', address: '192.0.2.1' } as const;

export function openRouter(name: string, api: DeviceApi): Router {
  const ok = (reply: ApiReply, what: string): ApiReply => {
    if (reply.status < 300) return reply;
    throw new HostUnknown(`${name} refused ${what} (${reply.status}): ${detailOf(reply.body)}`);
  };
  const router: Router = {
    list: async (menu) => {
      const { body } = ok(await api.call('GET', `/rest/${menu}`), `to list ${menu}`);
      if (!Array.isArray(body)) throw new HostUnknown(`${name} did not answer with a list of ${menu}`);
      return body.map(rowOf);
    },
    add: async (menu, properties, fence) => {
      const reply = await api.call('PUT', `/rest/${menu}`, { body: properties, fence });
      // Laid by an earlier try whose answer was lost.
      if (reply.status === 400 && detailOf(reply.body).includes('already have such entry')) return;
      ok(reply, `to add to ${menu}`);
    },
    set: async (menu, id, properties, fence) => {
      ok(await api.call('PATCH', `/rest/${menu}/${id}`, { body: properties, fence }), `to change ${menu}`);
    },
    remove: async (menu, id, fence) => {
      const reply = await api.call('DELETE', `/rest/${menu}/${id}`, { fence });
      if (reply.status !== 404) ok(reply, `to remove from ${menu}`);
    },
    claim: async (fence) => {
      const held = (await router.list(FENCE_MENU)).find((row) => row['list'] === FENCE.list);
      const seen = Number(held?.['comment'] ?? 0);
      if (seen > fence) throw new FenceLost(name);
      if (seen === fence) return;
      const properties = { ...FENCE, disabled: 'yes', comment: String(fence) };
      if (held) await router.set(FENCE_MENU, held['.id'] ?? '', { comment: String(fence) }, fence);
      else await router.add(FENCE_MENU, properties, fence);
    },
  };
  return router;
}

/** As RouterOS prints a duration: 1d2h3m4s, 00:29:58. In seconds; undefined where it is none. */
export function secondsOf(text: string | undefined): number | undefined {
  const clock = /^(?:(\d+)d)?(\d\d):(\d\d):(\d\d)$/.exec(text ?? '');
  if (clock) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0));
    return days * 86_400 + hours * 3600 + minutes * 60 + seconds;
  }
  const parts = [...(text ?? '').matchAll(/(\d+)([wdhms])/g)];
  const units: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
}

export interface RouterConnection {
  readonly menu: string;
  readonly id: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** TCP connections that the router tracks, of both families. */
export async function connectionsOf(router: Router): Promise<readonly RouterConnection[]> {
  const lists = await Promise.all(
    ['ip/firewall/connection', 'ipv6/firewall/connection'].map(async (menu) =>
      (await router.list(menu)).map((row) => ({ menu, row })),
    ),
  );
  return lists.flat().flatMap(({ menu, row }): readonly RouterConnection[] => {
    const [from, to] = [row['src-address'], row['dst-address']].map((text) => endpointOf(text ?? ''));
    if (row['protocol'] !== 'tcp' || !from || !to) return [];
    return [{ menu, id: row['.id'] ?? '', source: from.address, destination: to.address, port: to.port }];
  });
}

/** `192.168.88.20:59388`, `[2001:db8::1]:25`. */
function endpointOf(text: string): { readonly address: string; readonly port: number } | undefined {
  const found = /^(.*):(\d+)$/.exec(text);
  const ip = parseIp((found?.[1] ?? '').replaceAll(/[[\]]/g, ''));
  return ip.kind === 'bad' ? undefined : { address: ip.value.text, port: Number(found?.[2]) };
}

function rowOf(value: unknown): Row {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([key, each]) => [key, String(each)]));
}

function detailOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  return [Reflect.get(body, 'message'), Reflect.get(body, 'detail')]
    .filter((part) => typeof part === 'string')
    .join(': ')
    .slice(0, 300);
}
