/**
 * Posts the handover when a turn ends, and the digest once a week.
 *
 * Rules:
 * 1. Each is named by its date and time and taken like a morning: posted once, whoever ticks and however often.
 * 2. A handover is for the moment: one that is more than a quarter of an hour past is left out. A digest that was missed
 *    is made up for on the same day.
 */
import { wallTime } from '../../src/domain/calendar/zone.ts';
import { handovers } from '../../src/domain/escalation/rota.ts';
import { dueSlot } from '../../src/domain/morning/plan.ts';
import { sayWeek } from '../../src/messages/shift.ts';
import type { Message } from '../../src/messages/message.ts';
import type { Conversation } from '../../src/ports/conversation.ts';
import type { SlotName } from '../../src/ports/mornings.ts';
import type { World } from '../../src/ports/world.ts';
import { rotasNow } from '../escalation/rotas.ts';
import { lookBack, timezoneOf } from './digest.ts';
import type { Digesting } from './digest.ts';
import { lookForHandover } from './handover.ts';
import type { HandingOver } from './handover.ts';

type Shifting = HandingOver & Digesting & Pick<World, 'outbox'>;

const STALE_MS = 15 * 60_000;
const WEEK_MS = 7 * 86_400_000;

export const runShift = async (world: World): Promise<void> => {
  await postShift(world);
};

/** Gives how many messages were due and posted. */
export async function postShift(world: Shifting): Promise<number> {
  const now = world.clock.now();
  let posted = 0;
  for (const { rota } of await rotasNow(world)) {
    const last = handovers(rota, now - STALE_MS, now).at(-1);
    if (!last) continue;
    const { date, time } = wallTime(last.at, rota.timezone);
    const places = [...world.onCall.rooms, ...(last.to === undefined ? [] : world.onCall.directTo(last.to))];
    const slot = { site: `handover of ${rota.name}`, date, time };
    if (await postOnce(world, slot, places, () => lookForHandover(world))) posted += 1;
  }
  const due = world.mornings.digest && dueSlot(world.mornings.digest, now);
  if (due) {
    const span = { from: due.at - WEEK_MS, to: due.at };
    const make = async (): Promise<Message> => sayWeek(await lookBack(world, span), timezoneOf(world));
    if (await postOnce(world, due, world.onCall.rooms, make)) posted += 1;
  }
  return posted;
}

async function postOnce(
  world: Shifting,
  slot: SlotName,
  places: readonly Conversation[],
  make: () => Promise<Message>,
): Promise<boolean> {
  if (places.length === 0 || (await world.mornings.claim(slot)) !== 'yours') return false;
  try {
    const said = await make();
    const key = `${slot.site} ${slot.date} ${slot.time}`;
    await Promise.all(places.map((conversation) => world.outbox.put({ conversation, key, message: said })));
    await world.mornings.done(slot, world.clock.now());
    return true;
  } catch {
    await world.mornings.release(slot).catch(() => {});
    return false;
  }
}
