/**
 * block-port-25, unplug and quarantine-host on a Linux gateway with nftables.
 *
 * Rules:
 * 1. A measure is one table of its own, loaded in one transaction and taken back by deleting it: there is no half.
 * 2. An existing table is never loaded again (that would wipe the counted offenders); only its lease is begun anew.
 * 3. Its chains are compared as text with what was loaded; a difference is somebody else's hand.
 */
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask, Observation, Plain } from '../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { blockRuleset, plugRuleset, quarantineRuleset, renewText, tableText } from './ruleset.ts';
import type { Ruleset } from './ruleset.ts';

export interface Gateway {
  readonly name: string;
  /** Interfaces that lead to the internet. */
  readonly outside: readonly string[];
  readonly keep: readonly string[];
  readonly allowed: readonly string[];
  /** Every address of every mail server behind it, both families. */
  readonly mailServers: readonly string[];
}

const DEADLINE_MS = 10_000;

export function openNftables(gateway: Gateway, host: Host, now: () => number): MeasureDriver {
  const nft = async (words: readonly string[], how: { input?: string; fence?: number } = {}) =>
    await host.run(['nft', ...words], { deadlineMs: DEADLINE_MS, ...how });
  const load = async (text: string, fence: number): Promise<void> => {
    const ran = await nft(['-f', '-'], { input: text, fence });
    if (ran.code !== 0)
      throw new HostUnknown(`nft on ${gateway.name} refused the rules: ${ran.err.trim().slice(0, 400)}`);
  };
  const listed = async (task: MeasureTask): Promise<string | undefined> => {
    const ran = await nft(['-s', 'list', 'table', 'inet', tableOf(task.tag)]);
    if (ran.code === 0) return ran.out;
    if (ran.err.includes('No such file or directory') && ran.err.includes(tableOf(task.tag))) return undefined;
    throw new HostUnknown(`nft on ${gateway.name} could not list its tables: ${ran.err.trim().slice(0, 400)}`);
  };
  const leaseEnd = async (task: MeasureTask): Promise<number | 'none' | 'over'> => {
    const set = leaseSetOf(task.order);
    if (set === undefined) return 'none';
    const ran = await nft(['-j', 'list', 'set', 'inet', tableOf(task.tag), set]);
    if (ran.code !== 0) throw new HostUnknown(`nft on ${gateway.name} could not list the lease: ${ran.err.trim()}`);
    return readLease(ran.out, now());
  };
  const observe = async (task: MeasureTask): Promise<Observation> => {
    try {
      const text = await listed(task);
      if (text === undefined)
        return { kind: 'absent', notes: [say`there is no table ${tableOf(task.tag)} on ${gateway.name}`] };
      const differences = differencesOf(text, rulesetOf(task, gateway));
      if (differences.length > 0) return { kind: 'changed', differences: differences.map((line) => [foreign(line)]) };
      const end = await leaseEnd(task);
      if (end === 'over')
        return { kind: 'absent', notes: [say`its lease on ${gateway.name} is over; the kernel ended it`] };
      return { kind: 'in-force', notes: [], ...(end !== 'none' && { until: end }) };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      return { kind: 'unknown', why: [foreign(error.message, 400)] };
    }
  };
  const renew = async (task: MeasureTask, fence: number): Promise<void> => {
    const lease = leaseSeconds(task.order);
    const set = leaseSetOf(task.order);
    if (lease === undefined || set === undefined) return;
    await load(renewText(tableOf(task.tag), set, leasedElements(task.order, gateway), lease), fence);
  };
  return {
    observe,
    renew,
    plan: async (order, tag) => {
      if (gateway.outside.length === 0 && order.kind !== 'quarantine-host')
        throw new MeasureRefused(
          `It isn't known which interfaces of ${gateway.name} lead to the internet; write them under outside in tourniquet.yaml.`,
        );
      const prior = order.kind === 'quarantine-host' ? await neighbour(order.address, host) : {};
      const task = { tag, order, prior };
      const text = tableText(tableOf(tag), rulesetOf(task, gateway));
      const dry = await nft(['-c', '-f', '-'], { input: text });
      if (dry.code !== 0)
        throw new HostUnknown(`nft on ${gateway.name} would refuse the rules: ${dry.err.trim().slice(0, 400)}`);
      return {
        order,
        prior,
        commands: ['nft -f - <<EOF', ...text.trimEnd().split('\n'), 'EOF'],
        undo: [`nft delete table inet ${tableOf(tag)}`],
        blastRadius: blastRadius(order, gateway),
      };
    },
    engage: async (task, fence) => {
      if ((await listed(task)) === undefined) {
        await load(tableText(tableOf(task.tag), rulesetOf(task, gateway)), fence);
      } else if ((await leaseEnd(task)) === 'over') await renew(task, fence);
    },
    release: async (task, fence, way) => {
      const text = await listed(task);
      if (text === undefined) return { kind: 'released', notes: [say`there was nothing left to take back`] };
      const differences = differencesOf(text, rulesetOf(task, gateway));
      if (differences.length > 0 && way === 'exact')
        return { kind: 'refused', differences: differences.map((line) => [foreign(line)]) };
      const ran = await nft(['delete', 'table', 'inet', tableOf(task.tag)], { fence });
      if (ran.code !== 0) throw new HostUnknown(`nft on ${gateway.name} could not delete the table: ${ran.err.trim()}`);
      return { kind: 'released', notes: [] };
    },
    verify: async (task) => {
      const seen = await observe(task);
      if (seen.kind === 'unknown') return seen;
      if (seen.kind !== 'in-force')
        return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
      return {
        kind: 'proved',
        by: [say`the kernel of ${gateway.name} lists the rules of ${tableOf(task.tag)}, unchanged, in its hooks`],
      };
    },
  };
}

export function tableOf(tag: string): string {
  return `tourniquet_${tag}`;
}

function rulesetOf(task: MeasureTask, gateway: Gateway): Ruleset {
  const { order } = task;
  const lease = leaseSeconds(order);
  switch (order.kind) {
    case 'block-port-25':
      return blockRuleset({
        outside: gateway.outside,
        ports: portsOf(order.submissionToo),
        allowed: order.who === 'everyone' ? [] : [...gateway.mailServers, ...gateway.allowed],
        ...(lease !== undefined && { leaseSeconds: lease }),
      });
    case 'unplug':
      return plugRuleset({ outside: gateway.outside, keep: gateway.keep, leaseSeconds: lease ?? 60 });
    case 'quarantine-host': {
      const mac = macOf(task.prior);
      return quarantineRuleset({ address: order.address, ...(mac !== undefined && { mac }) });
    }
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${gateway.name} is a firewall.`);
    default:
      return order satisfies never;
  }
}

function leaseSeconds(order: MeasureOrder): number | undefined {
  if (order.kind === 'unplug') return Math.round(order.leaseMinutes * 60);
  if (order.kind === 'block-port-25' && order.leaseMinutes !== undefined) return Math.round(order.leaseMinutes * 60);
  return undefined;
}

function leaseSetOf(order: MeasureOrder): 'ports' | 'plugged' | undefined {
  if (order.kind === 'unplug') return 'plugged';
  return order.kind === 'block-port-25' ? 'ports' : undefined;
}

function leasedElements(order: MeasureOrder, gateway: Gateway): readonly string[] {
  if (order.kind === 'unplug') return gateway.outside.map((name) => `"${name}"`);
  return order.kind === 'block-port-25' ? portsOf(order.submissionToo).map(String) : [];
}

function portsOf(submissionToo: boolean): readonly number[] {
  return submissionToo ? [25, 465, 587] : [25];
}

function blastRadius(order: MeasureOrder, gateway: Gateway) {
  switch (order.kind) {
    case 'block-port-25':
      return [
        say`no machine behind ${gateway.name} can send to ${portsOf(order.submissionToo).join(', ')} outside${
          order.who === 'everyone'
            ? ', the mail servers too'
            : `, but for ${[...gateway.mailServers, ...gateway.allowed].join(', ')}`
        }`,
        say`inbound mail and mail inside the house go on`,
      ];
    case 'unplug':
      return [
        say`nothing passes between inside and outside${gateway.keep.length > 0 ? `, but for ${gateway.keep.join(', ')}` : ''}: no web, no mail, no telephone over the internet`,
        say`${gateway.name} ends it by itself after ${order.leaseMinutes} min, though nobody can reach it`,
      ];
    case 'quarantine-host':
      return [say`${order.address} reaches nothing beyond its own segment, in any protocol`];
    default:
      return [];
  }
}

async function neighbour(address: string, host: Host): Promise<Plain> {
  const ran = await host.run(['ip', '-j', 'neigh', 'show', 'to', address], { deadlineMs: DEADLINE_MS });
  const mac = /"lladdr":"([0-9a-f]{2}(?::[0-9a-f]{2}){5})"/.exec(ran.out)?.[1];
  return ran.code === 0 && mac !== undefined ? { mac } : {};
}

function macOf(prior: Plain): string | undefined {
  if (typeof prior !== 'object' || prior === null || !('mac' in prior)) return undefined;
  return typeof prior.mac === 'string' ? prior.mac : undefined;
}

/** The rules of our chains that are missing, and those that aren't ours. */
function differencesOf(listing: string, ruleset: Ruleset): readonly string[] {
  const theirs = new Map<string, string[]>();
  let chain: string[] | undefined;
  for (const line of listing.split('\n').map((each) => each.trim())) {
    const opened = /^chain (\S+) \{$/.exec(line)?.[1];
    if (opened !== undefined) theirs.set(opened, (chain = []));
    else if (line === '}') chain = undefined;
    else if (line !== '') chain?.push(line.replace(/ packets \d+ bytes \d+/, ''));
  }
  const differences: string[] = [];
  for (const { name, lines } of ruleset.chains) {
    const have = theirs.get(name) ?? [];
    const plainLines = lines.map(readable);
    differences.push(
      ...plainLines.filter((line) => !have.map(readable).includes(line)).map((line) => `- ${name}: ${line}`),
    );
    differences.push(
      ...have
        .map(readable)
        .filter((line) => !plainLines.includes(line))
        .map((line) => `+ ${name}: ${line}`),
    );
  }
  for (const name of theirs.keys())
    if (!ruleset.chains.some((each) => each.name === name)) differences.push(`+ chain ${name}`);
  return differences;
}

/** nft's releases spell the same rule differently; each is brought to the spelling of ruleset.ts. */
function readable(line: string): string {
  return line
    .replace(/tcp flags & \(?syn ?\| ?ack\)? == (syn|0x2)/, 'tcp flags syn / syn,ack')
    .replace(/^meta l4proto (tcp|6) reject/, 'reject')
    .replace('counter packets 0 bytes 0', 'counter')
    .replaceAll(/\s+/g, ' ');
}

/** An expired set has no `elem` at all. */
function readLease(json: string, now: number): number | 'none' | 'over' {
  if (!/"elem"\s*:/.test(json)) return 'over';
  const expires = [...json.matchAll(/"expires"\s*:\s*(\d+)/g)].map((match) => Number(match[1]));
  return expires.length === 0 ? 'none' : now + Math.min(...expires) * 1000;
}
