/**
 * The kernel's own count of blocked attempts, from the sets of a block.
 *
 * An entry's timeout runs from its first packet and is never begun anew: it tells the first attempt of each destination.
 * The last attempt of each source is in a set beside, whose timeouts begin anew with each.
 */
import { parseIp } from '../../../../src/domain/address/ip.ts';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import type { Look } from '../../../../src/domain/hunt/look.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { Watch } from '../../../../src/ports/watch.ts';
import { rememberedConnections, sayGone } from '../conntrack.ts';
import { ownAddresses } from '../neighbours.ts';
import { setOf } from './rules.ts';

const LIMITS = { deadlineMs: 15_000, longest: 4000 };
const SET_SIZE = 65_536;
const KEPT_SECONDS = 86_400;

interface Entry {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly packets: number;
  readonly left: number;
}

export function watchIptables(name: string, host: Host, now: () => number): Watch {
  const entries = async (set: string): Promise<readonly Entry[]> => {
    const found: Entry[] = [];
    for await (const piece of host.lines(['ipset', 'save', set], LIMITS))
      for (const line of piece) found.push(...entryOf(line ?? ''));
    return found;
  };
  const lasts = async (set: string): Promise<readonly (readonly [string, number])[]> => {
    const found: (readonly [string, number])[] = [];
    for await (const piece of host.lines(['ipset', 'save', set], LIMITS))
      for (const line of piece) found.push(...lastOf(line ?? ''));
    return found;
  };
  return {
    before: () => rememberedConnections(host, name),
    ownAddresses: () => ownAddresses(host),
    attempts: async ({ tag }): Promise<Look> => {
      try {
        const [lists, noted] = await Promise.all([
          Promise.all(['tried', 'tried6'].map((what) => entries(setOf(tag, what)))),
          Promise.all(['last', 'last6'].map((what) => lasts(setOf(tag, what)))),
        ]);
        const leftOf = new Map(noted.flat());
        const at = now();
        return {
          kind: 'counted',
          at,
          full: lists.some((list) => list.length >= SET_SIZE),
          sources: [...Map.groupBy(lists.flat(), ({ source }) => source)].map(([source, list]) => ({
            source,
            attempts: list.reduce((sum, each) => sum + each.packets, 0),
            destinations: new Set(list.map(({ destination }) => destination)).size,
            ports: [...new Set(list.map(({ port }) => port))],
            first: at - ageMs(Math.min(...list.map(({ left }) => left))),
            ...lastAt(leftOf.get(source), at),
            lastAtLeast: at - ageMs(Math.max(...list.map(({ left }) => left))),
            macs: [],
          })),
        };
      } catch (error) {
        if (!(error instanceof HostUnknown)) throw error;
        const why = error.message.includes('given name does not exist')
          ? sayGone(name)
          : say`${name} could not be asked: ${foreign(error.message, 300)}`;
        return { kind: 'unknown', at: now(), why };
      }
    },
  };
}

function lastAt(left: number | undefined, at: number): { readonly last?: number } {
  return left === undefined ? {} : { last: at - ageMs(left) };
}

/** `add NAME 10.77.0.11 timeout 86399` */
function lastOf(line: string): readonly (readonly [string, number])[] {
  const found = /^add \S+ (\S+) timeout (\d+)/.exec(line);
  const source = parseIp(found?.[1] ?? '');
  return found && source.kind === 'ok' ? [[source.value.text, Number(found[2])]] : [];
}

/** Since an entry came, from the seconds that are left of it. */
function ageMs(left: number): number {
  return Math.max(0, KEPT_SECONDS - left) * 1000;
}

/** `add NAME 10.77.0.11,tcp:25,198.51.100.2 timeout 86399 packets 4 bytes 240` */
function entryOf(line: string): readonly Entry[] {
  const found = /^add \S+ ([^,]+),tcp:(\d+),(\S+) timeout (\d+) packets (\d+)/.exec(line);
  const source = parseIp(found?.[1] ?? '');
  const destination = parseIp(found?.[3] ?? '');
  if (!found || source.kind === 'bad' || destination.kind === 'bad') return [];
  return [
    {
      source: source.value.text,
      destination: destination.value.text,
      port: Number(found[2]),
      packets: Number(found[5]),
      left: Number(found[4]),
    },
  ];
}
