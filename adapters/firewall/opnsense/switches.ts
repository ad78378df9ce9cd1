/** The aliases that an order switches on OPNsense, with which entries; and how they stand. */
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask, Plain } from '../../../src/domain/measures/plan.ts';
import { say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { PfState } from './console.ts';
import { everyAddressBut, markOf, rangeOf, shown } from './ranges.ts';

export interface OpnsenseGateway {
  readonly name: string;
  readonly keep: readonly string[];
  readonly allowed: readonly string[];
  readonly mailServers: readonly string[];
  /** The firewall's own public addresses: the plug leaves them, so that it can be managed. */
  readonly own: readonly string[];
  isInside(address: string): boolean;
}

/** One alias and the entries that switch it. */
export interface Switch {
  readonly alias: string;
  readonly entries: readonly string[];
}

export const ALIAS = {
  block: 'tourniquet_block',
  submission: 'tourniquet_submission',
  plug: 'tourniquet_plug',
  quarantine: 'tourniquet_quarantine',
} as const;

/** The description that the rule of an alias must have. */
export function ruleOf(alias: string): string {
  return alias.replaceAll('_', ' ');
}

export interface SwitchLook {
  readonly alias: string;
  /** Ours that are there, the mark first. */
  readonly there: readonly string[];
  readonly missing: readonly string[];
  readonly strange: readonly string[];
}

/** Others' entries are strange in an alias that one measure has for itself; of quarantined machines there are many. */
export function compare({ alias, entries }: Switch, tag: string, have: readonly string[]): SwitchLook {
  const ours = [markOf(tag), ...entries];
  const isShared = alias === ALIAS.quarantine;
  const marked = have.includes(markOf(tag));
  const there = isShared && !marked ? [] : ours.filter((entry) => have.includes(entry));
  return {
    alias,
    there,
    missing: ours.filter((entry) => !there.includes(entry)),
    strange: isShared ? [] : have.filter((entry) => !ours.includes(entry)),
  };
}

/** Throws MeasureRefused where it can't be switched so. */
export function switchesOf(order: MeasureOrder, gateway: OpnsenseGateway): readonly Switch[] {
  switch (order.kind) {
    case 'block-port-25': {
      if (order.leaseMinutes !== undefined)
        throw new MeasureRefused(
          `A block on ${gateway.name} has no lease of the device's own; order it without --lease, or unplug.`,
        );
      if (order.who !== 'everyone' && gateway.mailServers.length === 0)
        throw new MeasureRefused(
          `No mail server behind ${gateway.name} has an address in tourniquet.yaml, so that "all but the mail servers" would be everyone.`,
        );
      const entries = everyAddressBut(order.who === 'everyone' ? [] : [...gateway.mailServers, ...gateway.allowed]);
      return [{ alias: ALIAS.block, entries }, ...(order.submissionToo ? [{ alias: ALIAS.submission, entries }] : [])];
    }
    case 'unplug':
      return [{ alias: ALIAS.plug, entries: everyAddressBut([...gateway.keep, ...gateway.own]) }];
    case 'quarantine-host':
      return [{ alias: ALIAS.quarantine, entries: rangeOf(order.address).map(shown) }];
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${gateway.name} is a firewall.`);
    default:
      return order satisfies never;
  }
}

export function blastRadius(order: MeasureOrder, { name, mailServers, keep }: OpnsenseGateway): readonly Phrase[] {
  switch (order.kind) {
    case 'block-port-25':
      return [
        say`no machine behind ${name} can send to ${order.submissionToo ? '25, 465, 587' : '25'} outside${order.who === 'everyone' ? ', the mail servers too' : `, but for ${mailServers.join(', ')}`}; ${name} itself still can`,
        say`inbound mail and mail inside the house go on, as the rule that was laid leaves them`,
      ];
    case 'unplug':
      return [
        say`nothing passes between inside and outside${keep.length > 0 ? `, but for ${keep.join(', ')}` : ''}; ${name} itself stays connected`,
      ];
    case 'quarantine-host':
      return [say`${order.address} reaches nothing beyond its own segment; other addresses of the same machine go on`];
    default:
      return [];
  }
}

/** Throws MeasureRefused where the record names no alias. */
export function readPrior(prior: Plain, name: string): readonly Switch[] {
  const list = Array.isArray(prior) ? prior : [];
  const switches = list.flatMap((each: unknown): readonly Switch[] => {
    const alias: unknown = typeof each === 'object' && each !== null ? Reflect.get(each, 'alias') : undefined;
    const entries: unknown = typeof each === 'object' && each !== null ? Reflect.get(each, 'entries') : undefined;
    if (typeof alias !== 'string' || !Array.isArray(entries)) return [];
    return [{ alias, entries: entries.filter((entry): entry is string => typeof entry === 'string') }];
  });
  if (switches.length === 0)
    throw new MeasureRefused(`The record of this measure on ${name} names no alias; take it back by hand.`);
  return switches;
}

/** A state that the switched rule would not let begin. */
export function isRefused(state: PfState, task: MeasureTask, gateway: OpnsenseGateway): boolean {
  const { order } = task;
  const isOut = gateway.isInside(state.source) && !gateway.isInside(state.destination);
  const among = (list: readonly string[], address: string): boolean =>
    list.flatMap(rangeOf).map(shown).includes(address);
  switch (order.kind) {
    case 'block-port-25': {
      const ports = order.submissionToo ? [25, 465, 587] : [25];
      const isAllowed = order.who !== 'everyone' && among([...gateway.mailServers, ...gateway.allowed], state.source);
      return isOut && ports.includes(state.port) && !isAllowed;
    }
    case 'unplug': {
      const isIn = gateway.isInside(state.destination) && !gateway.isInside(state.source);
      const kept = [...gateway.keep, ...gateway.own];
      return (isOut && !among(kept, state.source)) || (isIn && !among(kept, state.destination));
    }
    case 'quarantine-host':
      return state.source === order.address || state.destination === order.address;
    default:
      return false;
  }
}
