/** What a firewall's measure would cut that is open now, in numbers, as its plan says it. */
import { foreign, say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';
import type { MeasureOrder } from './order.ts';

/** Where a connection began. */
export interface OpenConnection {
  readonly source: string;
}

/** `connections`: those that it would cut. */
export function sayOpenNow(order: MeasureOrder, firewall: string, connections: readonly OpenConnection[]): Phrase {
  const many = counted(connections.length, 'connection');
  const machines = counted(new Set(connections.map(({ source }) => source)).size, 'machine');
  switch (order.kind) {
    case 'block-port-25':
      return say`${many} to ${order.submissionToo ? '25, 465 or 587' : '25'} outside ${areOpen(connections.length)}, of ${machines}`;
    case 'unplug':
      return say`${many} through ${firewall} ${areOpen(connections.length)}, of ${machines}`;
    case 'quarantine-host':
      return say`${many} of ${order.address} through ${firewall} ${areOpen(connections.length)}`;
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      return [];
    default:
      return order satisfies never;
  }
}

export function sayOpenUnknown(firewall: string, why: string): Phrase {
  return say`how many connections are open through ${firewall} now can't be seen: ${foreign(why, 200)}`;
}

function areOpen(count: number): string {
  return count === 1 ? 'is open now' : 'are open now';
}

function counted(count: number, what: string): string {
  return `${String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')} ${what}${count === 1 ? '' : 's'}`;
}
