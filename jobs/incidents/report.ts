/** `report`: the incident as a document, attached in a chat and printed in a shell. */
import { readArguments } from '../../src/commands/parse.ts';
import { reportSpec } from '../../src/commands/specs/incidents.ts';
import { say } from '../../src/domain/foreign.ts';
import { message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import { writeReport } from '../../src/messages/report.ts';
import type { Utterance } from '../../src/ports/conversation.ts';
import type { CommandJob } from '../answer.ts';
import { incidentJson } from './open.ts';
import { measureEventsOf } from './view.ts';
import type { Seen, Viewing } from './view.ts';
import { whichIncident } from './which.ts';

export const runReport: CommandJob<keyof Viewing> = async (request, world) => {
  const args = readArguments(reportSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const which = await whichIncident(request, world, args.value.incident, 'closed-too');
  if (which.kind === 'asked') return which.answer;
  const { seen } = which;
  const { number } = seen.incident;
  const file = await reportOf(world, seen);
  const words = say`Report of incident ${number}.`;
  return {
    status: 'ok',
    message: message('neutral', words, notice('neutral', words)),
    file,
    data: { ...incidentJson(seen), report: file.text },
  };
};

/** The document as it is attached. */
export async function reportOf(world: Pick<Viewing, 'ledger'>, seen: Seen): Promise<NonNullable<Utterance['file']>> {
  const measureEvents = await measureEventsOf(world, seen);
  const text = writeReport({ ...seen, measureEvents });
  return { name: `incident-${seen.incident.number}.md`, type: 'text/markdown', text };
}
