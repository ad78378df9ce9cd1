/**
 * What deserves a notification of its own and offers something in an incident: once that is over, it is taken back there
 * too, in whichever process and after whatever restart (offers.ts).
 */
import { foldIncident } from '../../src/domain/incidents/incident.ts';
import type { Message } from '../../src/messages/message.ts';
import { offersChange } from '../../src/messages/spent.ts';
import type { Conversation } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import { canBeEdited, takeBackOffers } from './offers.ts';
import { viewIncident } from './view.ts';
import type { Viewing } from './view.ts';

type Loud = Viewing & Pick<World, 'outbox' | 'offers'>;

export interface LoudWords {
  /** What it is said beneath. */
  readonly key: string;
  /** What tells it from all else that is said loudly beneath the same. */
  readonly mark: string;
  readonly message: Message;
}

/** Says it in each of these places. Never throws: it is a word beside a record that stands. */
export async function sayLoud(
  world: Loud,
  number: number,
  places: readonly Conversation[],
  { key, mark, message }: LoudWords,
): Promise<void> {
  const offering = offersChange(message);
  const as = `${key}#${mark}`;
  await Promise.all(
    places.map(async (conversation) => {
      const offers = offering && canBeEdited(conversation.surface);
      try {
        await world.outbox.put({ conversation, key, message, loud: true, ...(offers && { as }) });
        if (offers) await world.offers.keep(number, { conversation, key: as, message });
      } catch {
        // Said again by the next call; the record has it.
      }
    }),
  );
  if (offering) await takeBackIfOver(world, number);
}

/** Somebody may have taken it while it was being said: then nobody else takes these offers back. */
async function takeBackIfOver(world: Loud, number: number): Promise<void> {
  try {
    const incident = foldIncident(number, (await world.incidents.read(number)).events);
    if (!incident || incident.state === 'open') return;
    const seen = await viewIncident(world, number);
    if (seen) await takeBackOffers(world, seen);
  } catch {
    // With the next change.
  }
}
