/** From an order to nftables' rules. */
import type { MeasureTask } from '../../../../src/domain/measures/plan.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import { leaseSeconds, portsOf, readPrior } from '../resolved.ts';
import { blockRuleset, plugRuleset, quarantineRuleset } from './ruleset.ts';
import type { NamedSet, Ruleset } from './ruleset.ts';

export function tableOf(tag: string): string {
  return `tourniquet_${tag}`;
}

/** Throws MeasureRefused where the task is no firewall's, or its `prior` isn't what a plan gave. */
export function rulesetOf(task: MeasureTask, firewall: string): Ruleset {
  const { order } = task;
  const { outside, allowed, manage, servers, mac } = readPrior(task.prior, firewall);
  const lease = leaseSeconds(order);
  switch (order.kind) {
    case 'block-port-25': {
      const ports = portsOf(order.submissionToo);
      return blockRuleset({ outside, ports, allowed, servers, ...(lease !== undefined && { leaseSeconds: lease }) });
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
