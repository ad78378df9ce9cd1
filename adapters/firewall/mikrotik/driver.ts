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
import { sayOpenNow } from '../../../src/domain/measures/open-now.ts';
import type { MeasureTask, Observation, Plain } from '../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import { FenceLost, HostUnknown } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { cutConnections, cutNow, toBeCut } from './connections.ts';
import { MENUS, itemsOf, listOf } from './items.ts';
import type { Item } from './items.ts';
import { compare, inWords, isOurs, leaseOf, withLease } from './laid.ts';
import type { Look } from './laid.ts';
import { blastRadius, readPrior, resolve } from './resolved.ts';
import type { MikrotikGateway } from './resolved.ts';
import { isHeld, openRouter } from './rest.ts';
import type { Hand } from './rest.ts';

/** In the order in which they are laid. */
const STEPS: readonly Item['step'][] = ['rules', 'switch', 'seal'];

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
