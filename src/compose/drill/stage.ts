/**
 * Where a request is carried out: in the real world, or in that of the drill it belongs to.
 *
 * While a drill is played in its conversation everything goes to the drill's world, but for what is about the drill
 * itself; that is said under the drill's name as well, so that what is pressed on it belongs to the drill.
 */
import type { DrillMarks } from '../../../adapters/redis/drill-marks.ts';
import type { Answer, CommandRequest } from '../../../jobs/answer.ts';
import { drillSpec, hintSpec } from '../../commands/specs/drill.ts';
import { keyInDrill, keyItself } from '../../domain/drill/place.ts';
import type { World } from '../../ports/world.ts';
import { refuseIfOver, refuseIfPlayedElsewhere } from './elsewhere.ts';
import type { LazyDrills } from './lazy.ts';

export interface Stage {
  readonly isPlayed: boolean;
  /** As that world knows it. */
  readonly request: CommandRequest;
  readonly world: World;
}

export function stageOf(request: CommandRequest, world: World, drills: LazyDrills): Stage {
  const { conversation } = request;
  if (isAboutDrill(request)) {
    const place = drills.placeOf(conversation);
    const put: World['outbox']['put'] = (utterance) =>
      world.outbox.put({ ...utterance, key: keyInDrill(place, utterance.key) });
    return { isPlayed: false, request, world: { ...world, outbox: { put } } };
  }
  const played = drills.worldOf(conversation);
  if (!played) return { isPlayed: false, request, world };
  const { beneath } = conversation;
  const within = beneath === undefined ? conversation : { ...conversation, beneath: keyItself(beneath) };
  return { isPlayed: true, request: { ...request, conversation: within }, world: played };
}

/** For what no drill of this process takes: whether another's does, or did. */
export async function refuseOutsideDrill(
  request: CommandRequest,
  marks: DrillMarks,
  isAlive: (owner: string) => Promise<boolean>,
): Promise<Answer | undefined> {
  const refused = await refuseIfPlayedElsewhere(marks, request.conversation, isAlive);
  return refused ?? (isAboutDrill(request) ? undefined : refuseIfOver(request.conversation));
}

function isAboutDrill({ command }: CommandRequest): boolean {
  return command.name === drillSpec.name || command.name === hintSpec.name;
}
