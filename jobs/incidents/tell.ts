/**
 * Says how an incident stands, in every conversation that follows it: one headline, edited in place, and beneath it what
 * deserves a notification of its own. What is over is taken back from the answers that still offer it.
 */
import { sayIncident } from '../../src/messages/incident.ts';
import type { Message } from '../../src/messages/message.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { Conversation, SurfaceName } from '../../src/ports/conversation.ts';
import type { World } from '../../src/ports/world.ts';
import { takeBackOffers } from './offers.ts';
import { sayLoud } from './say-loud.ts';
import { viewIncident } from './view.ts';
import type { Viewing } from './view.ts';

export type TellingIncident = Viewing & Pick<World, 'outbox' | 'offers'>;

/** The key under which an incident's headline stands in each conversation. */
export function headlineKey(number: number): string {
  return `incident-${number}`;
}

/**
 * Edits the headline everywhere; `loud` is posted beneath it. Never throws: a chat that is away must not hold up what
 * was done. Does nothing where there is no such incident.
 */
export async function tellIncident(world: TellingIncident, number: number, loud?: Message): Promise<void> {
  try {
    const seen = await viewIncident(world, number);
    if (!seen) return;
    const headline = sayIncident(seen);
    const key = headlineKey(number);
    const drill = seen.incident.drill ? ({ drill: true } as const) : {};
    await Promise.all(
      conversationsOf(seen.incident).map(async (conversation) => {
        await world.outbox.put({ conversation, key, message: headline });
      }),
    );
    const places = conversationsOf(seen.incident);
    if (loud) await sayLoud(world, number, places, { key, mark: `${seen.version}`, message: { ...loud, ...drill } });
    await takeBackOffers(world, seen);
  } catch {
    // It is told again with the next change.
  }
}

export function conversationsOf(incident: Incident): readonly Conversation[] {
  return incident.conversations.flatMap(({ surface, conversation, reference }) =>
    isSurface(surface) ? [{ surface, id: conversation, ...(reference !== undefined && { reference }) }] : [],
  );
}

function isSurface(name: string): name is SurfaceName {
  return name === 'slack' || name === 'teams' || name === 'terminal' || name === 'web';
}
