/** The people of the configuration as the port the house asks. */
import { highestOf } from '../../commands/roles.ts';
import type { Actor, SurfaceName } from '../../ports/conversation.ts';
import type { People } from '../../ports/people.ts';
import type { Config } from '../../config/schema.ts';

type Person = Config['people'][number];

/**
 * Who is at the machine's own terminal or shell may do what its user may do there anyway: admin, unless the person table
 * names that user. In a chat, whom nobody named gets that chat's `everybody`, or what their groups have, the highest of it.
 */
export function makePeople(config: Config): People {
  const find = (actor: Actor): Person | undefined =>
    config.people.find((person) => {
      if (actor.surface === 'slack') return isSlackIdentity(person.slack, actor.id);
      if (isOfTheMachine(actor)) return person.terminal === actor.id.slice(OF_THE_MACHINE.length);
      return identityOn(person, actor.surface) === actor.id;
    });
  return {
    names: config.people.map((person) => person.name),
    roleOf(actor) {
      const person = find(actor);
      if (person) return person.role;
      switch (actor.surface) {
        case 'terminal':
        case 'shell':
          return 'admin';
        case 'slack': {
          const inGroups = config.groups
            .filter(({ slack }) => actor.groups?.includes(slack))
            .map((group) => group.role);
          const everybody = config.chat.slack?.everybody ?? 'viewer';
          return highestOf([...inGroups, ...(everybody === 'nobody' ? [] : [everybody])]);
        }
        case 'teams':
          return config.chat.teams?.everybody ?? 'viewer';
        case 'web':
          return actor.id.startsWith(OF_THE_MACHINE) ? 'admin' : 'nobody';
        default:
          return actor.surface satisfies never;
      }
    },
    personOf(actor) {
      const named = find(actor)?.name;
      if (named !== undefined) return named;
      if (isOfTheMachine(actor)) return actor.id;
      return `${actor.surface === 'shell' ? 'terminal' : actor.surface}:${actor.id}`;
    },
  };
}

/** In the console, `terminal:anna` is whoever is anna at the machine's own terminal: one person, one voice. */
const OF_THE_MACHINE = 'terminal:';

function isOfTheMachine(actor: Actor): boolean {
  return actor.surface === 'web' && actor.id.startsWith(OF_THE_MACHINE);
}

/** `team/user` names the person of an Enterprise Grid too: both ids are Slack's own, unique over all its workspaces. */
export function isSlackIdentity(named: string | undefined, identity: string): boolean {
  return named !== undefined && (named === identity || identity.split('/').slice(1).join('/') === named);
}

function identityOn(person: Person, surface: SurfaceName): string | undefined {
  switch (surface) {
    case 'slack':
      return person.slack;
    case 'teams':
      return person.teams?.toLowerCase();
    case 'terminal':
    case 'shell':
      return person.terminal;
    case 'web':
      return person.name;
    default:
      return surface satisfies never;
  }
}
