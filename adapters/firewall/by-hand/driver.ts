/**
 * A firewall that no program reaches: the steps are written for a person, who confirms that they were taken.
 *
 * Rules:
 * 1. Until somebody has confirmed, it is unknown whether the measure stands; a confirmation alone is never a proof.
 * 2. Where it can be seen from here (a connection outward to a host that is named as `probe`), it is: an open connection
 *    disproves any confirmation, a refused one proves it where it was open when the measure was planned: else it may be
 *    that host, or a provider's own block, and nothing is seen. Nor is it from an address that the order lets through.
 * 3. The plug is never pulled by hand through this: nothing would put it back by itself.
 */
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureTask, Observation, Proof } from '../../../src/domain/measures/plan.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { PersonAwaited } from '../../../src/ports/hands.ts';
import type { Hands, HandState, Probe } from '../../../src/ports/hands.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import { MeasureRefused } from '../../../src/ports/measures.ts';
import type { MeasureDriver } from '../../../src/ports/measures.ts';

export interface HandGateway {
  readonly name: string;
  readonly mailServers: readonly string[];
  readonly allowed: readonly string[];
  /** Addresses that connections from here may come from. */
  readonly here: readonly string[];
  /** An outside mail server that answers on port 25 when nothing is blocked. */
  readonly probe?: { readonly host: string; readonly port: number };
}

export function openByHand(gateway: HandGateway, hands: Hands, probe: Probe): MeasureDriver {
  const { name } = gateway;
  const passes = async (order: MeasureOrder): Promise<'open' | 'refused' | 'unknown'> =>
    gateway.probe && isHeldHere(order, gateway) ? probe.connect(gateway.probe.host, gateway.probe.port) : 'unknown';
  const observe = async (task: MeasureTask): Promise<Observation> => {
    try {
      const state = await hands.state(task.tag);
      if (state.asked === undefined || (state.asked === 'take' && state.confirmed))
        return { kind: 'absent', notes: [say`nobody was asked for it on ${name}, or somebody has taken it back`] };
      if (!state.confirmed) return { kind: 'unknown', why: waiting(task.tag, state.asked, name), awaits: 'person' };
      if ((await passes(task.order)) === 'open')
        return {
          kind: 'changed',
          differences: [say`a connection to ${probeOf(gateway)} was made from here: nothing is blocked`],
        };
      return { kind: 'in-force', notes: [confirmedBy(state)] };
    } catch (error) {
      if (!(error instanceof HostUnknown)) throw error;
      return { kind: 'unknown', why: [foreign(error.message, 400)] };
    }
  };
  /** Asks, and stops where nobody has confirmed yet: it is continued when somebody has. */
  const asked = async (task: MeasureTask, what: 'lay' | 'take', fence: number): Promise<void> => {
    await hands.ask(name, task.tag, what, fence);
    const state = await hands.state(task.tag);
    if (!state.confirmed) throw new PersonAwaited(waiting(task.tag, what, name).join(''));
  };
  return {
    observe,
    renew: async () => {},
    plan: async (order, tag) => {
      const steps = stepsOf(order, gateway);
      await hands.state(tag);
      const before = await passes(order);
      return {
        order,
        restoresNothing: true,
        prior: { before },
        commands: [...steps.lay, `then say: confirm ${tag.replace(/^tq/, '')}`],
        undo: [...steps.take, `then say: confirm ${tag.replace(/^tq/, '')}`],
        blastRadius: [
          ...steps.touches,
          say`how many connections that cuts can't be seen from here`,
          say`a person carries it out on ${name}; nothing happens by itself, and nothing takes it back by itself`,
          sayHowItIsSeen(order, gateway, before),
        ],
      };
    },
    engage: async (task, fence) => {
      const state = await hands.state(task.tag);
      if (state.asked === 'lay' && state.confirmed) return hands.ask(name, task.tag, 'lay', fence);
      await asked(task, 'lay', fence);
    },
    release: async (task, fence, way) => {
      const state = await hands.state(task.tag);
      if (state.asked === undefined) return { kind: 'released', notes: [say`nobody had been asked for it`] };
      if (state.asked === 'lay' && state.confirmed && way === 'exact') {
        const seen = await observe(task);
        if (seen.kind === 'changed') return { kind: 'refused', differences: seen.differences };
      }
      await asked(task, 'take', fence);
      return { kind: 'released', notes: [confirmedBy(await hands.state(task.tag))] };
    },
    verify: async (task): Promise<Proof> => {
      const seen = await observe(task);
      if (seen.kind === 'unknown') return seen;
      if (seen.kind !== 'in-force')
        return { kind: 'disproved', by: seen.kind === 'absent' ? seen.notes : seen.differences };
      if (wasOpen(task) && (await passes(task.order)) === 'refused')
        return { kind: 'proved', by: [say`a connection to ${probeOf(gateway)} was tried from here and refused`] };
      return { kind: 'unknown', why: say`it was confirmed, but nobody can see from here whether it works` };
    },
  };
}

/** A connection from here would be refused by it. */
function isHeldHere(order: MeasureOrder, { mailServers, allowed, here }: HandGateway): boolean {
  if (order.kind !== 'block-port-25') return false;
  return order.who === 'everyone' || !here.some((each) => [...mailServers, ...allowed].includes(each));
}

function wasOpen({ prior }: MeasureTask): boolean {
  return typeof prior === 'object' && prior !== null && Reflect.get(prior, 'before') === 'open';
}

function sayHowItIsSeen(order: MeasureOrder, gateway: HandGateway, before: 'open' | 'refused' | 'unknown'): Phrase {
  if (!gateway.probe || order.kind !== 'block-port-25') return say`whether it works can't be seen from here`;
  if (!isHeldHere(order, gateway))
    return say`whether it works can't be seen from here: Tourniquet runs at an address that may go on sending`;
  return before === 'open'
    ? say`whether it works is tried from here, at ${probeOf(gateway)}`
    : say`whether it works can't be seen from here: ${probeOf(gateway)} doesn't answer now either`;
}

function waiting(tag: string, what: 'lay' | 'take', name: string): readonly string[] {
  const number = tag.replace(/^tq/, '');
  return [
    `somebody has to ${what === 'lay' ? 'carry out' : 'take back'} measure ${number} on ${name} by hand; when it is done, say confirm ${number}`,
  ];
}

function confirmedBy({ confirmed }: HandState): Phrase {
  return confirmed
    ? say`confirmed by ${confirmed.by} at ${new Date(confirmed.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : say`not confirmed by anybody`;
}

function probeOf({ probe }: HandGateway): string {
  return probe ? `${probe.host}:${probe.port}` : 'nothing';
}

interface Steps {
  readonly lay: readonly string[];
  readonly take: readonly string[];
  readonly touches: readonly Phrase[];
}

function stepsOf(order: MeasureOrder, gateway: HandGateway): Steps {
  const { name } = gateway;
  switch (order.kind) {
    case 'block-port-25': {
      if (order.leaseMinutes !== undefined)
        throw new MeasureRefused(`Nothing on ${name} would end the block by itself; order it without --lease.`);
      const ports = order.submissionToo ? '25, 465 and 587' : '25';
      const but = [...gateway.mailServers, ...gateway.allowed];
      if (order.who !== 'everyone' && but.length === 0)
        throw new MeasureRefused(
          `No mail server behind ${name} has an address in tourniquet.yaml, so that "all but the mail servers" would be everyone.`,
        );
      const whom = order.who === 'everyone' ? 'everyone, the mail servers too' : `everyone but ${but.join(', ')}`;
      return {
        lay: [
          `on ${name}: reject TCP to port ${ports}, leaving through the outside interface, IPv4 and IPv6, for ${whom}`,
          'above every rule that permits it; with logging switched on; inbound mail and mail inside the house must go on',
          'clear the states (sessions) to that port, or what is connected goes on',
        ],
        take: [`on ${name}: take that rule away again, and nothing else`],
        touches: [say`port ${ports} outside is closed for ${whom}`],
      };
    }
    case 'quarantine-host':
      return {
        lay: [
          `on ${name}: drop everything from and to ${order.address}, and from its network card where it is known`,
          'better: pull its cable, or switch its port off',
        ],
        take: [`on ${name}: take that rule away again, or plug the cable back, once the machine has been wiped`],
        touches: [say`${order.address} reaches nothing beyond its own segment`],
      };
    case 'unplug':
      throw new MeasureRefused(
        `Nothing on ${name} would put the plug back by itself. Pull the cable of the outside interface yourself, and go on in the terminal: tq chat.`,
      );
    case 'freeze-outbound':
    case 'reroute':
    case 'disable-account':
    case 'clean-queue':
      throw new MeasureRefused(`${order.kind} is for a mail server; ${name} is a firewall.`);
    default:
      return order satisfies never;
  }
}
