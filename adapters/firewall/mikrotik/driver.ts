/**
 * block-port-25, unplug and quarantine-host on a MikroTik router, through its REST interface (RouterOS 7.1 and later).
 *
 * Rules:
 * 1. Each rule and entry is one call; what is there is never laid twice, so that a measure that died half way is
 *    continued. Until it is whole it is `changed`, and the rules that are there do nothing: the switch comes last.
 * 2. FastTrack lets established connections pass the filter: those that the measure cuts are removed after engaging.
 * 3. The fence is a rule of its own on the router. A hand claims it first, then looks, and places each rule right before
 *    it: once a later hand has replaced the fence, the router itself refuses the rule. Entries of lists have no place, so the
 *    fence is read again after each; without its rules an entry does nothing.
 */
import { cidrContains, parseCidr } from '../../../src/domain/address/cidr.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { sayOpenNow } from '../../../src/domain/measures/open-now.ts';
import type { MeasureTask, Observation, Plain } from '../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import { FenceLost, HostUnknown } from '../../../src/ports/host.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { MENUS, itemsOf, listOf } from './items.ts';
import type { Item, Menu, Resolved } from './items.ts';
import { carriedConnections, connectionsOf, isHeld, openRouter, secondsOf } from './rest.ts';
import type { Hand, Router, Row } from './rest.ts';

/** In the order in which they are laid. */
const STEPS: readonly Item['step'][] = ['rules', 'switch', 'seal'];

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

export function openMikrotik(gateway: MikrotikGateway, api: DeviceApi, now: () => number): MeasureDriver {
  const { name } = gateway;
  const router = openRouter(name, api);
  const itemsFor = (task: MeasureTask): readonly Item[] =>
    itemsOf(task.tag, task.order, readPrior(task.prior, name), name);
  const look = async (task: MeasureTask): Promise<Look> =>
    compare(
      task,
      itemsFor(task),
      new Map(await Promise.all(MENUS.map(async (menu) => [menu, await router.list(menu)] as const))),
      now(),
    );
  const lay = async (task: MeasureTask, item: Item, hand: Hand): Promise<void> => {
    const id = await router.add(item.menu, withLease(item, task.order), hand);
    if (item.menu.endsWith('filter') || id === undefined) return;
    const rows = await router.list('ip/firewall/filter');
    if (isHeld(hand, 'ip/firewall/filter', rows)) return;
    // Taken back, but for a later hand that keeps the measure in force.
    if (!rows.some((row) => isOurs(row, task.tag))) await router.remove(item.menu, id, hand.fence);
    throw new FenceLost(name);
  };
  const observe = async (task: MeasureTask): Promise<Observation> => {
    try {
      const seen = await look(task);
      if (seen.there.length === 0 && seen.strange.length === 0)
        return { kind: 'absent', notes: [say`nothing of ${task.tag} is on ${name}`] };
      const isOver =
        seen.isUnarmed && seen.missing.every((item) => item.step === 'switch') && leaseOf(task.order) !== undefined;
      const gone = isOver ? [] : seen.missing.map((item) => `- ${inWords(item.menu, item.properties)}`);
      const differences = [...seen.strange, ...gone];
      if (differences.length > 0) return { kind: 'changed', differences: differences.map((line) => [foreign(line)]) };
      if (isOver) return { kind: 'absent', notes: [say`its lease on ${name} is over; the router ended it`] };
      return { kind: 'in-force', notes: [], ...(seen.until !== undefined && { until: seen.until }) };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      return { kind: 'unknown', why: [foreign(error.message, 400)] };
    }
  };
  return {
    observe,
    plan: async (order, tag) => {
      const { resolved, notes } = await resolve(order, gateway, router);
      const prior: Plain = { ...resolved };
      const items = itemsOf(tag, order, resolved, name);
      return {
        order,
        restoresNothing: true,
        prior,
        commands: items.map((item) => `PUT /rest/${item.menu} ${JSON.stringify(withLease(item, order))}`),
        undo: [
          `DELETE each of these ${items.length}, found by its comment "tourniquet ${tag} N", and the list ${listOf(tag, 'tried')}`,
        ],
        blastRadius: [
          sayOpenNow(order, name, await cutNow(gateway, router, { tag, order, prior })),
          ...blastRadius(order, gateway, resolved),
          ...notes,
        ],
      };
    },
    engage: async (task, fence) => {
      const hand = await router.claim(fence);
      const missing = (await look(task)).missing.toSorted((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step));
      for (const item of missing) await lay(task, item, hand);
      if (missing.length > 0) await cutConnections(task, gateway, router, fence);
    },
    renew: async (task, fence) => {
      const lease = leaseOf(task.order);
      if (lease === undefined) return;
      const hand = await router.claim(fence);
      const seen = await look(task);
      for (const { item, row } of seen.there)
        if (item.step === 'switch') await router.set(item.menu, row['.id'] ?? '', { timeout: `${lease}s` }, fence);
      for (const item of seen.missing) if (item.step === 'switch') await lay(task, item, hand);
    },
    release: async (task, fence, way) => {
      await router.claim(fence);
      const seen = await look(task);
      if (seen.strange.length > 0 && way === 'exact')
        return { kind: 'refused', differences: seen.strange.map((line) => [foreign(line)]) };
      const order = seen.there.toSorted((a, b) => STEPS.indexOf(b.item.step) - STEPS.indexOf(a.item.step));
      for (const { item, row } of order) await router.remove(item.menu, row['.id'] ?? '', fence);
      for (const { menu, id } of seen.ours) await router.remove(menu, id, fence);
      const nothing = order.length + seen.ours.length === 0;
      return { kind: 'released', notes: nothing ? [say`there was nothing left to take back`] : [] };
    },
    verify: async (task) => {
      const seen = await observe(task);
      if (seen.kind === 'unknown') return seen;
      if (seen.kind !== 'in-force')
        return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
      try {
        const open = await toBeCut(gateway, router, task);
        if (open.length > 0)
          return { kind: 'disproved', by: [say`${name} still carries ${open.length} connections past these rules`] };
        return {
          kind: 'proved',
          by: [say`${name} lists every rule and entry of ${task.tag}, unchanged, and carries no connection past them`],
        };
      } catch (error) {
        if (!(error instanceof HostUnknown)) throw error;
        return { kind: 'unknown', why: [foreign(error.message, 400)] };
      }
    },
  };
}

interface Look {
  readonly there: readonly { readonly item: Item; readonly row: Row }[];
  readonly missing: readonly Item[];
  /** With our tag, but not as we laid it; and entries of others in our lists. */
  readonly strange: readonly string[];
  /** Whatever else carries our tag or stands in our lists: what was counted, and what is strange. */
  readonly ours: readonly { readonly menu: Menu; readonly id: string }[];
  readonly isUnarmed: boolean;
  readonly until?: number;
}

function compare(
  task: MeasureTask,
  items: readonly Item[],
  rows: ReadonlyMap<Menu, readonly Row[]>,
  now: number,
): Look {
  const there: { item: Item; row: Row }[] = [];
  const missing: Item[] = [];
  for (const item of items) {
    const row = rows
      .get(item.menu)
      ?.find((each) => Object.entries(item.properties).every(([key, value]) => each[key] === value));
    if (row && row['disabled'] !== 'true') there.push({ item, row });
    else missing.push(item);
  }
  const rest = [...rows].flatMap(([menu, list]) =>
    list
      .filter((row) => isOurs(row, task.tag) && !there.some((each) => each.row === row))
      .map((row) => ({ menu, row })),
  );
  const armed = there.filter(({ item }) => item.step === 'switch');
  const left = armed.flatMap(({ row }) => secondsOf(row['timeout']) ?? []);
  return {
    there,
    missing,
    strange: rest
      .filter(({ row }) => row['list'] !== listOf(task.tag, 'tried'))
      .map(({ menu, row }) => `+ ${inWords(menu, row)}`),
    ours: rest.map(({ menu, row }) => ({ menu, id: row['.id'] ?? '' })),
    isUnarmed: armed.length === 0,
    ...(left.length > 0 && { until: now + Math.min(...left) * 1000 }),
  };
}

function isOurs(row: Row, tag: string): boolean {
  const lists = ['', 'allow', 'keep', 'manage', 'seal', 'tried'].map((what) => listOf(tag, what));
  return (row['comment'] ?? '').startsWith(`tourniquet ${tag} `) || lists.includes(row['list'] ?? '');
}

function withLease(item: Item, order: MeasureOrder): Row {
  const lease = leaseOf(order);
  return item.step === 'switch' && lease !== undefined ? { ...item.properties, timeout: `${lease}s` } : item.properties;
}

function leaseOf(order: MeasureOrder): number | undefined {
  if (order.kind !== 'unplug' && order.kind !== 'block-port-25') return undefined;
  return order.leaseMinutes === undefined ? undefined : Math.round(order.leaseMinutes * 60);
}

async function resolve(
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
      const found = (await router.list('ip/arp')).find((row) => row['address'] === order.address)?.['mac-address'];
      return { resolved: { ...base, ...(found !== undefined && { mac: found.toLowerCase() }) }, notes };
    }
    default:
      return { resolved: base, notes };
  }
}

/** Connections outward to the blocked ports, as menu and id. */
async function outwardConnections(
  gateway: MikrotikGateway,
  router: Router,
  task: MeasureTask,
): Promise<readonly (readonly [menu: string, id: string])[]> {
  const ports = task.order.kind === 'block-port-25' && task.order.submissionToo ? [25, 465, 587] : [25];
  const { allowed } = readPrior(task.prior, gateway.name);
  const found = await connectionsOf(router);
  return found.flatMap(({ menu, id, source, destination, port }) => {
    const isOutward = gateway.isInside(source) && !gateway.isInside(destination);
    return isOutward && ports.includes(port) && !allowed.includes(source) ? [[menu, id] as const] : [];
  });
}

/** What is open now that would not go on. */
async function cutNow(
  gateway: MikrotikGateway,
  router: Router,
  task: MeasureTask,
): Promise<readonly { readonly source: string }[]> {
  const all = await connectionsOf(router);
  const { order } = task;
  if (order.kind === 'quarantine-host')
    return all.filter(({ source, destination }) => source === order.address || destination === order.address);
  if (order.kind === 'unplug')
    return all.filter(({ source, destination }) => gateway.isInside(source) !== gateway.isInside(destination));
  const ids = new Set((await outwardConnections(gateway, router, task)).map(([menu, id]) => `${menu} ${id}`));
  return all.filter(({ menu, id }) => ids.has(`${menu} ${id}`));
}

/** Connections that the rules don't reach, as menu and id: for the blocked ports any, else what FastTrack carries. */
async function toBeCut(
  gateway: MikrotikGateway,
  router: Router,
  task: MeasureTask,
): Promise<readonly (readonly [menu: string, id: string])[]> {
  const { order } = task;
  if (order.kind === 'block-port-25') return outwardConnections(gateway, router, task);
  const { allowed, manage } = readPrior(task.prior, gateway.name);
  const isCut = ([one, other]: readonly [string, string]): boolean => {
    if (order.kind === 'quarantine-host') return one === order.address || other === order.address;
    const isCrossing = gateway.isInside(one) !== gateway.isInside(other);
    return isCrossing && ![one, other].some((each) => isAmong([...allowed, ...manage], each));
  };
  const found = await carriedConnections(router);
  return found.flatMap(({ menu, id, ends, isFast }) => (isFast && isCut(ends) ? [[menu, id] as const] : []));
}

function isAmong(ranges: readonly string[], address: string): boolean {
  const ip = parseIp(address);
  return ranges.some((text) => {
    const range = parseCidr(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
    return ip.kind === 'ok' && range.kind === 'ok' && cidrContains(range.value, ip.value);
  });
}

async function cutConnections(
  task: MeasureTask,
  gateway: MikrotikGateway,
  router: Router,
  fence: number,
): Promise<void> {
  for (const [menu, id] of await toBeCut(gateway, router, task)) await router.remove(menu, id, fence);
}

function blastRadius(order: MeasureOrder, { name }: MikrotikGateway, resolved: Resolved): readonly Phrase[] {
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

function inWords(menu: string, properties: Row): string {
  const shown = Object.entries(properties).filter(
    ([key]) => !key.startsWith('.') && !['bytes', 'packets', 'creation-time'].includes(key),
  );
  return `${menu} ${shown.map(([key, value]) => `${key}=${value}`).join(' ')}`;
}

function readPrior(prior: Plain, name: string): Resolved {
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
