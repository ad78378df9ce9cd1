/**
 * What the rules of one measure are made of, whatever tool lays them: which addresses, which interfaces, for how long;
 * and whom that touches.
 *
 * Everything is decided while planning and kept as the task's `prior`: what is compared and taken back later doesn't
 * depend on a configuration that was edited meanwhile.
 */
import { cidrContains, parseCidr } from '../../../src/domain/address/cidr.ts';
import type { Cidr } from '../../../src/domain/address/cidr.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask, Plain, Proof } from '../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Host } from '../../../src/ports/host.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import { cardOf, neighboursOf, twinsOf, wayTo } from './neighbours.ts';
import { bridgedPast } from './bridges.ts';
import { waysOut } from './ways.ts';

export interface Gateway {
  readonly name: string;
  /** Interfaces that lead to the internet. */
  readonly outside: readonly string[];
  /** Keep their way out while unplugged. */
  readonly keep: readonly string[];
  /** Outside addresses that the gateway is managed from, while unplugged. */
  readonly manage: readonly string[];
  readonly allowed: readonly string[];
  /** Every address of every mail server behind it, both families. */
  readonly mailServers: readonly string[];
  /** Public addresses of the sites behind it. */
  readonly own?: readonly string[];
}

/** What the rules of one measure are made of. */
export interface Resolved {
  readonly outside: readonly string[];
  /** May go on (block), or keep their way out (plug). */
  readonly allowed: readonly string[];
  readonly manage: readonly string[];
  /** May be sent to (block): the house's own mail servers, wherever they stand. Of an older record it is empty. */
  readonly servers: readonly string[];
  readonly mac?: string;
}

/** Throws MeasureRefused where the rules would block nothing, or everybody; HostUnknown. */
export async function resolve(order: MeasureOrder, gateway: Gateway, host: Host): Promise<Resolved> {
  const { name } = gateway;
  const outside = [...new Set(gateway.outside)];
  if (outside.length === 0 && order.kind !== 'quarantine-host')
    throw new MeasureRefused(
      `It isn't known which interfaces of ${name} lead to the internet; write them under outside in tourniquet.yaml.`,
    );
  const others = order.kind === 'quarantine-host' ? [] : (await waysOut(host)).filter((way) => !outside.includes(way));
  if (others.length > 0)
    throw new MeasureRefused(
      `The way to the internet leads through ${others.join(', ')} of ${name} too, and nothing would be blocked there; write it under outside in tourniquet.yaml.`,
    );
  const base: Resolved = { outside, allowed: [], manage: [], servers: [] };
  switch (order.kind) {
    case 'block-port-25': {
      const servers = tidyAddresses([...gateway.mailServers, ...(gateway.own ?? [])]);
      if (order.who === 'everyone') return { ...base, servers };
      if (gateway.mailServers.length === 0)
        throw new MeasureRefused(
          `No mail server behind ${name} has an address in tourniquet.yaml, so that "all but the mail servers" would be everyone; write its addresses, IPv4 and IPv6.`,
        );
      const twins = twinsOf(gateway.mailServers, await neighboursOf(host));
      return { ...base, servers, allowed: tidyAddresses([...gateway.mailServers, ...twins, ...gateway.allowed]) };
    }
    case 'unplug':
      return { ...base, allowed: tidyAddresses(gateway.keep), manage: tidyAddresses(gateway.manage) };
    case 'quarantine-host': {
      await refuseUnlessInside(order.address, gateway, host);
      const mac = cardOf(order.address, await neighboursOf(host));
      return { ...base, ...(mac !== undefined && { mac }) };
    }
    default:
      return base;
  }
}

/** The provider's router is a neighbour too: cutting off its network card would cut everybody off. */
async function refuseUnlessInside(address: string, { name, outside }: Gateway, host: Host): Promise<void> {
  const way = await wayTo(host, address);
  if (!way) return;
  if (way.kind === 'local')
    throw new MeasureRefused(`${address} is ${name} itself; say the address of the machine behind it.`);
  if (way.kind !== 'unicast')
    throw new MeasureRefused(`${address} is no machine’s address: to ${name} it is ${way.kind}.`);
  if (outside.includes(way.device))
    throw new MeasureRefused(
      `${address} lies outside, beyond ${way.device} of ${name}; only a machine inside is taken off the network.`,
    );
}

/** Ways to the internet that the rules don't cover, as a route has come or moved since; each as a difference. Throws HostUnknown. */
export async function waysPast(task: MeasureTask, name: string, host: Host): Promise<readonly Phrase[]> {
  if (task.order.kind === 'quarantine-host') return [];
  const { outside } = readPrior(task.prior, name);
  return (await waysOut(host))
    .filter((way) => !outside.includes(way))
    .map((way) => say`the way of ${name} to the internet leads through ${foreign(way)} too, where nothing is blocked`);
}

/** What proves it: `by`, and that nothing leads past the rules (`waysPast` was asked), over a bridge neither. */
export async function provedOnEveryWay(task: MeasureTask, name: string, host: Host, by: Phrase): Promise<Proof> {
  if (task.order.kind === 'quarantine-host') return { kind: 'proved', by: [by] };
  const { outside } = readPrior(task.prior, name);
  try {
    const [bridged] = await bridgedPast(outside, name, host);
    if (bridged) return { kind: 'unknown', why: bridged };
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { kind: 'unknown', why: [foreign(error.message, 400)] };
  }
  return { kind: 'proved', by: [by, say`no way of ${name} to the internet leads past ${foreign(outside.join(', '))}`] };
}

export function portsOf(submissionToo: boolean): readonly number[] {
  return submissionToo ? [25, 465, 587] : [25];
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
        say`inbound mail, mail inside the house and mail to its own mail servers go on`,
        ...(order.who === 'everyone' || resolved.allowed.some((each) => each.includes(':'))
          ? []
          : [say`no IPv6 address of a mail server is known: what it sends by IPv6 is refused`]),
      ];
    case 'unplug':
      return [
        say`nothing passes between inside and outside${resolved.allowed.length > 0 ? `, but for ${resolved.allowed.join(', ')}` : ''}: no web, no mail, no telephone over the internet; nor does ${firewall} itself reach anything outside`,
        resolved.manage.length > 0
          ? say`${firewall} can still be managed from ${resolved.manage.join(', ')}, and from inside`
          : say`whoever can manage ${firewall} from outside or inside now still can, but not through a tunnel that ${firewall} opens itself: write its far end under manage`,
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

/** Throws MeasureRefused where `prior` isn't what a plan gave. */
export function readPrior(prior: Plain, firewall: string): Resolved {
  const list = (key: string, fits: (text: string) => boolean): readonly string[] => {
    const value = fieldOf(prior, key);
    if (Array.isArray(value) && value.every((each): each is string => typeof each === 'string' && fits(each)))
      return value;
    throw new MeasureRefused(`The record of this measure on ${firewall} lacks ${key}; take it back by hand.`);
  };
  const mac = fieldOf(prior, 'mac');
  if (typeof mac === 'string' && !MAC.test(mac))
    throw new MeasureRefused(`The record of this measure on ${firewall} names no network card; take it back by hand.`);
  return {
    outside: list('outside', (text) => INTERFACE.test(text)),
    allowed: list('allowed', isRange),
    manage: list('manage', isRange),
    servers: fieldOf(prior, 'servers') === undefined ? [] : list('servers', isRange),
    ...(typeof mac === 'string' && { mac }),
  };
}

// A record comes over an agent's line too, and goes into rules on this host: nothing in it may end a rule.
const INTERFACE = /^[^\s"'/\\{};]{1,16}$/;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;

function isRange(text: string): boolean {
  return parseCidr(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`).kind === 'ok';
}

function fieldOf(value: Plain, key: string): Plain | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
