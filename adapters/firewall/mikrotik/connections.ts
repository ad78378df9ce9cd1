/** Connections that are open on a MikroTik router: those that a measure would cut, and those that go on past its rules. */
import { cidrContains, parseCidr } from '../../../src/domain/address/cidr.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import type { MeasureTask } from '../../../src/domain/measures/plan.ts';
import { readPrior } from './resolved.ts';
import type { MikrotikGateway } from './resolved.ts';
import { carriedConnections, connectionsOf } from './rest.ts';
import type { Router } from './rest.ts';

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
export async function cutNow(
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
export async function toBeCut(
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

/** Removes them from the router's list. Throws FenceLost and HostUnknown. */
export async function cutConnections(
  task: MeasureTask,
  gateway: MikrotikGateway,
  router: Router,
  fence: number,
): Promise<void> {
  for (const [menu, id] of await toBeCut(gateway, router, task)) await router.remove(menu, id, fence);
}
