/**
 * What a listing means that was dropped into a chat: in an incident's conversation its place is looked at again with it,
 * else what the queue alone suggests, and what to do next.
 */
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import type { Snapshot } from '../../src/domain/queues/snapshot.ts';
import { heading, text } from '../../src/messages/message.ts';
import type { Message } from '../../src/messages/message.ts';
import { sayOfQueueAlone } from '../../src/messages/triage.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandRequest, Tell } from '../answer.ts';
import { viewIncident } from '../incidents/view.ts';
import { incidentHere } from '../incidents/which.ts';
import { runTriage } from '../triage/triage.ts';
import type { TriageNeeds } from '../triage/triage.ts';

/** `said`: what is in the queue; `dump`: the file, for `world.files`. */
export async function addWhatItMeans(
  said: Message,
  request: CommandRequest,
  dump: string,
  snapshot: Snapshot,
  world: Pick<World, TriageNeeds>,
  tell: Tell,
): Promise<Message> {
  const number = await incidentHere(request.conversation, world);
  const seen = number === undefined ? undefined : await viewIncident(world, number);
  if (!seen) return { ...said, blocks: [...said.blocks, ...sayOfQueueAlone(diagnose({ queue: snapshot }))] };
  const { site } = seen.incident;
  const mta = request.command.options['mta'];
  const command = { name: 'triage', words: world.sites.find(site) ? [site] : [], options: { ...(mta && { mta }) } };
  const verdict = (await runTriage({ ...request, command, files: { dump } }, world, tell)).message;
  const queue = [heading('The queue that was handed over'), text(said.summary), ...said.blocks];
  return { ...verdict, blocks: [...verdict.blocks, ...queue] };
}
