/** One call made: in the incident's conversations, directly, by paging. */
import type { Call } from '../../src/domain/escalation/chain.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import { sayCall } from '../../src/messages/call.ts';
import { sayLoud } from '../incidents/say-loud.ts';
import { conversationsOf, headlineKey } from '../incidents/tell.ts';
import { page } from './page.ts';
import type { Escalating } from './needs.ts';

/** Makes the call by all its ways. Never throws: what fails is written down and told. */
export async function callPeople(world: Escalating, incident: Incident, call: Call): Promise<void> {
  const words = sayCall(incident, call.people, call.round);
  const said = incident.drill ? { ...words, drill: true as const } : words;
  const { number, escalations } = incident;
  const put = (places: ReturnType<typeof conversationsOf>, key: string): Promise<unknown> =>
    sayLoud(world, number, places, { key, mark: `call-${escalations.length}`, message: said });
  const ways = call.by.map(async (way): Promise<unknown> => {
    switch (way) {
      case 'thread':
        return put(conversationsOf(incident), headlineKey(number));
      case 'direct':
        return put(
          call.people.flatMap((person) => world.onCall.directTo(person)),
          `call-${number}`,
        );
      case 'page':
        // A drill wakes nobody.
        return incident.drill ? undefined : page(world, incident, call);
      default:
        return way satisfies never;
    }
  });
  await Promise.all(ways);
}
