/**
 * block-port-25, unplug and quarantine-host on a Linux gateway with nftables.
 *
 * Rules:
 * 1. A measure is one table of its own, loaded in one transaction and taken back by deleting it: there is no half.
 * 2. An existing table is never loaded again (that would wipe the counted offenders); only its lease is begun anew.
 * 3. Its chains and fixed sets are compared with what was loaded; a difference is somebody else's hand.
 * 4. A way to the internet that leads past the rules is looked for each time: what leaves there is not blocked.
 */
import type { MeasureTask, Observation } from '../../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host, HowToRun, Ran } from '../../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import { chainDifferences, leaseEnd, setDifferences, tableIn } from './drift.ts';
import { bridgedPast } from '../bridges.ts';
import { openNow } from '../conntrack.ts';
import { blastRadius, provedOnEveryWay, resolve, waysPast, writePrior } from '../resolved.ts';
import type { Gateway } from '../resolved.ts';
import { leaseSetOf, rulesetOf, tableOf } from './orders.ts';
import { renewText, tableText } from './ruleset.ts';
import type { Ruleset } from './ruleset.ts';

const DEADLINE_MS = 10_000;

export function openNftables(gateway: Gateway, host: Host, now: () => number): MeasureDriver {
  const { name } = gateway;
  const nft = async (words: readonly string[], how: Omit<HowToRun, 'deadlineMs'> = {}) =>
    await host.run(['nft', ...words], { deadlineMs: DEADLINE_MS, ...how });
  const load = async (text: string, fence: number): Promise<void> =>
    done(await nft(['-f', '-'], { input: text, fence }));
  const done = (ran: Ran): void => {
    if (ran.code !== 0) throw new HostUnknown(`nft on ${name} refused the rules: ${ran.err.trim().slice(0, 400)}`);
  };
  const listed = async (task: MeasureTask): Promise<string | undefined> => {
    // Of one table nft 1.0.6 fetches the counted offenders too, though -t prints none of them: over a second where a set is
    // full, and ten on a machine that is busy or small. Of the whole ruleset it does not.
    const ran = await nft(['-s', '-t', 'list', 'ruleset', 'inet']);
    if (ran.code === 0) return tableIn(ran.out, tableOf(task.tag));
    throw new HostUnknown(`nft on ${name} could not list its tables: ${ran.err.trim().slice(0, 400)}`);
  };
  const setJson = async (task: MeasureTask, set: string): Promise<string> => {
    const ran = await nft(['-j', 'list', 'set', 'inet', tableOf(task.tag), set]);
    if (ran.code !== 0) throw new HostUnknown(`nft on ${name} could not list the set ${set}: ${ran.err.trim()}`);
    return ran.out;
  };
  /** Differences, with the lease's own set left out where it has run out: that is the kernel's hand. */
  const look = async (task: MeasureTask, text: string, ruleset: Ruleset): Promise<Look> => {
    const fixed = ruleset.sets.filter((set) => set.members !== undefined);
    const listings = await Promise.all(fixed.map(async (set) => ({ set, json: await setJson(task, set.name) })));
    const lease = listings.find(({ set }) => set.seconds !== undefined);
    const end = lease === undefined ? 'none' : leaseEnd(lease.json, now());
    const differences = listings.flatMap(({ set, json }) =>
      end === 'over' && set.seconds !== undefined ? [] : setDifferences(json, set),
    );
    return { end, differences: [...chainDifferences(text, ruleset), ...differences] };
  };
  const observe = async (task: MeasureTask): Promise<Observation> => {
    try {
      const text = await listed(task);
      if (text === undefined)
        return { kind: 'absent', notes: [say`there is no table ${tableOf(task.tag)} on ${name}`] };
      const { end, differences } = await look(task, text, rulesetOf(task, name));
      if (differences.length > 0) return { kind: 'changed', differences: differences.map((line) => [foreign(line)]) };
      if (end === 'over') return { kind: 'absent', notes: [say`its lease on ${name} is over; the kernel ended it`] };
      const past = await waysPast(task, name, host);
      if (past.length > 0) return { kind: 'changed', differences: past };
      return { kind: 'in-force', notes: [], ...(end !== 'none' && { until: end }) };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      return { kind: 'unknown', why: [foreign(error.message, 400)] };
    }
  };
  const renew = async (task: MeasureTask, fence: number): Promise<void> => {
    const set = leaseSetOf(task, name);
    // As words, not as input: half of it, from a hand that died, would end the lease at once.
    if (set !== undefined) done(await nft([renewText(tableOf(task.tag), set)], { fence }));
  };
  return {
    observe,
    renew,
    plan: async (order, tag) => {
      const resolved = await resolve(order, gateway, host);
      const task = { tag, order, prior: writePrior(resolved) };
      const text = tableText(tableOf(tag), rulesetOf(task, name));
      const dry = await nft(['-c', '-f', '-'], { input: text });
      if (dry.code !== 0)
        throw new HostUnknown(`nft on ${name} would refuse the rules: ${dry.err.trim().slice(0, 400)}`);
      const offload = (await nft(['list', 'flowtables'])).out.includes('flowtable ');
      return {
        order,
        restoresNothing: true,
        prior: task.prior,
        commands: ['nft -f - <<EOF', ...text.trimEnd().split('\n'), 'EOF'],
        undo: [`nft delete table inet ${tableOf(tag)}`],
        blastRadius: [
          await openNow(order, gateway, host),
          ...blastRadius(order, name, resolved),
          ...(order.kind === 'quarantine-host' ? [] : await bridgedPast(resolved.outside, name, host)),
          ...(offload
            ? [say`${name} offloads flows: a connection that is established already may go on until it ends`]
            : []),
        ],
      };
    },
    engage: async (task, fence) => {
      const text = await listed(task);
      if (text === undefined) await load(tableText(tableOf(task.tag), rulesetOf(task, name)), fence);
      else if ((await look(task, text, rulesetOf(task, name))).end === 'over') await renew(task, fence);
    },
    release: async (task, fence, way) => {
      const text = await listed(task);
      if (text === undefined) return { kind: 'released', notes: [say`there was nothing left to take back`] };
      if (way === 'exact') {
        const { differences } = await look(task, text, rulesetOf(task, name));
        if (differences.length > 0) return { kind: 'refused', differences: differences.map((line) => [foreign(line)]) };
      }
      const ran = await nft(['delete', 'table', 'inet', tableOf(task.tag)], { fence, undoes: true });
      if (ran.code !== 0) throw new HostUnknown(`nft on ${name} could not delete the table: ${ran.err.trim()}`);
      return { kind: 'released', notes: [] };
    },
    verify: async (task) => {
      const seen = await observe(task);
      if (seen.kind === 'unknown') return seen;
      if (seen.kind !== 'in-force')
        return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
      const by = say`the kernel of ${name} lists the rules of ${tableOf(task.tag)}, unchanged, in its hooks`;
      return provedOnEveryWay(task, name, host, by);
    },
  };
}

interface Look {
  readonly end: number | 'none' | 'over';
  readonly differences: readonly string[];
}
