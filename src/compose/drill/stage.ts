/**
 * Where a request is carried out: in the real world, or in that of the drill it belongs to.
 *
 * While a drill is played in its conversation everything goes to the drill's world, but for what is about the drill
 * itself; that is said under the drill's name as well, so that what is pressed on it belongs to the drill.
 */
import type { DrillMarks } from '../../../adapters/redis/drill-marks.ts';
import type { CommandRequest } from '../../../jobs/answer.ts';
import { parseLine } from '../../commands/parse.ts';
import { registry } from '../../commands/registry.ts';
import { drillSpec, hintSpec } from '../../commands/specs/drill.ts';
import { foreign } from '../../domain/foreign.ts';
import { inDrill, keyItself } from '../../domain/drill/place.ts';
import type { World } from '../../ports/world.ts';
import { playedElsewhere, refuseIfOver } from './elsewhere.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { LazyDrills } from './lazy.ts';

export interface Stage {
  readonly isPlayed: boolean;
  /** As that world knows it. */
  readonly request: CommandRequest;
  readonly world: World;
}

export function stageOf(request: CommandRequest, world: World, drills: LazyDrills): Stage {
  const { conversation } = request;
  const asOther = drills.worldOf(conversation) && saidAs(request);
  if (asOther) return stageOf(asOther, world, drills);
  if (isAboutDrill(request)) {
    const place = drills.placeOf(conversation);
    const put: World['outbox']['put'] = (utterance) => world.outbox.put(inDrill(place, utterance));
    return { isPlayed: false, request, world: { ...world, outbox: { put } } };
  }
  const played = drills.worldOf(conversation);
  if (!played) return { isPlayed: false, request, world };
  const { beneath } = conversation;
  const within = beneath === undefined ? conversation : { ...conversation, beneath: keyItself(beneath) };
  return { isPlayed: true, request: { ...request, conversation: within }, world: played };
}

/** `drill as NAME COMMAND`: the command, said by somebody else; undefined where that can't be said in a drill. */
function saidAs(request: CommandRequest): CommandRequest | undefined {
  if (request.command.name !== drillSpec.name || request.command.words[0] !== 'as') return undefined;
  const read = drillSpec.read(request.command);
  const { who = '', line = '' } = read.kind === 'ok' ? read.value : {};
  const heard = parseLine(line, registry);
  if (heard.kind === 'misheard' || heard.spec.name === drillSpec.name || heard.spec.name === hintSpec.name)
    return undefined;
  const actor = { ...request.actor, id: `drill-as-${who}`, shown: foreign(who) };
  return { ...request, command: heard.spoken, actor };
}

/** For what no drill of this process takes: whether another's does, or did. */
export async function outsideDrill(
  request: CommandRequest,
  marks: DrillMarks,
  isAlive: (owner: string) => Promise<boolean>,
): Promise<Elsewhere> {
  const found = await playedElsewhere(marks, request.conversation, isAlive);
  if (found.kind !== 'nowhere' || isAboutDrill(request)) return found;
  const answer = refuseIfOver(request.conversation);
  return answer ? { kind: 'over', answer } : found;
}

export function isAboutDrill({ command }: CommandRequest): boolean {
  return command.name === drillSpec.name || command.name === hintSpec.name;
}
