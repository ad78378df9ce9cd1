/** What the configuration permits of measures. */
import { mayUse } from '../../commands/roles.ts';
import { approveSpec } from '../../commands/specs/decisions.ts';
import { cidrContains } from '../../domain/address/cidr.ts';
import { parseIp } from '../../domain/address/ip.ts';
import { noMachine } from '../../domain/address/special.ts';
import type { MeasureOrder } from '../../domain/measures/order.ts';
import type { MeasureRules } from '../../ports/measure-rules.ts';
import type { Config } from '../../config/schema.ts';

const CHANGE = 'an admin can change it under measures in tourniquet.yaml';

export function makeMeasureRules(config: Config): MeasureRules {
  const { approvalMinutes, breakGlass, leaseMinutes } = config.measures;
  return {
    servers: config.servers.map((server) => server.name),
    firewalls: config.firewalls.map((firewall) => firewall.name),
    approvalMs: approvalMinutes * 60_000,
    breakGlass,
    approvers: approversOf(config),
    unplugMinutes: leaseMinutes.unplug,
    ...(leaseMinutes.blockPort25 !== undefined && { blockMinutes: leaseMinutes.blockPort25 }),
    refuses: (order) => refusal(order, config),
  };
}

function approversOf(config: Config): readonly string[] {
  const people = config.people.filter(({ role }) => mayUse(role, approveSpec)).map(({ name }) => name);
  const groups = config.groups.filter(({ role }) => mayUse(role, approveSpec)).map(({ name }) => `group:${name}`);
  return [...people, ...groups];
}

function refusal(order: MeasureOrder, config: Config): ReturnType<MeasureRules['refuses']> {
  switch (order.kind) {
    case 'quarantine-host': {
      const address = parseIp(order.address);
      if (address.kind === 'bad') return { rule: 'address', why: address.why, remedy: address.remedy };
      const special = noMachine(address.value);
      if (special !== undefined)
        return {
          rule: 'address',
          why: `${order.address} is ${special}: no machine has it`,
          remedy: 'say the address that the machine has on your network; hunt names it',
        };
      const site = config.sites.find((each) => each.addresses.some((ip) => ip.text === address.value.text));
      if (site)
        return {
          rule: 'public-address',
          why: `${order.address} is the public address of ${site.name}, which everybody behind it shares`,
          remedy: 'say the address that the machine has inside; to cut everybody off, pull the plug',
        };
      const shield = config.measures.protected.find((range) => cidrContains(range, address.value));
      if (shield) return { rule: 'protected', why: `${order.address} is protected (${shield.text})`, remedy: CHANGE };
      const server = config.servers.find((each) => each.addresses.some((ip) => ip.text === address.value.text));
      if (server)
        return {
          rule: 'mail-server',
          why: `${order.address} is the mail server ${server.name}; quarantine would cut everybody's mail`,
          remedy: `freeze ${server.name} instead, or pull the plug`,
        };
      return undefined;
    }
    case 'unplug':
      return order.leaseMinutes >= 1 && order.leaseMinutes <= 120
        ? undefined
        : {
            rule: 'lease',
            why: `a lease of ${order.leaseMinutes} min is out of bounds`,
            remedy:
              'write whole minutes, 1 to 120: the bounds are the product’s own; the usual lease is an admin’s, under measures.leaseMinutes in tourniquet.yaml',
          };
    case 'freeze-outbound':
    case 'block-port-25':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      return undefined;
    default:
      return order satisfies never;
  }
}
