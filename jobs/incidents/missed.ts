/** What happened elsewhere (at the terminal, on the console) while a chat could not be reached is posted in its threads. */
import type { World } from '../../src/ports/world.ts';
import type { SurfaceName } from '../../src/ports/conversation.ts';
import { sayMissed } from '../../src/messages/missed.ts';
import { timelineOf } from '../../src/messages/timeline.ts';
import { conversationsOf, headlineKey } from './tell.ts';
import { measureEventsOf, viewIncident } from './view.ts';
import type { Viewing } from './view.ts';

/** Also those that were closed meanwhile. */
const MOST_INCIDENTS = 30;

/** `since` in milliseconds since 1970 UTC; `name` is the chat's, as people call it. */
export async function tellMissed(
  world: Viewing & Pick<World, 'outbox' | 'clock'>,
  surface: SurfaceName,
  name: string,
  since: number,
): Promise<void> {
  const until = world.clock.now();
  const newest = (await world.incidents.numbers('all')).slice(0, MOST_INCIDENTS);
  for (const number of newest) {
    const seen = await viewIncident(world, number);
    const places = seen ? conversationsOf(seen.incident).filter((each) => each.surface === surface) : [];
    if (!seen || places.length === 0) continue;
    const happened = { events: seen.events, measureEvents: await measureEventsOf(world, seen) };
    const missed = timelineOf(happened).filter(({ at }) => at >= since);
    if (missed.length === 0) continue;
    const message = {
      ...sayMissed(name, { since, until }, missed),
      ...(seen.incident.drill ? ({ drill: true } as const) : {}),
    };
    for (const conversation of places)
      await world.outbox.put({ conversation, key: headlineKey(number), message, loud: true });
  }
}
