/** `incidents`, `incident`, `next`: what there is to see. */
import { readArguments } from '../../src/commands/parse.ts';
import { incidentSpec, incidentsSpec } from '../../src/commands/specs/incidents.ts';
import { nextSpec } from '../../src/commands/specs/steps.ts';
import { say } from '../../src/domain/foreign.ts';
import { sayIncident, sayIncidents } from '../../src/messages/incident.ts';
import { sayNext } from '../../src/messages/next.ts';
import { message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandJob } from '../answer.ts';
import { changeIncident } from './change.ts';
import { boundHere, incidentJson } from './open.ts';
import { tellIncident } from './tell.ts';
import type { TellingIncident } from './tell.ts';
import { openIncidents, viewIncident } from './view.ts';
import type { Viewing } from './view.ts';
import { isBound, whichIncident } from './which.ts';

const MOST_SHOWN = 50;

export const runIncidents: CommandJob<keyof Viewing> = async (request, world) => {
  const args = readArguments(incidentsSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const seen = args.value.all
    ? (
        await Promise.all(
          (await world.incidents.numbers('all')).slice(0, MOST_SHOWN).map((number) => viewIncident(world, number)),
        )
      ).filter((each) => each !== undefined)
    : await openIncidents(world);
  const open = seen.some(({ incident }) => incident.state !== 'closed');
  return {
    status: open ? 'warning' : 'ok',
    message: sayIncidents(seen),
    data: { schema: 'tourniquet.incidents/1', incidents: seen.map(incidentJson) },
  };
};

export const runIncident: CommandJob<keyof (TellingIncident & Pick<World, 'clock'>)> = async (request, world) => {
  const args = readArguments(incidentSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const which = await whichIncident(request, world, args.value.incident, 'closed-too');
  if (which.kind === 'asked') return which.answer;
  const { number } = which.seen.incident;
  const status = which.seen.incident.state === 'closed' ? 'ok' : 'warning';
  if (request.conversation.surface === 'shell' || which.seen.incident.state === 'closed')
    return { status, message: sayIncident(which.seen), data: incidentJson(which.seen) };
  if (isBound(which.seen.incident, request.conversation))
    return { status, message: sayIncident(which.seen), data: incidentJson(which.seen) };
  await changeIncident(world, number, ({ incident }) => ({
    events: isBound(incident, request.conversation) ? [] : boundHere(request, world.clock.now()),
    result: undefined,
  }));
  await tellIncident(world, number);
  const words = say`Incident ${number} is followed here from now on.`;
  return { status, message: message('neutral', words, notice('neutral', words)), data: incidentJson(which.seen) };
};

export const runNext: CommandJob<keyof Viewing> = async (request, world) => {
  const args = readArguments(nextSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const which = await whichIncident(request, world, args.value.incident);
  if (which.kind === 'asked') return which.answer;
  return { status: 'ok', message: sayNext(which.seen), data: incidentJson(which.seen) };
};
