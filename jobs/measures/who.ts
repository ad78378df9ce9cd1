import { foreign } from '../../src/domain/foreign.ts';
import type { Who } from '../../src/domain/measures/record.ts';
import type { Actor } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';

/** The person behind an actor, as records keep it: at a terminal by the name of the person table, not as `root`. */
export function whoIs(world: Pick<World, 'people'>, actor: Actor): Who {
  const person = world.people.personOf(actor);
  const isNamed = (actor.surface === 'terminal' || actor.surface === 'shell') && !person.startsWith('terminal:');
  return { person, shown: isNamed ? foreign(person, 80) : actor.shown };
}
