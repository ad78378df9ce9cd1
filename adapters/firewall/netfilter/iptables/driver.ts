/**
 * block-port-25, unplug and quarantine-host on a Linux gateway with iptables and ipset.
 *
 * Rules:
 * 1. Three steps, each whole or not at all: the sets, the rules of IPv4, the rules of IPv6. A measure that died between
 *    them is `changed` until it is engaged again; what is there is never laid twice, nor are counters set back.
 * 2. Chains and sets are ours; of other chains only the jumps into ours are touched.
 * 3. Exact release refuses where there is something in our chains or sets that isn't ours, or a rule of ours is missing
 *    from a chain that stands. What was never laid is no reason to refuse, nor is what stands before ours.
 * 4. A rule of somebody else before ours has come since: what it accepts passes. The measure counts as changed.
 */
import type { MeasureTask, Observation } from '../../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import type { Phrase } from '../../../../src/domain/foreign.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host } from '../../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import { bridgedPast } from '../bridges.ts';
import { compareRules } from '../compare.ts';
import { openNow } from '../conntrack.ts';
import { blastRadius, provedOnEveryWay, resolve, waysPast, writePrior } from '../resolved.ts';
import type { Gateway } from '../resolved.ts';
import { rulesOf } from './rules.ts';
import type { Family, IpSet, Rule, Rules } from './rules.ts';
import {
  chainsOf,
  destroySets,
  fillLines,
  isOurs,
  layRules,
  makeSets,
  readEntries,
  readListing,
  takeRules,
  targetOf,
} from './text.ts';

const DEADLINE_MS = 15_000;
const FAMILIES = [
  ['four', 'iptables'],
  ['six', 'ip6tables'],
] as const;

export function openIptables(gateway: Gateway, host: Host, now: () => number): MeasureDriver {
  const { name } = gateway;
  const run = async (argv: readonly string[], input?: string, fence?: number, undoes?: true): Promise<string> => {
    const how = {
      deadlineMs: DEADLINE_MS,
      ...(input !== undefined && { input }),
      ...(fence !== undefined && { fence }),
      ...(undoes && { undoes }),
    };
    const ran = await host.run(argv, how);
    if (ran.code !== 0)
      throw new HostUnknown(`${argv[0] ?? ''} on ${name} refused: ${(ran.err || ran.out).trim().slice(0, 400)}`);
    return ran.out;
  };
  const look = async (rules: Rules): Promise<Look> => {
    const names = (await run(['ipset', 'list', '-n'])).split('\n').map((line) => line.trim());
    const there = rules.sets.filter((set) => names.includes(set.name));
    const fixed = there.filter((set) => set.members !== undefined);
    const [families, entries] = await Promise.all([
      Promise.all(
        FAMILIES.map(async ([key, tool]) => {
          const listing = readListing(await run([`${tool}-save`, '-t', 'filter']));
          return lookAtFamily(key, tool, rules[key], listing);
        }),
      ),
      Promise.all(fixed.map(async (set) => ({ set, entries: readEntries(await run(['ipset', 'save', set.name])) }))),
    ]);
    return { ...lookAtSets(rules.sets, there, entries, now()), families };
  };
  const ipset = (text: string, fence: number): Promise<string> => run(['ipset', 'restore', '-exist'], text, fence);
  const restore = (tool: string, text: string, fence: number, undoes?: true): Promise<string> =>
    run([`${tool}-restore`, '-w', '5', '--noflush'], text, fence, undoes);
  const renew = async (task: MeasureTask, fence: number): Promise<void> => {
    const lines = rulesOf(task, name)
      .sets.filter((set) => set.seconds !== undefined)
      .flatMap(fillLines);
    if (lines.length > 0) await ipset(`${lines.join('\n')}\n`, fence);
  };
  /** How it stands; and rules of somebody else that packets meet before ours. */
  const see = async (task: MeasureTask): Promise<{ seen: Observation; before: readonly Phrase[] }> => {
    const alone = (seen: Observation) => ({ seen, before: [] });
    try {
      const seen = await look(rulesOf(task, name));
      const differences = [...seen.foreign, ...seen.families.flatMap((family) => family.foreign)];
      const missing = [...seen.missing, ...seen.families.flatMap((family) => family.missing)];
      if (differences.length === 0 && seen.there.length === 0 && seen.families.every((family) => !family.stands))
        return alone({ kind: 'absent', notes: [say`nothing of ${task.tag} is in the rules of ${name}`] });
      const all = [...differences, ...missing];
      if (all.length > 0) return alone({ kind: 'changed', differences: all.map((line) => [foreign(line)]) });
      if (seen.lease === 'over')
        return alone({ kind: 'absent', notes: [say`its lease on ${name} is over; the kernel ended it`] });
      const past = await waysPast(task, name, host);
      if (past.length > 0) return alone({ kind: 'changed', differences: past });
      const before = seen.families.flatMap((family) => family.before).map((line) => [foreign(line)]);
      const until = seen.lease === undefined ? {} : { until: seen.lease };
      return { seen: { kind: 'in-force', notes: [], ...until }, before };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      return alone({ kind: 'unknown', why: [foreign(error.message, 400)] });
    }
  };
  const observe = async (task: MeasureTask): Promise<Observation> => {
    const { seen, before } = await see(task);
    return before.length > 0 ? { kind: 'changed', differences: before } : seen;
  };
  return {
    observe,
    renew,
    plan: async (order, tag) => {
      const resolved = await resolve(order, gateway, host);
      const rules = rulesOf({ tag, order, prior: writePrior(resolved) }, name);
      const seen = await look(rules);
      const chains = seen.families
        .map(({ key, tool, listed }) => ({ tool, listed, family: rules[key] }))
        .filter(({ family }) => family.own.length > 0);
      return {
        order,
        restoresNothing: true,
        prior: writePrior(resolved),
        commands: [
          ...(rules.sets.length > 0 ? heredoc('ipset restore -exist', makeSets(rules.sets)) : []),
          ...chains.flatMap(({ tool, family, listed }) =>
            heredoc(`${tool}-restore -w 5 --noflush`, layRules(family, listed)),
          ),
        ],
        undo: [
          ...chains.flatMap(({ tool, family }) =>
            heredoc(`${tool}-restore -w 5 --noflush`, takeRules([...family.own, ...family.jumps], chainsOf(family))),
          ),
          ...rules.sets.map((set) => `ipset destroy ${set.name}`),
        ],
        blastRadius: [
          await openNow(order, gateway, host),
          ...blastRadius(order, name, resolved),
          ...(order.kind === 'quarantine-host' ? [] : await bridgedPast(resolved.outside, name, host)),
        ],
      };
    },
    engage: async (task, fence) => {
      const rules = rulesOf(task, name);
      const seen = await look(rules);
      if (seen.there.length < rules.sets.length) await ipset(makeSets(rules.sets), fence);
      else if (seen.lease === 'over') await renew(task, fence);
      for (const { key, tool, stands, listed } of seen.families)
        if (!stands && rules[key].own.length > 0) await restore(tool, layRules(rules[key], listed), fence);
    },
    release: async (task, fence, way) => {
      const rules = rulesOf(task, name);
      const seen = await look(rules);
      const differences = [
        ...seen.foreign,
        ...seen.families.flatMap((family) => (family.stands ? [...family.foreign, ...family.missing] : family.foreign)),
      ];
      if (differences.length > 0 && way === 'exact')
        return { kind: 'refused', differences: differences.map((line) => [foreign(line)]) };
      const nothing = seen.there.length === 0 && seen.families.every((family) => !family.stands);
      for (const { tool, listed, chains, stands } of seen.families)
        if (stands) await restore(tool, takeRules(listed, chains), fence, true);
      if (seen.there.length > 0)
        await run(['ipset', 'restore'], destroySets(seen.there.map((set) => set.name)), fence, true);
      return { kind: 'released', notes: nothing ? [say`there was nothing left to take back`] : [] };
    },
    verify: async (task) => {
      const { seen, before } = await see(task);
      if (seen.kind === 'unknown') return seen;
      if (seen.kind !== 'in-force')
        return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
      // It may be harmless, or let everything pass.
      const [first] = before;
      if (first) return { kind: 'unknown', why: first };
      const by = say`iptables and ip6tables on ${name} list the rules of ${task.tag}, unchanged, before those of anybody else`;
      return provedOnEveryWay(task, name, host, by);
    },
  };
}

/** Targets after which a packet goes on. */
const ONLY_NOTES: ReadonlySet<string> = new Set(['LOG', 'NFLOG', 'ULOG', 'TRACE', 'MARK', 'CONNMARK']);

interface FamilyLook {
  readonly key: 'four' | 'six';
  readonly tool: string;
  /** Any of it is there. */
  readonly stands: boolean;
  readonly chains: readonly string[];
  readonly listed: readonly Rule[];
  readonly foreign: readonly string[];
  readonly missing: readonly string[];
  /** Rules of somebody else that stand before ours in a chain of the kernel: what they decide never comes to ours. */
  readonly before: readonly string[];
}

interface Look {
  readonly there: readonly IpSet[];
  readonly foreign: readonly string[];
  readonly missing: readonly string[];
  /** End of the lease, milliseconds since 1970 UTC. */
  readonly lease?: number | 'over';
  readonly families: readonly FamilyLook[];
}

function lookAtFamily(
  key: 'four' | 'six',
  tool: string,
  family: Family,
  listing: ReturnType<typeof readListing>,
): FamilyLook {
  const chains = chainsOf(family).filter((chain) => listing.chains.includes(chain));
  const ours = [...family.own, ...family.jumps];
  const have = listing.rules.filter(
    ({ chain, rule }) => chains.includes(chain) || chains.includes(targetOf(rule) ?? ''),
  );
  const compared = [...new Set([...ours, ...have].map(({ chain }) => chain))].map((chain) => {
    const rulesIn = (rules: readonly Rule[]): readonly string[] =>
      rules.filter((each) => each.chain === chain).map(({ rule }) => `${tool} ${chain}: ${rule}`);
    return { chain, ...compareRules(rulesIn(ours), rulesIn(have)) };
  });
  const before = [...new Set(family.jumps.map(({ chain }) => chain))].flatMap((chain) => {
    const rules = listing.rules.filter((each) => each.chain === chain);
    const last = rules.findLastIndex(({ rule }) => chains.includes(targetOf(rule) ?? ''));
    return rules
      .slice(0, Math.max(0, last))
      .filter(({ rule }) => !isOurs(targetOf(rule)) && !ONLY_NOTES.has(targetOf(rule) ?? ''))
      .map(({ rule }) => `+ ${tool} ${chain}: ${rule} (before ours)`);
  });
  return {
    key,
    tool,
    stands: chains.length > 0,
    chains,
    listed: listing.rules,
    foreign: compared.flatMap(({ chain, added, isReordered }) => [
      ...added.map((line) => `+ ${line}`),
      ...(isReordered ? [`~ ${tool} ${chain}: the rules stand in another order`] : []),
    ]),
    missing: compared.flatMap(({ missing }) => missing.map((line) => `- ${line}`)),
    before,
  };
}

function lookAtSets(
  sets: readonly IpSet[],
  there: readonly IpSet[],
  listed: readonly { readonly set: IpSet; readonly entries: ReturnType<typeof readEntries> }[],
  now: number,
): Omit<Look, 'families'> {
  const leases = listed.filter(({ set }) => set.seconds !== undefined);
  const isOver = leases.length > 0 && leases.every(({ entries }) => entries.length === 0);
  const left = leases.flatMap(({ entries }) => entries.flatMap((entry) => entry.left ?? []));
  const compared = listed.filter(({ set }) => !(isOver && set.seconds !== undefined));
  const strange = compared.flatMap(({ set, entries }) =>
    entries.filter(({ member }) => !set.members?.includes(member)).map(({ member }) => `+ ${set.name}: ${member}`),
  );
  const gone = compared.flatMap(({ set, entries }) =>
    (set.members ?? [])
      .filter((member) => !entries.some((entry) => entry.member === member))
      .map((member) => `- ${set.name}: ${member}`),
  );
  const absent = sets.filter((set) => !there.includes(set)).map((set) => `- set ${set.name}`);
  return {
    there,
    foreign: strange,
    missing: [...absent, ...gone],
    ...(isOver ? { lease: 'over' as const } : left.length > 0 && { lease: now + Math.min(...left) * 1000 }),
  };
}

function heredoc(command: string, text: string): readonly string[] {
  return [`${command} <<EOF`, ...text.trimEnd().split('\n'), 'EOF'];
}
