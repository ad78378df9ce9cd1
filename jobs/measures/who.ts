import type { Who } from '../../src/domain/measures/record.ts';
import type { Actor } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';

/** The person behind an actor, as records keep it. */
export function whoIs(world: Pick<World, 'people'>, actor: Actor): Who {
  return { person: world.people.personOf(actor), shown: actor.shown };
}
