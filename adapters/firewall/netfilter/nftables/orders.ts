/**
 * From an order to rules: which addresses, which interfaces, for how long; and whom that touches.
 *
 * Everything that the rules are made of is decided while planning and kept as the task's `prior`: what is compared and
 * taken back later doesn't depend on a configuration that was edited meanwhile.
 */
import { cidrContains, parseCidr } from '../../../../src/domain/address/cidr.ts';
import type { Cidr } from '../../../../src/domain/address/cidr.ts';
import type { MeasureOrder } from '../../../../src/domain/measures/order.ts';
import type { MeasureTask, Plain } from '../../../../src/domain/measures/plan.ts';
import { say } from '../../../../src/domain/foreign.ts';
import type { Phrase } from '../../../../src/domain/foreign.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import { blockRuleset, plugRuleset, quarantineRuleset } from './ruleset.ts';
import type { NamedSet, Ruleset } from './ruleset.ts';

/** What the rules of one measure are made of. */
export interface Resolved {
  readonly outside: readonly string[];
  /** May go on (block), or keep their way out (plug). */
  readonly allowed: readonly string[];
  readonly manage: readonly string[];
  readonly mac?: string;
}

export function tableOf(tag: string): string {
  return `tourniquet_${tag}`;
}

export function portsOf(submissionToo: boolean): readonly number[] {
  return submissionToo ? [25, 465, 587] : [25];
}

/** Throws MeasureRefused where the task is no firewall's, or its `prior` isn't what a plan gave. */
export function rulesetOf(task: MeasureTask, firewall: string): Ruleset {
  const { order } = task;
  const { outside, allowed, manage, mac } = readPrior(task.prior, firewall);
  const lease = leaseSeconds(order);
  switch (order.kind) {
    case 'block-port-25': {
      const ports = portsOf(order.submissionToo);
      return blockRuleset({ outside, ports, allowed, ...(lease !== undefined && { leaseSeconds: lease }) });
    }
    case 'unplug':
      return plugRuleset({ outside, keep: allowed, manage, leaseSeconds: lease ?? 60 });
    case 'quarantine-host':
      return quarantineRuleset({ address: order.address, ...(mac !== undefined && { mac }) });
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${firewall} is a firewall.`);
    default:
      return order satisfies never;
  }
}

/** The set whose elements carry the lease, with the lease. */
export function leaseSetOf(task: MeasureTask, firewall: string): NamedSet | undefined {
  return rulesetOf(task, firewall).sets.find((set) => set.seconds !== undefined);
}

export function leaseSeconds(order: MeasureOrder): number | undefined {
  if (order.kind === 'unplug') return Math.round(order.leaseMinutes * 60);
  if (order.kind === 'block-port-25' && order.leaseMinutes !== undefined) return Math.round(order.leaseMinutes * 60);
  return undefined;
}

export function writePrior(resolved: Resolved): Plain {
  return { ...resolved };
}

/** Sorted, without doubles, without what a larger range holds already: nft refuses overlapping elements. */
export function tidyAddresses(texts: readonly string[]): readonly string[] {
  const ranges = texts.flatMap((text): readonly Cidr[] => {
    const parsed = parseCidr(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
    return parsed.kind === 'ok' ? [parsed.value] : [];
  });
  const largest = ranges.filter(
    (range, index) =>
      !ranges.some(
        (other, at) =>
          at !== index &&
          cidrContains(other, range.base) &&
          (other.prefix < range.prefix || (other.prefix === range.prefix && at < index)),
      ),
  );
  return largest
    .map((range) => range.text.replace(/\/(32|128)$/, (end) => (isWhole(range, end) ? '' : end)))
    .toSorted();
}

function isWhole(range: Cidr, end: string): boolean {
  return (range.base.family === 4 && end === '/32') || (range.base.family === 6 && end === '/128');
}

export function blastRadius(order: MeasureOrder, firewall: string, resolved: Resolved): readonly Phrase[] {
  switch (order.kind) {
    case 'block-port-25':
      return [
        say`no machine behind ${firewall}, nor ${firewall} itself, can send to ${portsOf(order.submissionToo).join(', ')} outside${
          order.who === 'everyone' ? ', the mail servers too' : `, but for ${resolved.allowed.join(', ')}`
        }; what is connected is cut`,
        say`inbound mail and mail inside the house go on`,
        ...(order.who === 'everyone' || resolved.allowed.some((each) => each.includes(':'))
          ? []
          : [say`no IPv6 address of a mail server is known: what it sends by IPv6 is refused`]),
      ];
    case 'unplug':
      return [
        say`nothing passes between inside and outside${resolved.allowed.length > 0 ? `, but for ${resolved.allowed.join(', ')}` : ''}: no web, no mail, no telephone over the internet; nor does ${firewall} itself reach anything outside`,
        resolved.manage.length > 0
          ? say`${firewall} can still be managed from ${resolved.manage.join(', ')}, and from inside`
          : say`whoever can manage ${firewall} from outside or inside now still can`,
        ...(resolved.allowed.length > 0
          ? []
          : [say`this bot is not kept connected either: the conversation goes on in the terminal on the LAN`]),
        say`${firewall} ends it by itself after ${order.leaseMinutes} min, though nobody can reach it`,
      ];
    case 'quarantine-host':
      return [
        say`${order.address} reaches nothing beyond its own segment, in any protocol, nor ${firewall} itself`,
        resolved.mac === undefined
          ? say`its network card is not known to ${firewall}: other addresses of the same machine go on`
          : say`its network card ${resolved.mac} is cut off too, under whatever address`,
      ];
    default:
      return [];
  }
}

function readPrior(prior: Plain, firewall: string): Resolved {
  const list = (key: string): readonly string[] => {
    const value = fieldOf(prior, key);
    if (Array.isArray(value) && value.every((each): each is string => typeof each === 'string')) return value;
    throw new MeasureRefused(`The record of this measure on ${firewall} lacks ${key}; take it back by hand.`);
  };
  const mac = fieldOf(prior, 'mac');
  return {
    outside: list('outside'),
    allowed: list('allowed'),
    manage: list('manage'),
    ...(typeof mac === 'string' && { mac }),
  };
}

function fieldOf(value: Plain, key: string): Plain | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
