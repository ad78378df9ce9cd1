/**
 * The look before people come in: each site once per slot, one message per site and day.
 *
 * Rules:
 * 1. Whoever runs this, and however often (a scheduler, a second one, a tick after an outage), looks at the calendar,
 *    takes the slot that is due, and leaves it where somebody has it or it is done.
 * 2. The message of a day has one key: a second look of the same day edits it; only news are posted beneath it.
 * 3. One site that fails doesn't keep the others; its slot is given back and tried again by the next tick.
 */
import { plain } from '../../src/domain/foreign.ts';
import { judgeMorning } from '../../src/domain/morning/judge.ts';
import type { MorningLook } from '../../src/domain/morning/judge.ts';
import { dueSlot } from '../../src/domain/morning/plan.ts';
import type { MorningSlot } from '../../src/domain/morning/plan.ts';
import { message, notice } from '../../src/messages/message.ts';
import type { Message } from '../../src/messages/message.ts';
import { sayMorning } from '../../src/messages/morning.ts';
import type { Place } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import { verdictEvent } from '../incidents/verdict.ts';
import { lookAtSite } from './look.ts';
import { openOrJoin } from './open-incident.ts';
import type { Opening } from './open-incident.ts';

export type Mornings = Opening & Pick<World, 'mornings'>;
export type Look = (place: Place) => Promise<MorningLook>;

/** Later than this is said, in milliseconds. */
const LATE_MS = 10 * 60_000;

export const runMornings = async (world: World): Promise<void> => {
  await lookInTheMorning(world, (place) => lookAtSite(world, place));
};

/** Every site whose slot is due and not done. Gives how many were looked at. */
export async function lookInTheMorning(world: Mornings, look: Look): Promise<number> {
  const now = world.clock.now();
  const due = world.mornings.plans.flatMap((plan) => dueSlot(plan, now) ?? []);
  const done = await Promise.all(due.map((slot) => takeSlot(world, slot, look)));
  return done.filter((each) => each === 'looked').length;
}

async function takeSlot(world: Mornings, slot: MorningSlot, look: Look): Promise<'looked' | 'left'> {
  const place = world.sites.find(slot.site);
  if (!place || (await world.mornings.claim(slot)) !== 'yours') return 'left';
  try {
    const late = world.clock.now() - slot.at;
    const looked = await look(place);
    const again = (await world.mornings.last(slot.site))?.date === slot.date;
    const how = { again, ...(late > LATE_MS && { lateMinutes: Math.round(late / 60_000) }) };
    await tellMorning(world, slot, looked, how);
    await world.mornings.done(slot, world.clock.now());
    return 'looked';
  } catch {
    await world.mornings.release(slot).catch(() => {});
    return 'left';
  }
}

/** Opens what has to be opened, and says it in one message per room and day. Gives what was said. */
export async function tellMorning(
  world: Opening,
  slot: Pick<MorningSlot, 'site' | 'date'>,
  look: MorningLook,
  how: { readonly again: boolean; readonly lateMinutes?: number },
): Promise<Message> {
  const morning = judgeMorning(look);
  const verdict = verdictEvent(look.evidence, look.diagnosis, look.now);
  const incident = morning.incident && (await openOrJoin(world, { site: look.site, verdict, ...morning.incident }));
  const said = sayMorning({
    look,
    morning,
    ...(how.lateMinutes !== undefined && { lateMinutes: how.lateMinutes }),
    ...(incident !== undefined && { incident }),
  });
  const key = `morning-${slot.site}-${slot.date}`;
  await Promise.all(
    world.onCall.rooms.map(async (conversation) => {
      await world.outbox.put({ conversation, key, message: said });
      const loud = how.again && morning.news.length > 0;
      const words = message(said.tone, said.summary, notice(said.tone, plain(said.summary)));
      if (loud) await world.outbox.put({ conversation, key, message: words, loud: true });
    }),
  );
  return said;
}
