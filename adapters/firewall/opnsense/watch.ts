/** Who tried, from OPNsense's own log of what its rules blocked; who is connected, from its states. */
import { parseIp } from '../../../src/domain/address/ip.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Before, Look } from '../../../src/domain/hunt/look.ts';
import { openLogFold } from '../../../src/domain/hunt/logs/fold.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import type { Watch } from '../../../src/ports/watch.ts';
import { openConsole } from './console.ts';

const PORTS = [25, 465, 587];

export interface OpnsenseView {
  readonly name: string;
  /** The firewall's own public addresses. */
  readonly own: readonly string[];
  /** Of the firewall's own clock. */
  readonly zone: string;
  isInside(address: string): boolean;
}

export function watchOpnsense(view: OpnsenseView, api: DeviceApi, now: () => number): Watch {
  const device = openConsole(view.name, api);
  const why = (error: unknown) => {
    if (!(error instanceof HostUnknown)) throw error;
    return say`${view.name} could not be asked: ${foreign(error.message, 300)}`;
  };
  return {
    ownAddresses: async () => view.own,
    before: async (): Promise<Before> => {
      try {
        const states = (await device.states()).filter(({ port }) => PORTS.includes(port));
        return {
          kind: 'seen',
          connections: states.map(({ source, destination, port }) => ({ source, destination, port })),
        };
      } catch (error) {
        return { kind: 'unknown', why: why(error) };
      }
    },
    attempts: async (): Promise<Look> => {
      try {
        const fold = openLogFold({
          ports: PORTS,
          zone: view.zone,
          now: now(),
          isInside: (address) => view.isInside(address),
        });
        for (const line of await device.log()) fold.add(asFilterlog(line));
        return { kind: 'counted', at: now(), full: false, sources: fold.end().sources };
      } catch (error) {
        return { kind: 'unknown', at: now(), why: why(error) };
      }
    },
  };
}

/** The record brought back to the line that pf wrote, which has one reader (src/domain/hunt/logs). */
function asFilterlog(line: Readonly<Record<string, string>>): string {
  const source = parseIp(line['src'] ?? '');
  if (source.kind === 'bad' || line['protoname']?.toLowerCase() !== 'tcp') return '';
  const head = [
    '',
    '',
    '',
    line['rid'] ?? '',
    line['interface'] ?? '',
    'match',
    line['action'] ?? '',
    line['dir'] ?? '',
  ];
  const middle =
    source.value.family === 4
      ? ['4', '', '', '', '', '', '', '6', 'tcp', '', line['src'], line['dst']]
      : ['6', '', '', '', 'tcp', '6', '', line['src'], line['dst']];
  const tail = [line['srcport'], line['dstport'], '', line['tcpflags'], '', '', '', ''];
  return `${line['__timestamp__'] ?? ''} filterlog: ${[...head, ...middle, ...tail].map((part) => part ?? '').join(',')}`;
}
