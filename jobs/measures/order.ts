/** `freeze`, `block`, `unplug` and the others: the order becomes a proposal whose card asks for approval. */
import { readArguments } from '../../src/commands/parse.ts';
import type { CommandSpec } from '../../src/commands/spec.ts';
import {
  blockSpec,
  cleanQueueSpec,
  disableAccountSpec,
  freezeSpec,
  quarantineSpec,
  rerouteSpec,
  unplugSpec,
} from '../../src/commands/specs/measures.ts';
import type { MeasureArguments } from '../../src/commands/specs/measures.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import { sayMeasure } from '../../src/messages/measure.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob, CommandRequest, Json } from '../answer.ts';
import { incidentHere } from '../incidents/which.ts';
import { joinMeasure } from '../incidents/change.ts';
import type { TellingIncident } from '../incidents/tell.ts';
import { viewIncident } from '../incidents/view.ts';
import { change } from './ledger.ts';
import { propose } from './propose.ts';
import type { Proposing } from './propose.ts';
import { whoIs } from './who.ts';

type Ordering = Proposing & TellingIncident & Pick<World, 'people'>;

export const runFreeze = order(freezeSpec);
export const runReroute = order(rerouteSpec);
export const runDisableAccount = order(disableAccountSpec);
export const runCleanQueue = order(cleanQueueSpec);
export const runBlock = order(blockSpec);
export const runUnplug = order(unplugSpec);
export const runQuarantine = order(quarantineSpec);

function order(spec: CommandSpec<MeasureArguments>): CommandJob<keyof Ordering> {
  return async (request, world) => {
    const args = readArguments(spec, request.command);
    if (args.kind === 'bad') return refused(args.why, args.remedy);
    const target = targetFor(args.value, world);
    if (typeof target !== 'string') return target;
    const { unplugMinutes, blockMinutes } = world.measureRules;
    const wanted = args.value.order(target, { unplugMinutes, ...(blockMinutes !== undefined && { blockMinutes }) });
    const incident = args.value.incident ?? (await incidentHere(request.conversation, world));
    const joined = incident === undefined ? undefined : await viewIncident(world, incident);
    if (incident !== undefined && joined?.incident.state !== 'open' && joined?.incident.state !== 'acknowledged')
      return refused(
        joined ? `incident ${incident} is closed` : `there is no incident ${incident}`,
        'say incidents for those there are',
      );
    const proposed = await propose(world, wanted, whoIs(world, request.actor), incident);
    if (proposed.kind === 'refused') return refused(proposed.why, proposed.remedy, proposed.rule);
    if (incident !== undefined) await joinMeasure(world, incident, proposed.record.number);
    return { status: 'warning', ...(await shown(world, request, proposed.record)) };
  };
}

function targetFor(args: MeasureArguments, world: Ordering): string | Answer {
  const names = args.on === 'server' ? world.measureRules.servers : world.measureRules.firewalls;
  const known =
    names.length === 0
      ? `an admin can put one under ${args.on}s in tourniquet.yaml`
      : `say one of ${names.join(', ')}; an admin can add others under ${args.on}s in tourniquet.yaml`;
  if (args.target === undefined)
    return names.length === 1 && names[0] !== undefined ? names[0] : refused(`no ${args.on} was named`, known);
  return names.includes(args.target)
    ? args.target
    : refused(`there is no ${args.on} ${JSON.stringify(args.target)}`, known, 'inventory');
}

/** The card as the answer, and where it was shown, so that it can be edited. */
export async function shown(
  world: Pick<World, 'ledger' | 'clock'>,
  request: CommandRequest,
  record: MeasureRecord,
): Promise<Pick<Answer, 'message' | 'data'>> {
  if (request.conversation.surface !== 'shell')
    await change(world, record.number, () => [
      { kind: 'told', at: world.clock.now(), conversation: request.conversation, key: request.id },
    ]);
  return { message: sayMeasure(record), data: measureJson(record) };
}

export function measureJson(record: MeasureRecord): Json {
  return {
    schema: 'tourniquet.measure/1',
    number: record.number,
    state: record.state,
    order: { ...record.order } as Json,
    commands: record.plan.commands,
    undo: record.plan.undo,
    approvedBy: record.approvedBy.map((who) => who.person),
    ...(record.since !== undefined && { since: new Date(record.since).toISOString() }),
    ...(record.until !== undefined && { until: new Date(record.until).toISOString() }),
    ...(record.lastSeen && { lastSeen: record.lastSeen.seen }),
    ...(record.incident !== undefined && { incident: record.incident }),
  };
}

function refused(why: string, remedy: string, rule?: string): Answer {
  return {
    status: 'refused',
    message: sayRefused(why, remedy, rule),
    ...(rule !== undefined && { data: { schema: 'tourniquet.refused/1', rule, why, remedy } }),
  };
}
