/**
 * Who tried, as a MikroTik router tells it: everybody from the list that the block fills, how often and where to from the
 * router's log. The log holds only its last lines, so that attempts are "at least".
 */
import { parseIp } from '../../../src/domain/address/ip.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import { openLogFold } from '../../../src/domain/hunt/logs/fold.ts';
import type { Attempts, Before, Look } from '../../../src/domain/hunt/look.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import type { Watch } from '../../../src/ports/watch.ts';
import { listOf } from './items.ts';
import { connectionsOf, openRouter } from './rest.ts';

const PORTS = [25, 465, 587];

/** `zone`: of the router's own clock. */
export function watchMikrotik(name: string, api: DeviceApi, zone: string, now: () => number): Watch {
  const router = openRouter(name, api);
  const why = (error: unknown) => {
    if (!(error instanceof HostUnknown)) throw error;
    return say`${name} could not be asked: ${foreign(error.message, 300)}`;
  };
  return {
    before: async (): Promise<Before> => {
      try {
        const connections = (await connectionsOf(router)).filter(({ port }) => PORTS.includes(port));
        return {
          kind: 'seen',
          connections: connections.map(({ source, destination, port }) => ({ source, destination, port })),
        };
      } catch (error) {
        return { kind: 'unknown', why: why(error) };
      }
    },
    ownAddresses: async () => {
      const rows = await router.list('ip/address').catch(() => []);
      return rows.flatMap((row) => (row['address'] ?? '').split('/')[0] || []);
    },
    attempts: async ({ tag }): Promise<Look> => {
      try {
        const [four, six, log] = await Promise.all(
          ['ip/firewall/address-list', 'ipv6/firewall/address-list', 'log'].map((menu) => router.list(menu)),
        );
        const tried = [...(four ?? []), ...(six ?? [])].filter((row) => row['list'] === listOf(tag, 'tried'));
        const fold = openLogFold({ ports: PORTS, zone, now: now(), isInside: (address) => listed.has(address) });
        const listed = new Set(
          tried.flatMap((row) => {
            const ip = parseIp((row['address'] ?? '').replace(/\/(32|128)$/, ''));
            return ip.kind === 'ok' ? [ip.value.text] : [];
          }),
        );
        for (const row of log ?? [])
          if (row['message']?.startsWith(`tourniquet ${tag} `))
            fold.add(`${row['time'] ?? ''} firewall,info ${row['message']}`);
        const logged = new Map(fold.end().sources.map((each) => [each.source, each]));
        const sources = [...listed].map(
          (source): Attempts => logged.get(source) ?? { source, attempts: 1, destinations: 1, ports: [25], macs: [] },
        );
        return { kind: 'counted', at: now(), full: false, sources };
      } catch (error) {
        return { kind: 'unknown', at: now(), why: why(error) };
      }
    },
  };
}
