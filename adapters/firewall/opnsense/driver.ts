/**
 * block-port-25, unplug and quarantine-host on OPNsense.
 *
 * Owns: the entries of aliases that somebody has laid for it once, with rules that use them (docs/firewalls.md): changing
 * them acts at once and needs no `apply`. Does not own: those rules, nor any configuration.
 * Rules:
 * 1. The plug's alias is of the type `external` with `expire`: the firewall itself empties it (a job of its own, once a
 *    minute). That is its lease. OPNsense's savepoints are not used: they are gone, or do not fire.
 * 2. An entry that marks the measure comes first and goes last, so that a half-laid measure is seen as `changed`.
 * 3. pf goes on with states that it has: those that the rule would refuse are removed one by one after engaging.
 * 4. Nothing on OPNsense changes an entry only if another one stands. So the fence is claimed first, then the aliases are
 *    looked at; it is read again before and after every few entries, and a hand that finds itself overtaken takes back what
 *    it has just added. A request that arrives after its hand is gone is found by `late` and taken away.
 */
import { sayOpenNow } from '../../../src/domain/measures/open-now.ts';
import type { MeasureTask, Observation } from '../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import { FenceLost, HostUnknown } from '../../../src/ports/host.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { openConsole } from './console.ts';
import { checked } from './laid-once.ts';
import { markOf } from './ranges.ts';
import { blastRadius, compare, isRefused, readPrior, ruleOf, switchesOf } from './switches.ts';
import type { OpnsenseGateway, Switch, SwitchLook } from './switches.ts';

/** Entries between two looks at the fence. */
const AT_A_TIME = 4;
const MOST_ROUNDS = 3;

export function openOpnsense(gateway: OpnsenseGateway, api: DeviceApi): MeasureDriver {
  const { name } = gateway;
  const device = openConsole(name, api);
  const look = async (task: MeasureTask): Promise<readonly SwitchLook[]> =>
    Promise.all(
      readPrior(task.prior, name).map(async (each) => compare(each, task.tag, await device.entries(each.alias))),
    );
  /** A few at a time, each few only while this hand is the latest. */
  const inFew = async <T>(
    all: readonly T[],
    fence: number,
    act: (each: T) => Promise<void>,
    overtaken: (few: readonly T[]) => Promise<void> = async () => {},
  ): Promise<void> => {
    for (let at = 0; at < all.length; at += AT_A_TIME) {
      if (!(await device.isHeld(fence))) throw new FenceLost(name);
      const few = all.slice(at, at + AT_A_TIME);
      for (const each of few) await act(each);
      if (await device.isHeld(fence)) continue;
      await overtaken(few);
      throw new FenceLost(name);
    }
  };
  /** The mark by itself, then the others. What was added too late is taken back, but for a later hand that keeps it. */
  const lay = async (
    task: MeasureTask,
    alias: string,
    entries: readonly string[],
    fence: number,
    act: (entry: string) => Promise<void>,
  ): Promise<void> => {
    const mark = markOf(task.tag);
    const isOurs = (entry: string): boolean => entry === mark;
    for (const some of [entries.filter(isOurs), entries.filter((entry) => !isOurs(entry))])
      await inFew(some, fence, act, async (few) => {
        const wanted = readPrior(task.prior, name).find((each) => each.alias === alias)?.entries ?? [];
        const have = await device.entries(alias);
        const isKept = few.includes(mark) ? wanted.some((entry) => have.includes(entry)) : have.includes(mark);
        if (!isKept) for (const entry of few) await device.remove(alias, entry, fence);
      });
  };
  const observe = async (task: MeasureTask): Promise<Observation> => {
    try {
      const seen = await look(task);
      if (seen.every(({ there, strange }) => there.length === 0 && strange.length === 0))
        return { kind: 'absent', notes: [say`no alias of ${name} is switched for ${task.tag}`] };
      const differences = seen.flatMap(({ alias, missing, strange }) => [
        ...strange.map((entry) => `+ ${alias}: ${entry}`),
        ...missing.map((entry) => `- ${alias}: ${entry}`),
      ]);
      if (differences.length > 0)
        return { kind: 'changed', differences: differences.slice(0, 50).map((line) => [foreign(line)]) };
      return { kind: 'in-force', notes: [] };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      return { kind: 'unknown', why: [foreign(error.message, 400)] };
    }
  };
  /** Of aliases that the measure uses: its entries that are there, but for those that an open measure has laid. */
  const late = async (task: MeasureTask, others: readonly MeasureTask[]): Promise<readonly Switch[]> => {
    const found = await Promise.all(
      readPrior(task.prior, name).map(async ({ alias, entries }): Promise<Switch> => {
        const theirs = others.flatMap((other) =>
          readPrior(other.prior, name).flatMap((each) =>
            each.alias === alias ? [markOf(other.tag), ...each.entries] : [],
          ),
        );
        const have = await device.entries(alias);
        const ours = [markOf(task.tag), ...entries].filter((entry) => have.includes(entry));
        return { alias, entries: ours.filter((entry) => !theirs.includes(entry)) };
      }),
    );
    return found.filter(({ entries }) => entries.length > 0);
  };
  return {
    observe,
    late: {
      look: async (task, others) =>
        (await late(task, others)).flatMap(({ alias, entries }) => entries.map((entry) => `+ ${alias}: ${entry}`)),
      takeAway: async (task, others, fence) => {
        await device.claim(fence);
        for (const { alias, entries } of await late(task, others))
          await inFew(entries.toReversed(), fence, (entry) => device.remove(alias, entry, fence));
      },
    },
    plan: async (order, tag) => {
      const switches = switchesOf(order, gateway);
      const notes = await checked(order, switches, gateway, device);
      const lines = switches.flatMap(({ alias, entries }) =>
        [markOf(tag), ...entries].map((entry) => ({ alias, entry })),
      );
      return {
        order,
        restoresNothing: true,
        prior: switches.map(({ alias, entries }) => ({ alias, entries })),
        commands: lines.map(({ alias, entry }) => `POST /api/firewall/alias_util/add/${alias} {"address":"${entry}"}`),
        undo: lines
          .toReversed()
          .map(({ alias, entry }) => `POST /api/firewall/alias_util/delete/${alias} {"address":"${entry}"}`),
        blastRadius: [
          sayOpenNow(
            order,
            name,
            (await device.states()).filter((state) => isRefused(state, { tag, order, prior: null }, gateway)),
          ),
          ...blastRadius(order, gateway),
          ...notes,
        ],
      };
    },
    engage: async (task, fence) => {
      await device.claim(fence);
      let isNew = false;
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const seen = (await look(task)).filter(({ missing }) => missing.length > 0);
        // A late hand may have taken away what it had just added, while it was seen here.
        if (seen.length === 0) break;
        isNew = true;
        for (const { alias, missing } of seen)
          await lay(task, alias, missing, fence, (entry) => device.add(alias, entry, fence));
      }
      if (!isNew) return;
      const open = (await device.states()).filter((each) => isRefused(each, task, gateway));
      await inFew(open, fence, (state) => device.cut(state, fence));
    },
    renew: async (task, fence) => {
      if (task.order.kind !== 'unplug') return;
      await device.claim(fence);
      for (const { alias, entries } of readPrior(task.prior, name))
        await lay(task, alias, [markOf(task.tag), ...entries], fence, async (entry) => {
          // pf counts an entry's age from when it was added; adding it again changes nothing.
          await device.remove(alias, entry, fence);
          await device.add(alias, entry, fence);
        });
    },
    release: async (task, fence, way) => {
      await device.claim(fence);
      const seen = await look(task);
      const strange = seen.flatMap((each) => each.strange.map((entry) => `+ ${each.alias}: ${entry}`));
      if (strange.length > 0 && way === 'exact')
        return { kind: 'refused', differences: strange.slice(0, 50).map((line) => [foreign(line)]) };
      for (const { alias, there } of seen)
        await inFew(there.toReversed(), fence, (entry) => device.remove(alias, entry, fence));
      const nothing = seen.every(({ there }) => there.length === 0);
      return { kind: 'released', notes: nothing ? [say`there was nothing left to take back`] : [] };
    },
    verify: async (task) => {
      const seen = await observe(task);
      if (seen.kind === 'unknown') return seen;
      if (seen.kind !== 'in-force')
        return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
      try {
        const rules = await device.rules();
        const missing = readPrior(task.prior, name).filter(({ alias }) => !rules.includes(ruleOf(alias)));
        if (missing.length > 0)
          return {
            kind: 'unknown',
            why: say`no automation rule "${missing.map(({ alias }) => ruleOf(alias)).join(', ')}" is switched on; a rule of the old kind can't be seen`,
          };
        const open = (await device.states()).filter((each) => isRefused(each, task, gateway));
        if (open.length > 0)
          return { kind: 'disproved', by: [say`${name} still carries ${open.length} connections that should be cut`] };
        return {
          kind: 'proved',
          by: [say`${name} has the aliases and their rules switched on, and no state past them`],
        };
      } catch (error) {
        if (!(error instanceof HostUnknown)) throw error;
        return { kind: 'unknown', why: [foreign(error.message, 400)] };
      }
    },
  };
}
