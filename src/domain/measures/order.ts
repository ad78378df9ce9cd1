/**
 * What may be ordered: the containment measures, each with its target.
 *
 * Owns: the kinds and their parameters. Does not own: how one is carried out (adapters) or what has become of it
 * (lifecycle.ts). Everything here is plain data, as it is kept in the journal; addresses are in canonical text.
 */
export const MEASURE_KINDS = [
  'freeze-outbound',
  'block-port-25',
  'unplug',
  'reroute',
  'disable-account',
  'quarantine-host',
  'clean-queue',
] as const;

export type MeasureKind = (typeof MEASURE_KINDS)[number];

export type MeasureOrder =
  | { readonly kind: 'freeze-outbound'; readonly server: string }
  | {
      readonly kind: 'block-port-25';
      readonly firewall: string;
      /** `everyone` while hunting; `all-but-mail-servers` to go on sending. */
      readonly who: 'everyone' | 'all-but-mail-servers';
      /** Ports 465 and 587 too. */
      readonly submissionToo: boolean;
      /** Whole minutes; without it the block stays until it is taken back. */
      readonly leaseMinutes?: number;
    }
  | { readonly kind: 'unplug'; readonly firewall: string; readonly leaseMinutes: number }
  | { readonly kind: 'reroute'; readonly server: string }
  | { readonly kind: 'disable-account'; readonly server: string; readonly account: string }
  | { readonly kind: 'quarantine-host'; readonly firewall: string; readonly address: string }
  | { readonly kind: 'clean-queue'; readonly server: string; readonly selection: QueueSelection };

/** Which waiting messages: all of what is given must hold. At least one is given. */
export interface QueueSelection {
  /** Envelope sender; `""` is the null sender. */
  readonly sender?: string;
  readonly recipientDomain?: string;
  /** The SASL login that submitted it. */
  readonly account?: string;
}

/** The server or firewall that is changed. */
export function targetOf(order: MeasureOrder): string {
  switch (order.kind) {
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      return order.server;
    case 'block-port-25':
    case 'unplug':
    case 'quarantine-host':
      return order.firewall;
    default:
      return order satisfies never;
  }
}

/**
 * What of the target is held while the measure stands: no two open measures hold the same. Freezing and rerouting both
 * change the way out, so one excludes the other.
 */
export function holdOf(order: MeasureOrder): string {
  switch (order.kind) {
    case 'freeze-outbound':
    case 'reroute':
      return `${order.server}/way-out`;
    case 'disable-account':
      return `${order.server}/account/${order.account}`;
    case 'clean-queue':
      return `${order.server}/queue`;
    case 'block-port-25':
      return `${order.firewall}/port-25`;
    case 'unplug':
      return `${order.firewall}/plug`;
    case 'quarantine-host':
      return `${order.firewall}/host/${order.address}`;
    default:
      return order satisfies never;
  }
}

/** The same, as a person would say it. */
export function holdInWords(order: MeasureOrder): string {
  switch (order.kind) {
    case 'freeze-outbound':
    case 'reroute':
      return `the way out of ${order.server}`;
    case 'disable-account':
      return `the account ${order.account} of ${order.server}`;
    case 'clean-queue':
      return `the queue of ${order.server}`;
    case 'block-port-25':
      return `port 25 on ${order.firewall}`;
    case 'unplug':
      return `the plug of ${order.firewall}`;
    case 'quarantine-host':
      return `the machine ${order.address} at ${order.firewall}`;
    default:
      return order satisfies never;
  }
}

/** Two people must agree to cutting everybody off; for the others one besides the proposer is enough. */
export function quorumOf(order: MeasureOrder): number {
  return order.kind === 'unplug' ? 2 : 1;
}
