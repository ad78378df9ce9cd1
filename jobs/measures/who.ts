import { foreign } from '../../src/domain/foreign.ts';
import type { Who } from '../../src/domain/measures/record.ts';
import type { Actor } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';

/**
 * The person behind an actor, as records keep it. Shown by the name of the person table where the surface tells only an
 * account (`root`, `U0123ABCD`); Teams and the console tell a name by themselves.
 */
export function whoIs(world: Pick<World, 'people'>, actor: Actor): Who {
  const person = world.people.personOf(actor);
  const tellsAccount = actor.surface !== 'teams' && actor.surface !== 'web';
  // Who isn't in the table is `terminal:root`, `slack:T01/U01`.
  const isNamed = tellsAccount && !/^(terminal|slack):/.test(person);
  return { person, shown: isNamed ? foreign(person, 80) : actor.shown };
}
