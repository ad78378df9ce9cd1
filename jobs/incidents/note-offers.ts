/** Keeps an answer that offers something in an incident, so that it can be taken back (offers.ts). */
import type { Message } from '../../src/messages/message.ts';
import { incidentsOffered, offersChange } from '../../src/messages/spent.ts';
import type { Conversation } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import type { CommandRequest } from '../answer.ts';
import { canBeEdited, takeBackOffers } from './offers.ts';
import { viewIncident } from './view.ts';
import type { Viewing } from './view.ts';
import { incidentHere } from './which.ts';

type Offering = Viewing & Pick<World, 'outbox' | 'offers'>;

/**
 * Keeps what an answer, said just now, offers; takes back at once what is over already. `about`: the incident, where its
 * buttons name none; else that of the conversation.
 */
export async function noteOffers(
  world: Offering,
  request: CommandRequest,
  message: Message,
  about?: number,
): Promise<void> {
  const { conversation, id: key } = request;
  if (!canBeEdited(conversation.surface)) return;
  try {
    if (!offersChange(message)) return;
    const named = incidentsOffered(message);
    const here = named.size > 0 ? undefined : (about ?? (await incidentHere(conversation, world)));
    for (const number of here === undefined ? named : [here]) {
      await world.offers.keep(number, { conversation: placeOf(conversation), key, message });
      const seen = await viewIncident(world, number);
      if (seen) await takeBackOffers(world, seen);
    }
  } catch {
    // A button too many is answered with who did it; a decision must not fail for it.
  }
}

function placeOf({ surface, id, reference }: Conversation): Conversation {
  return { surface, id, ...(reference !== undefined && { reference }) };
}
