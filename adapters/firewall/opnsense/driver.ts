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
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { sayOpenNow } from '../../../src/domain/measures/open-now.ts';
import type { MeasureTask, Observation, Plain } from '../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { DeviceApi } from '../../../src/ports/device-api.ts';
import { FenceLost, HostUnknown } from '../../../src/ports/host.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';
import { FENCE_ALIAS, openConsole } from './console.ts';
import type { Console, PfState } from './console.ts';
import { everyAddressBut, isMark, markOf, rangeOf, shown } from './ranges.ts';

export interface OpnsenseGateway {
  readonly name: string;
  readonly keep: readonly string[];
  readonly allowed: readonly string[];
  readonly mailServers: readonly string[];
  /** The firewall's own public addresses: the plug leaves them, so that it can be managed. */
  readonly own: readonly string[];
  isInside(address: string): boolean;
}

/** One alias and the entries that switch it. */
interface Switch {
  readonly alias: string;
  readonly entries: readonly string[];
}

const ALIAS = {
  block: 'tourniquet_block',
  submission: 'tourniquet_submission',
  plug: 'tourniquet_plug',
  quarantine: 'tourniquet_quarantine',
} as const;

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

/** The description that the rule of an alias must have. */
function ruleOf(alias: string): string {
  return alias.replaceAll('_', ' ');
}

interface SwitchLook {
  readonly alias: string;
  /** Ours that are there, the mark first. */
  readonly there: readonly string[];
  readonly missing: readonly string[];
  readonly strange: readonly string[];
}

/** Others' entries are strange in an alias that one measure has for itself; of quarantined machines there are many. */
function compare({ alias, entries }: Switch, tag: string, have: readonly string[]): SwitchLook {
  const ours = [markOf(tag), ...entries];
  const isShared = alias === ALIAS.quarantine;
  const marked = have.includes(markOf(tag));
  const there = isShared && !marked ? [] : ours.filter((entry) => have.includes(entry));
  return {
    alias,
    there,
    missing: ours.filter((entry) => !there.includes(entry)),
    strange: isShared ? [] : have.filter((entry) => !ours.includes(entry)),
  };
}

function switchesOf(order: MeasureOrder, gateway: OpnsenseGateway): readonly Switch[] {
  switch (order.kind) {
    case 'block-port-25': {
      if (order.leaseMinutes !== undefined)
        throw new MeasureRefused(
          `A block on ${gateway.name} has no lease of the device's own; order it without --lease, or unplug.`,
        );
      if (order.who !== 'everyone' && gateway.mailServers.length === 0)
        throw new MeasureRefused(
          `No mail server behind ${gateway.name} has an address in tourniquet.yaml, so that "all but the mail servers" would be everyone.`,
        );
      const entries = everyAddressBut(order.who === 'everyone' ? [] : [...gateway.mailServers, ...gateway.allowed]);
      return [{ alias: ALIAS.block, entries }, ...(order.submissionToo ? [{ alias: ALIAS.submission, entries }] : [])];
    }
    case 'unplug':
      return [{ alias: ALIAS.plug, entries: everyAddressBut([...gateway.keep, ...gateway.own]) }];
    case 'quarantine-host':
      return [{ alias: ALIAS.quarantine, entries: rangeOf(order.address).map(shown) }];
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${gateway.name} is a firewall.`);
    default:
      return order satisfies never;
  }
}

/** What was laid once must be there, of the right kind, and free. Throws MeasureRefused and HostUnknown. */
async function checked(
  order: MeasureOrder,
  switches: readonly Switch[],
  { name }: OpnsenseGateway,
  device: Console,
): Promise<readonly Phrase[]> {
  const aliases = await device.aliases();
  for (const wanted of [...switches.map(({ alias }) => alias), FENCE_ALIAS]) {
    const alias = aliases.find((each) => each.name === wanted);
    if (!alias?.isEnabled || alias.type !== 'external')
      throw new MeasureRefused(
        `${name} has no alias ${wanted} of the type external that is switched on; lay it once as docs/firewalls.md says.`,
      );
    if (wanted !== ALIAS.plug && alias.expire !== undefined)
      throw new MeasureRefused(
        `The alias ${wanted} of ${name} expires after ${alias.expire} s and would take the measure back; leave its expire empty.`,
      );
  }
  for (const { alias } of switches) {
    const strange = (await device.entries(alias)).filter((entry) => alias !== ALIAS.quarantine && !isMark(entry));
    if (strange.length > 0)
      throw new MeasureRefused(
        `The alias ${alias} of ${name} holds ${strange[0] ?? ''} already, which is nobody's here; empty it first.`,
      );
  }
  if (order.kind !== 'unplug') return [];
  const expire = aliases.find((each) => each.name === ALIAS.plug)?.expire;
  const lease = Math.round(order.leaseMinutes * 60);
  if (expire === undefined || expire > lease)
    throw new MeasureRefused(
      `The alias ${ALIAS.plug} of ${name} ${expire === undefined ? 'never expires' : `expires after ${expire} s`}, and ${lease} s were ordered; ${expire === undefined ? 'give it an expire' : `say --lease ${Math.ceil(expire / 60)}`}.`,
    );
  return [
    say`${name} empties the alias itself after ${Math.round(expire / 60)} min (looking ${expire >= 3600 ? 'every 15 min' : 'once a minute'}), though nobody can reach it`,
  ];
}

/** A state that the switched rule would not let begin. */
function isRefused(state: PfState, task: MeasureTask, gateway: OpnsenseGateway): boolean {
  const { order } = task;
  const isOut = gateway.isInside(state.source) && !gateway.isInside(state.destination);
  const among = (list: readonly string[], address: string): boolean =>
    list.flatMap(rangeOf).map(shown).includes(address);
  switch (order.kind) {
    case 'block-port-25': {
      const ports = order.submissionToo ? [25, 465, 587] : [25];
      const isAllowed = order.who !== 'everyone' && among([...gateway.mailServers, ...gateway.allowed], state.source);
      return isOut && ports.includes(state.port) && !isAllowed;
    }
    case 'unplug': {
      const isIn = gateway.isInside(state.destination) && !gateway.isInside(state.source);
      const kept = [...gateway.keep, ...gateway.own];
      return (isOut && !among(kept, state.source)) || (isIn && !among(kept, state.destination));
    }
    case 'quarantine-host':
      return state.source === order.address || state.destination === order.address;
    default:
      return false;
  }
}

function blastRadius(order: MeasureOrder, { name, mailServers, keep }: OpnsenseGateway): readonly Phrase[] {
  switch (order.kind) {
    case 'block-port-25':
      return [
        say`no machine behind ${name} can send to ${order.submissionToo ? '25, 465, 587' : '25'} outside${order.who === 'everyone' ? ', the mail servers too' : `, but for ${mailServers.join(', ')}`}; ${name} itself still can`,
        say`inbound mail and mail inside the house go on, as the rule that was laid leaves them`,
      ];
    case 'unplug':
      return [
        say`nothing passes between inside and outside${keep.length > 0 ? `, but for ${keep.join(', ')}` : ''}; ${name} itself stays connected`,
      ];
    case 'quarantine-host':
      return [say`${order.address} reaches nothing beyond its own segment; other addresses of the same machine go on`];
    default:
      return [];
  }
}

function readPrior(prior: Plain, name: string): readonly Switch[] {
  const list = Array.isArray(prior) ? prior : [];
  const switches = list.flatMap((each: unknown): readonly Switch[] => {
    const alias: unknown = typeof each === 'object' && each !== null ? Reflect.get(each, 'alias') : undefined;
    const entries: unknown = typeof each === 'object' && each !== null ? Reflect.get(each, 'entries') : undefined;
    if (typeof alias !== 'string' || !Array.isArray(entries)) return [];
    return [{ alias, entries: entries.filter((entry): entry is string => typeof entry === 'string') }];
  });
  if (switches.length === 0)
    throw new MeasureRefused(`The record of this measure on ${name} names no alias; take it back by hand.`);
  return switches;
}
