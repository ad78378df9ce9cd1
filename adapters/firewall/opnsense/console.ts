/** OPNsense's interface for programs, as far as it is used here (docs.opnsense.org, api/core: firewall, diagnostics). */
import { parseIp } from '../../../src/domain/address/ip.ts';
import { FenceLost, HostUnknown } from '../../../src/ports/host.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import { fenceEntry, fenceOf, rangeOf, shown } from './ranges.ts';

export interface Alias {
  readonly name: string;
  readonly type: string;
  readonly isEnabled: boolean;
  /** Seconds after which an entry is removed; undefined: never. */
  readonly expire?: number;
}

export interface PfState {
  /** `id/creator`. */
  readonly id: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

export interface Console {
  aliases(): Promise<readonly Alias[]>;
  /** Descriptions of the automation rules that are switched on. */
  rules(): Promise<readonly string[]>;
  entries(alias: string): Promise<readonly string[]>;
  add(alias: string, entry: string, fence: number): Promise<void>;
  remove(alias: string, entry: string, fence: number): Promise<void>;
  states(): Promise<readonly PfState[]>;
  cut(state: PfState, fence: number): Promise<void>;
  log(): Promise<readonly Readonly<Record<string, string>>[]>;
  /** This hand is the one from now on. Throws FenceLost where a later one has acted on this firewall. */
  claim(fence: number): Promise<void>;
  /** Whether it still is. */
  isHeld(fence: number): Promise<boolean>;
}

export const FENCE_ALIAS = 'tourniquet_fence';
const MOST_STATES = 20_000;
const MOST_LOG_LINES = 5000;

export function openConsole(name: string, api: DeviceApi): Console {
  const get = async (path: string): Promise<unknown> => {
    const { status, body } = await api.call('GET', `/api/${path}`);
    if (status >= 300)
      throw new HostUnknown(`${name} refused /api/${path} (${status}). Has the key's user the right to it?`);
    return body;
  };
  const post = async (path: string, body: unknown, expected: string, fence?: number): Promise<unknown> => {
    const reply = await api.call('POST', `/api/${path}`, { body, ...(fence !== undefined && { fence }) });
    const said = fieldOf(reply.body, 'status') ?? fieldOf(reply.body, 'result');
    if (reply.status >= 300 || (expected !== '' && said !== expected))
      throw new HostUnknown(
        `${name} did not do /api/${path}: ${JSON.stringify(reply.body ?? reply.status).slice(0, 200)}`,
      );
    return reply.body;
  };
  const fences = async (): Promise<readonly number[]> =>
    (await opened.entries(FENCE_ALIAS)).flatMap((entry) => fenceOf(entry) ?? []);
  const opened: Console = {
    aliases: async () =>
      Object.values(recordOf(fieldOf(fieldOf(await get('firewall/alias/export'), 'aliases'), 'alias'))).map((each) => {
        const expire = Number(textOf(each, 'expire'));
        return {
          name: textOf(each, 'name'),
          type: textOf(each, 'type'),
          isEnabled: textOf(each, 'enabled') === '1',
          ...(expire > 0 && { expire }),
        };
      }),
    rules: async () =>
      rowsOf(await get('firewall/filter/searchRule?current=1&rowCount=-1&searchPhrase=tourniquet')).flatMap((row) =>
        textOf(row, 'enabled') === '1' ? [textOf(row, 'description')] : [],
      ),
    entries: async (alias) =>
      rowsOf(await get(`firewall/alias_util/list/${alias}`)).flatMap((row) => rangeOf(textOf(row, 'ip')).map(shown)),
    add: async (alias, entry, fence) => {
      await post(`firewall/alias_util/add/${alias}`, { address: entry }, 'done', fence);
    },
    remove: async (alias, entry, fence) => {
      await post(`firewall/alias_util/delete/${alias}`, { address: entry }, 'done', fence);
    },
    states: async () => {
      const asked = { current: 1, rowCount: MOST_STATES, searchPhrase: '' };
      return rowsOf(await post('diagnostics/firewall/query_states', asked, '')).flatMap((row): readonly PfState[] => {
        const [source, destination] = [parseIp(textOf(row, 'src_addr')), parseIp(textOf(row, 'dst_addr'))];
        if (source.kind === 'bad' || destination.kind === 'bad') return [];
        return [
          {
            id: textOf(row, 'id'),
            source: source.value.text,
            destination: destination.value.text,
            port: textOf(row, 'proto') === 'tcp' ? Number(textOf(row, 'dst_port')) : 0,
          },
        ];
      });
    },
    cut: async ({ id }, fence) => {
      const [state = '', creator = ''] = id.split('/');
      await post(`diagnostics/firewall/del_state/${state}/${creator}`, {}, '', fence);
    },
    log: async () => {
      const lines = await get(`diagnostics/firewall/log?limit=${MOST_LOG_LINES}`);
      return (Array.isArray(lines) ? lines : []).map((line) =>
        Object.fromEntries(Object.entries(recordOf(line)).map(([key, value]) => [key, String(value)])),
      );
    },
    claim: async (fence) => {
      const before = await fences();
      if (before.some((each) => each > fence)) throw new FenceLost(name);
      if (!before.includes(fence)) await opened.add(FENCE_ALIAS, fenceEntry(fence), fence);
      // Whoever came at the same moment is seen now, or sees this one.
      const seen = await fences();
      if (seen.some((each) => each > fence)) throw new FenceLost(name);
      for (const each of seen) if (each < fence) await opened.remove(FENCE_ALIAS, fenceEntry(each), fence);
    },
    isHeld: async (fence) => (await fences()).every((each) => each <= fence),
  };
  return opened;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function rowsOf(body: unknown): readonly unknown[] {
  const rows = fieldOf(body, 'rows');
  if (!Array.isArray(rows)) throw new HostUnknown('OPNsense did not answer with rows; is its version known?');
  return rows;
}

function textOf(value: unknown, key: string): string {
  const found = fieldOf(value, key);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}
