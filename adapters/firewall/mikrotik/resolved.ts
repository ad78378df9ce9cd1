/** What is decided while planning on a MikroTik router: what it is resolved to, whom it touches, and how that is read again. */
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { Plain } from '../../../src/domain/measures/plan.ts';
import { say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { Resolved } from './items.ts';
import type { Router } from './rest.ts';

export interface MikrotikGateway {
  readonly name: string;
  readonly outside: readonly string[];
  readonly keep: readonly string[];
  readonly manage: readonly string[];
  readonly allowed: readonly string[];
  readonly mailServers: readonly string[];
  /** Whether an address is one of ours: only connections outward are cut. */
  isInside(address: string): boolean;
}

/** Throws MeasureRefused and HostUnknown. */
export async function resolve(
  order: MeasureOrder,
  gateway: MikrotikGateway,
  router: Router,
): Promise<{ readonly resolved: Resolved; readonly notes: readonly Phrase[] }> {
  const { name, outside } = gateway;
  if (outside.length === 0 && order.kind !== 'quarantine-host')
    throw new MeasureRefused(
      `It isn't known which interfaces of ${name} lead to the internet; write them under outside in tourniquet.yaml.`,
    );
  const base: Resolved = { outside, allowed: [], manage: [] };
  const rules = await router.list('ip/firewall/filter');
  const isFast = rules.some((row) => row['action'] === 'fasttrack-connection' && row['disabled'] !== 'true');
  const notes = isFast
    ? [
        say`FastTrack is on: established connections pass the filter, so those that this cuts are removed from the router's list`,
      ]
    : [];
  switch (order.kind) {
    case 'block-port-25': {
      if (order.who === 'everyone') return { resolved: base, notes };
      if (gateway.mailServers.length === 0)
        throw new MeasureRefused(
          `No mail server behind ${name} has an address in tourniquet.yaml, so that "all but the mail servers" would be everyone.`,
        );
      return { resolved: { ...base, allowed: [...gateway.mailServers, ...gateway.allowed] }, notes };
    }
    case 'unplug':
      return { resolved: { ...base, allowed: gateway.keep, manage: gateway.manage }, notes };
    case 'quarantine-host': {
      const known = (await router.list('ip/arp')).find((row) => row['address'] === order.address);
      const own = (await router.list('ip/address')).some((row) => row['address']?.split('/')[0] === order.address);
      if (own)
        throw new MeasureRefused(`${order.address} is ${name} itself; say the address of the machine behind it.`);
      // The provider's router is a neighbour too: cutting off its network card would cut everybody off.
      if (known !== undefined && outside.includes(known['interface'] ?? ''))
        throw new MeasureRefused(
          `${order.address} lies outside, beyond ${known['interface'] ?? ''} of ${name}; only a machine inside is taken off the network.`,
        );
      const found = known?.['mac-address'];
      return { resolved: { ...base, ...(found !== undefined && { mac: found.toLowerCase() }) }, notes };
    }
    default:
      return { resolved: base, notes };
  }
}

export function blastRadius(order: MeasureOrder, { name }: MikrotikGateway, resolved: Resolved): readonly Phrase[] {
  switch (order.kind) {
    case 'block-port-25':
      return [
        say`no machine behind ${name}, nor ${name} itself, can send to ${order.submissionToo ? '25, 465, 587' : '25'} outside${order.who === 'everyone' ? ', the mail servers too' : `, but for ${resolved.allowed.join(', ')}`}`,
        say`inbound mail and mail inside the house go on`,
      ];
    case 'unplug':
      return [
        say`nothing passes between inside and outside${resolved.allowed.length > 0 ? `, but for ${resolved.allowed.join(', ')}` : ''}; ${name} itself opens no connection outside`,
        say`${name} ends it by itself after ${order.leaseMinutes} min, or when it restarts`,
      ];
    case 'quarantine-host':
      return [
        say`${order.address}${resolved.mac === undefined ? '' : ` (network card ${resolved.mac})`} reaches nothing beyond its own segment`,
      ];
    default:
      return [];
  }
}

/** Throws MeasureRefused where the record lacks what it needs. */
export function readPrior(prior: Plain, name: string): Resolved {
  const field = (key: string): unknown =>
    typeof prior === 'object' && prior !== null && !Array.isArray(prior) ? Reflect.get(prior, key) : undefined;
  const list = (key: string): readonly string[] => {
    const value = field(key);
    if (Array.isArray(value) && value.every((each): each is string => typeof each === 'string')) return value;
    throw new MeasureRefused(`The record of this measure on ${name} lacks ${key}; take it back by hand.`);
  };
  const mac = field('mac');
  return {
    outside: list('outside'),
    allowed: list('allowed'),
    manage: list('manage'),
    ...(typeof mac === 'string' && { mac }),
  };
}
