/**
 * The company's firewall: what it lets through follows from its files, and it counts who tried.
 *
 * Rules:
 * 1. A line that begins with `#` is switched off: that is how a hasty colleague opens port 25.
 * 2. What is refused is counted by source and destination, also where the source is the mail server.
 */
import { say } from '../../src/domain/foreign.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import { MeasureRefused } from '../../src/ports/measures.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import type { Host } from '../../src/ports/host.ts';
import { makeDevice } from './device.ts';
import type { Device } from './device.ts';
import { openDriver } from './driver.ts';
import type { OneFile } from './driver.ts';
import type { VirtualClock } from './clock.ts';

/** Who tried port 25, in monotonic milliseconds. */
export interface Tried {
  readonly address: string;
  attempts: number;
  readonly destinations: Set<string>;
  readonly first: number;
  last: number;
}

export interface Passed {
  readonly at: number;
  readonly address: string;
  readonly destination: string;
}

const REMEMBERED_MS = 2 * 60_000;

export type Passage = 'open' | 'blocked' | 'plugged' | 'quarantined';

export interface Gateway {
  readonly device: Device;
  /** A connection of this machine to port 25 outside. */
  passage(address: string): Passage;
  /** It tried so many times; counted where it was refused. */
  tries(address: string, destinations: readonly string[]): Passage;
  readonly refused: ReadonlyMap<string, Tried>;
  /** Connections that were let through, as the connection table remembers them: for two minutes. */
  passed(): readonly Passed[];
  driver(host: Host): MeasureDriver;
}

export const PORT_25 = 'rules/port-25';
export const PLUG = 'rules/plug';
/** What the company's own people laid, and no measure takes back. */
export const FOR_GOOD = 'rules/for-good';

export function makeGateway(name: string, mailServer: string, clock: VirtualClock): Gateway {
  const refused = new Map<string, Tried>();
  // A block's counters begin with it.
  const device = makeDevice(name, clock, {}, (act) => {
    if (act.file === PORT_25 && act.before === undefined) refused.clear();
  });
  let passed: readonly Passed[] = [];
  const stillKnown = (): readonly Passed[] => passed.filter(({ at }) => clock.monotonic() - at < REMEMBERED_MS);
  const isActive = (file: string, wanted: (line: string) => boolean): boolean =>
    (device.says(file) ?? '').split('\n').some((line) => line !== '' && !line.startsWith('#') && wanted(line));
  const passage = (address: string): Passage => {
    if (isActive(quarantineFile(address), () => true)) return 'quarantined';
    if (isActive(PLUG, () => true)) return 'plugged';
    const refuses = (line: string): boolean => line.includes('tcp 25') && !line.includes(`but from ${address} `);
    const isBlocked = isActive(PORT_25, refuses) || isActive(FOR_GOOD, refuses);
    return isBlocked ? 'blocked' : 'open';
  };
  const count = (address: string, destinations: readonly string[]): void => {
    const now = clock.monotonic();
    const tried = refused.get(address) ?? {
      address,
      attempts: 0,
      destinations: new Set<string>(),
      first: now,
      last: now,
    };
    tried.attempts += destinations.length;
    tried.last = now;
    for (const each of destinations) tried.destinations.add(each);
    refused.set(address, tried);
  };
  return {
    device,
    refused,
    passed: stillKnown,
    passage,
    tries: (address, destinations) => {
      const how = passage(address);
      if (how === 'open')
        passed = [
          ...stillKnown(),
          ...destinations.map((destination) => ({ at: clock.monotonic(), address, destination })),
        ];
      else if (destinations.length > 0) count(address, destinations);
      return how;
    },
    driver: (host) =>
      openDriver({
        name,
        host,
        now: () => clock.now(),
        fileOf: (order) => fileOf(order, name, mailServer),
        proof: (order) => {
          switch (order.kind) {
            case 'block-port-25': {
              const probe = order.who === 'everyone' ? mailServer : '0.0.0.0';
              return passage(probe) === 'open' ? undefined : say`a connection to port 25 outside was tried and refused`;
            }
            case 'unplug':
              return isActive(PLUG, () => true) ? say`nothing passes between inside and outside` : undefined;
            case 'quarantine-host':
              return passage(order.address) === 'quarantined'
                ? say`${order.address} reaches nothing any more`
                : undefined;
            default:
              return undefined;
          }
        },
      }),
  };
}

function quarantineFile(address: string): string {
  return `rules/host-${address}`;
}

function fileOf(order: MeasureOrder, name: string, mailServer: string): OneFile {
  switch (order.kind) {
    case 'block-port-25': {
      const ports = order.submissionToo ? [25, 465, 587] : [25];
      const whom = order.who === 'everyone' ? 'from everyone ' : `but from ${mailServer} `;
      return {
        file: PORT_25,
        lines: ports.map((port) => `reject tcp ${port} leaving wan ${whom}`),
        ...(order.leaseMinutes !== undefined && { leaseSeconds: Math.round(order.leaseMinutes * 60) }),
        blastRadius: [
          order.who === 'everyone'
            ? say`no machine behind ${name} can send to port ${ports.join(', ')} outside, the mail server too`
            : say`no machine behind ${name} but the mail server can send to port ${ports.join(', ')} outside`,
          say`inbound mail and mail inside the house go on`,
        ],
      };
    }
    case 'unplug':
      return {
        file: PLUG,
        lines: ['drop all through wan'],
        leaseSeconds: Math.round(order.leaseMinutes * 60),
        blastRadius: [
          say`nothing passes between inside and outside: no web, no mail, no telephone over the internet`,
          say`${name} ends it by itself after ${order.leaseMinutes} min, though nobody can reach it`,
        ],
      };
    case 'quarantine-host':
      return {
        file: quarantineFile(order.address),
        lines: [`drop all from ${order.address}`],
        blastRadius: [say`${order.address} reaches nothing beyond its own segment, in any protocol`],
      };
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${name} is a firewall.`);
    default:
      return order satisfies never;
  }
}
