/** RouterOS' REST interface: menus as lists of objects whose values are all text. */
import { parseIp } from '../../../src/domain/address/ip.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { FenceLost } from '../../../src/ports/host.ts';
import type { ApiReply, DeviceApi } from '../../../src/ports/device-api.ts';

export type Row = Readonly<Record<string, string>>;

export interface Router {
  list(menu: string): Promise<readonly Row[]>;
  /**
   * A rule comes right before the hand's own fence: the router itself refuses it once that is gone (FenceLost). Gives the
   * id; undefined where such an entry is there already.
   */
  add(menu: string, properties: Row, hand: Hand): Promise<string | undefined>;
  set(menu: string, id: string, properties: Row, fence: number): Promise<void>;
  /** What is gone already is no fault. */
  remove(menu: string, id: string, fence: number): Promise<void>;
  /** This hand is the one from now on. Throws FenceLost where a later one has acted on the router. */
  claim(fence: number): Promise<Hand>;
}

/** The one that may act: its fence is a rule that is switched off, before all others, with its number in the comment. */
export interface Hand {
  readonly fence: number;
  /** Its rule's id, by menu. */
  readonly rules: ReadonlyMap<string, string>;
}

const FENCED_MENUS = ['ip/firewall/filter', 'ipv6/firewall/filter'];
const FENCE = { chain: 'forward', action: 'passthrough', disabled: 'yes' } as const;

function fenceOf(row: Row): number | undefined {
  const found = /^tourniquet fence (\d+)$/.exec(row['comment'] ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Whether the hand's own rule still stands in what was listed of `menu`. */
export function isHeld(hand: Hand, menu: string, rows: readonly Row[]): boolean {
  return rows.some((row) => row['.id'] === hand.rules.get(menu) && fenceOf(row) === hand.fence);
}

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
    add: async (menu, properties, { fence, rules }) => {
      const before = rules.get(menu);
      const body = { ...properties, ...(before !== undefined && { 'place-before': before }) };
      const reply = await api.call('PUT', `/rest/${menu}`, { body, fence });
      const detail = reply.status === 400 ? detailOf(reply.body) : '';
      // Laid by an earlier try whose answer was lost.
      if (detail.includes('already have such entry')) return undefined;
      if (before !== undefined && detail.includes('no such item')) throw new FenceLost(name);
      return rowOf(ok(reply, `to add to ${menu}`).body)['.id'];
    },
    set: async (menu, id, properties, fence) => {
      ok(await api.call('PATCH', `/rest/${menu}/${id}`, { body: properties, fence }), `to change ${menu}`);
    },
    remove: async (menu, id, fence) => {
      const reply = await api.call('DELETE', `/rest/${menu}/${id}`, { fence });
      if (reply.status !== 404) ok(reply, `to remove from ${menu}`);
    },
    claim: async (fence) => {
      const refuse = (rows: readonly Row[]): void => {
        if (rows.some((row) => (fenceOf(row) ?? 0) > fence)) throw new FenceLost(name);
      };
      for (const menu of FENCED_MENUS) {
        const rows = await router.list(menu);
        refuse(rows);
        if (rows.some((row) => fenceOf(row) === fence)) continue;
        // After what this and other measures have laid. Dynamic rules (the dummy rule of FastTrack) have no place.
        const first = rows.find(
          (row) => !(row['comment'] ?? '').startsWith('tourniquet ') && row['dynamic'] !== 'true',
        );
        const body = {
          ...FENCE,
          comment: `tourniquet fence ${fence}`,
          ...(first && { 'place-before': first['.id'] }),
        };
        ok(await api.call('PUT', `/rest/${menu}`, { body, fence }), `to add to ${menu}`);
      }
      const rules = new Map<string, string>();
      for (const menu of FENCED_MENUS) {
        // Whoever came at the same moment is seen now, or sees this one.
        const rows = await router.list(menu);
        refuse(rows);
        for (const row of rows) {
          const number = fenceOf(row);
          if (number === fence) rules.set(menu, row['.id'] ?? '');
          else if (number !== undefined) await router.remove(menu, row['.id'] ?? '', fence);
        }
        if (!rules.has(menu)) throw new FenceLost(name);
      }
      return { fence, rules };
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

/** Any protocol's, with who answers in the end (behind a published port another than who was called). */
export interface CarriedConnection {
  readonly menu: string;
  readonly id: string;
  readonly ends: readonly [string, string];
  /** It may pass the filter. */
  readonly isFast: boolean;
}

export async function carriedConnections(router: Router): Promise<readonly CarriedConnection[]> {
  const lists = await Promise.all(
    ['ip/firewall/connection', 'ipv6/firewall/connection'].map(async (menu) =>
      (await router.list(menu)).map((row) => ({ menu, row })),
    ),
  );
  return lists.flat().flatMap(({ menu, row }): readonly CarriedConnection[] => {
    const from = addressOf(row['src-address']);
    const to = addressOf(row['reply-src-address'] ?? row['dst-address']);
    if (from === undefined || to === undefined) return [];
    return [{ menu, id: row['.id'] ?? '', ends: [from, to], isFast: row['fasttrack'] !== 'false' }];
  });
}

/** With a port or, as of ICMP, without. */
function addressOf(text = ''): string | undefined {
  const alone = parseIp(text.replaceAll(/[[\]]/g, ''));
  return alone.kind === 'ok' ? alone.value.text : endpointOf(text)?.address;
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
