/**
 * freeze-outbound, reroute and disable-account on Exchange: switches that are set and set back.
 *
 * Rules:
 * 1. A freeze disables the send connectors that are enabled, and suspends the external queues. Pausing transport does the
 *    opposite: it goes on sending and refuses what comes in. Queues are made as they are needed: those that have come since
 *    are suspended too, each time it is looked at. A connector that somebody has made or enabled since is a difference, and
 *    so is a queue of ours that somebody has resumed.
 * 2. A reroute is a connector of its own, with the others disabled: the login of a smart host can't be read back from
 *    Exchange, so nothing of an existing connector is overwritten.
 * 3. An account is disabled as such: on-premises there is no switch for SMTP AUTH per mailbox.
 */
import { z } from 'zod';
import { foreign, say } from '../../../../src/domain/foreign.ts';
import type { Phrase } from '../../../../src/domain/foreign.ts';
import { readAccount } from '../../../../src/domain/measures/account.ts';
import type { MeasureOrder } from '../../../../src/domain/measures/order.ts';
import type { MeasureTask, Observation } from '../../../../src/domain/measures/plan.ts';
import { HostUnknown } from '../../../../src/ports/host.ts';
import type { Host } from '../../../../src/ports/host.ts';
import { MeasureRefused } from '../../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../../src/ports/measures.ts';
import { readExchangeLine } from '../../../../src/domain/queues/exchange-json.ts';
import { countWaiting } from '../../../../src/domain/queues/waiting.ts';
import type { MailServer } from '../../../../src/ports/mail-server.ts';
import { callPowerShell } from './powershell.ts';
import type { Setting } from './powershell.ts';

export interface ExchangeOptions {
  readonly name: string;
  readonly pagerLeavesHere: boolean;
  readonly smartHost?: { readonly host: string; readonly port: number; readonly loginFile?: string };
  /** The folder of the PowerShell files on the server, with slashes. */
  readonly scripts: string;
  /** Looks at its queues. */
  readonly mail: MailServer;
}

const LISTING_MS = 120_000;

const priorSchema = z.object({
  bound: z.record(z.string(), z.string()),
  switches: z.array(
    z.object({ kind: z.string(), id: z.string(), was: z.string(), becomes: z.string(), rest: z.string() }),
  ),
});

type Prior = z.output<typeof priorSchema>;
type Switch = Prior['switches'][number];

export function openExchange(options: ExchangeOptions, host: Host): MeasureDriver {
  const { name, scripts } = options;
  const call = (order: MeasureOrder, action: 'Look' | 'Verify', bound: Prior['bound']) =>
    callPowerShell(host, name, scripts, { action, measure: order.kind, bound });
  const look = async (task: MeasureTask): Promise<readonly Seen[]> => {
    const { bound, switches } = priorOf(task);
    return compare(switches, await call(task.order, 'Look', bound));
  };
  const apply = async (
    task: MeasureTask,
    to: readonly Wanted[],
    queues: 'suspend' | 'resume',
    fence: number,
  ): Promise<void> => {
    const settings = to.map(({ kind, id, value }) => ({ kind, id, value }));
    const { bound } = priorOf(task);
    await callPowerShell(host, name, scripts, {
      action: 'Apply',
      measure: task.order.kind,
      bound,
      settings,
      fence,
      ...(task.order.kind === 'freeze-outbound' && { queues }),
    });
  };
  const moving = async (task: MeasureTask): Promise<readonly Setting[]> =>
    task.order.kind === 'freeze-outbound' ? call(task.order, 'Verify', priorOf(task).bound) : [];
  /** A connector that is enabled and was not when it was frozen: what it carries leaves until its queue is suspended. */
  const newWaysOut = async (task: MeasureTask): Promise<readonly string[]> => {
    const { bound, switches } = priorOf(task);
    const found = await call(task.order, 'Look', bound);
    return found
      .filter(({ kind, id, value }) => kind === 'SendConnector' && value === 'True' && !isAmong(switches, id))
      .map(
        ({ id }) => `+ the send connector ${id} is enabled, which it was not; its queues are suspended within a minute`,
      );
  };
  return {
    renew: async (task, fence) => {
      if ((await moving(task)).some((queue) => queue.kind === 'Moving')) await apply(task, [], 'suspend', fence);
    },
    plan: async (order, tag) => {
      const bound = boundOf(order, tag, options);
      const switches = switchesOf(order, bound, await call(order, 'Look', bound), options);
      return {
        order,
        prior: { bound, switches },
        commands: [
          ...switches.map((each) => command(each, each.becomes, bound)),
          ...(order.kind === 'freeze-outbound' ? [SUSPENDS] : []),
        ],
        undo: [
          ...switches.toReversed().map((each) => command(each, each.was, bound)),
          ...(order.kind === 'freeze-outbound' ? [RESUMES] : []),
        ],
        blastRadius: [
          ...(order.kind === 'disable-account' ? [] : [await waiting(order, options)]),
          ...blastRadius(order, switches, options),
        ],
      };
    },
    engage: async (task, fence) => {
      const seen = await look(task);
      const differences = seen.flatMap((each) => each.differences);
      if (differences.length > 0)
        throw new MeasureRefused(
          `Exchange was changed since this was planned (${differences.join('; ')}). Plan it anew.`,
        );
      await apply(
        task,
        seen.map(({ plan }) => ({ kind: plan.kind, id: plan.id, value: plan.becomes })),
        'suspend',
        fence,
      );
    },
    release: async (task, fence, way) => {
      const seen = await look(task);
      const differences = seen.flatMap((each) => each.differences);
      if (way === 'exact' && differences.length > 0)
        return { kind: 'refused', differences: differences.map((each) => [foreign(each)]) };
      const back = seen.filter((each) => each.value !== undefined).toReversed();
      await apply(
        task,
        back.map(({ plan }) => ({ kind: plan.kind, id: plan.id, value: plan.was })),
        'resume',
        fence,
      );
      return { kind: 'released', notes: differences.map((each) => say`left as it is: ${foreign(each)}`) };
    },
    observe: (task) =>
      orUnknown(async (): Promise<Observation> => {
        const seen = await look(task);
        const engaged = seen.filter((each) => each.value === each.plan.becomes);
        const differences = seen.flatMap((each) => each.differences);
        if (differences.length === 0 && engaged.length > 0 && engaged.length < seen.length)
          differences.push(
            ...seen.filter((each) => !engaged.includes(each)).map(({ plan }) => `${plan.id} is ${plan.was}`),
          );
        if (differences.length === 0 && engaged.length > 0) {
          const queues = await moving(task);
          const come = queues.filter((queue) => queue.kind === 'Moving');
          if (come.length > 0)
            return {
              kind: 'slipped',
              how: 'grown',
              differences: come.map(({ id, rest }) => say`the queue ${foreign(id)} to ${foreign(rest)} has come since`),
            };
          for (const queue of queues)
            differences.push(`+ the queue ${queue.id} to ${queue.rest} was resumed by hand; say Suspend-Queue there`);
          if (task.order.kind === 'freeze-outbound') differences.push(...(await newWaysOut(task)));
        }
        if (differences.length > 0) return { kind: 'changed', differences: differences.map((each) => [foreign(each)]) };
        return { kind: engaged.length > 0 ? 'in-force' : 'absent', notes: [] };
      }),
    verify: (task) =>
      orUnknown(async () => {
        const found = await call(task.order, 'Verify', priorOf(task).bound);
        return proofOf(task.order, found, await look(task), name);
      }),
  };
}

const SUSPENDS =
  'Suspend-Queue -Identity (each external queue that is not suspended); each minute again, for those that have come since';
const RESUMES = 'Resume-Queue -Identity (each queue that was suspended so, and none that was before)';

function isAmong(switches: readonly Switch[], id: string): boolean {
  return switches.some((each) => each.id === id);
}

interface Wanted {
  readonly kind: string;
  readonly id: string;
  readonly value: string;
}

interface Seen {
  readonly plan: Switch;
  /** Undefined: it is gone. */
  readonly value: string | undefined;
  /** In what it is neither as it was nor as we set it. */
  readonly differences: readonly string[];
}

function priorOf(task: MeasureTask): Prior {
  return priorSchema.parse(task.prior);
}

function compare(switches: readonly Switch[], found: readonly Setting[]): readonly Seen[] {
  return switches.map((plan) => {
    if (plan.kind === 'Relay') {
      const there = found.some((each) => each.id === plan.id);
      return { plan, value: there ? 'True' : 'False', differences: [] };
    }
    const now = found.find((each) => each.kind === plan.kind && each.id === plan.id);
    if (!now) return { plan, value: undefined, differences: [`- ${plan.kind} ${plan.id}`] };
    const changed = now.rest === plan.rest ? [] : [`- ${plan.id}: ${plan.rest}`, `+ ${plan.id}: ${now.rest}`];
    return { plan, value: now.value, differences: changed };
  });
}

function boundOf(order: MeasureOrder, tag: string, { name, smartHost }: ExchangeOptions): Prior['bound'] {
  if (order.kind === 'disable-account') {
    if (readAccount(order.account).kind !== 'ok')
      throw new MeasureRefused(`${JSON.stringify(order.account)} is no login that Exchange on ${name} would know.`);
    return { Account: order.account.replaceAll('\\', '/') };
  }
  if (order.kind !== 'reroute') return {};
  if (!smartHost)
    throw new MeasureRefused(
      `No relay of the provider is known for ${name}; write it under smartHost in tourniquet.yaml.`,
    );
  if (smartHost.loginFile !== undefined)
    throw new MeasureRefused(
      `The relay wants a login, and Exchange takes it from a person alone (New-SendConnector -AuthenticationCredential); make the connector on ${name} by hand.`,
    );
  return { Relay: `tourniquet-${tag}`, RelayHost: smartHost.host, RelayPort: String(smartHost.port) };
}

function switchesOf(
  order: MeasureOrder,
  bound: Prior['bound'],
  found: readonly Setting[],
  { name }: ExchangeOptions,
): readonly Switch[] {
  const on = found.filter((each) => each.value === 'True');
  const off = on.map((each): Switch => ({
    kind: each.kind,
    id: each.id,
    was: 'True',
    becomes: 'False',
    rest: each.rest,
  }));
  if (off.length === 0)
    throw new MeasureRefused(
      order.kind === 'disable-account'
        ? `${order.account} is disabled already, or isn't there.`
        : `No send connector of ${name} is enabled; there is nothing to stop. Block port 25 on the firewall instead.`,
    );
  // The new way out first, so that mail has one at every moment.
  return order.kind === 'reroute'
    ? [{ kind: 'Relay', id: bound['Relay'] ?? '', was: 'False', becomes: 'True', rest: '' }, ...off]
    : off;
}

function command({ kind, id }: Switch, value: string, bound: Prior['bound']): string {
  if (kind === 'Account') return `${value === 'True' ? 'Enable' : 'Disable'}-ADAccount -Identity ${id}`;
  if (kind === 'SendConnector') return `Set-SendConnector -Identity "${id}" -Enabled $${value.toLowerCase()}`;
  return value === 'True'
    ? `New-SendConnector -Name ${id} -AddressSpaces "SMTP:*;1" -SmartHosts ${bound['RelayHost'] ?? ''} -Port ${bound['RelayPort'] ?? ''}`
    : `Remove-SendConnector -Identity ${id}`;
}

function blastRadius(order: MeasureOrder, switches: readonly Switch[], options: ExchangeOptions): readonly Phrase[] {
  if (order.kind === 'disable-account')
    return [
      say`${foreign(order.account)} can log in nowhere: not to Windows, not to its mailbox, not to hand in mail`,
      say`what it has open goes on until its token is over, up to 15 min; end it by restarting the frontend transport service`,
    ];
  const names = switches.filter((each) => each.kind === 'SendConnector').map((each) => each.id);
  return [
    say`disables ${names.length} send connectors: ${foreign(names.join(', '))}; they serve the whole organisation, not ${options.name} alone`,
    order.kind === 'reroute'
      ? say`everything leaves through ${options.smartHost?.host ?? ''}: clean the queue first`
      : say`outbound mail waits; inbound mail, mailboxes and what users hand in go on`,
    say`in several sites Active Directory has to carry it first; Exchange returns mail after 2 days unless told otherwise`,
    ...(options.pagerLeavesHere ? [say`the pager's mail leaves through this server too`] : []),
  ];
}

/** How many messages it touches now. */
async function waiting(order: MeasureOrder, { mail }: ExchangeOptions): Promise<Phrase> {
  const count = countWaiting(Date.now() / 1000);
  let line = 0;
  for await (const lines of mail.listing(LISTING_MS))
    for (const text of lines) {
      line += 1;
      readExchangeLine(text, line, count);
    }
  return count.phrase(order.kind === 'reroute' ? 'sends another way' : 'holds');
}

function proofOf(order: MeasureOrder, found: readonly Setting[], seen: readonly Seen[], name: string) {
  const isSet = seen.every((each) => each.value === each.plan.becomes);
  if (order.kind === 'disable-account') {
    const disabled = found[0]?.value === 'True';
    return {
      kind: disabled ? 'proved' : 'disproved',
      by: [say`the directory says disabled: ${found[0]?.value ?? 'nothing'}`],
    } as const;
  }
  if (order.kind === 'reroute')
    return {
      kind: isSet ? 'proved' : 'disproved',
      by: [say`the connector ${seen[0]?.plan.id ?? ''} is ${isSet ? 'the only way out' : 'not the only way out'}`],
    } as const;
  return found.length === 0 && isSet
    ? ({ kind: 'proved', by: [say`no queue of ${name} to the outside moves`] } as const)
    : ({ kind: 'disproved', by: [say`${found.length} queues of ${name} to the outside move`] } as const);
}

async function orUnknown<T>(look: () => Promise<T>): Promise<T | { kind: 'unknown'; why: Phrase }> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { kind: 'unknown', why: [foreign(error.message, 400)] };
  }
}
