/**
 * What an answer offers in an incident, taken back on every surface once somebody has done it, wherever that was.
 *
 * Rules:
 * 1. Kept are final answers, and what was said loudly, as long as one of their buttons still means something.
 * 2. Headlines and measures' cards are said anew by the house itself and are not kept here.
 * 3. Never throws: a button too many is answered with who did it, a decision that fails for it would be worse.
 */
import { isFinished, viewSteps } from '../../src/domain/playbook/state.ts';
import { holdOf } from '../../src/domain/measures/order.ts';
import { isOpen, isStanding } from '../../src/domain/measures/record.ts';
import { offersChange, withoutOver } from '../../src/messages/spent.ts';
import type { IncidentNow } from '../../src/messages/spent.ts';
import type { SurfaceName } from '../../src/ports/conversation.ts';
import type { Offer } from '../../src/ports/offers.ts';
import type { World } from '../../src/ports/world.ts';
import type { Seen } from './view.ts';

const EDITS: ReadonlySet<SurfaceName> = new Set(['slack', 'teams', 'web']);

/** Whether what was said there can be edited later. */
export function canBeEdited(surface: SurfaceName): boolean {
  return EDITS.has(surface);
}

/** Edits every kept answer that offers what is over now. */
export async function takeBackOffers(world: Pick<World, 'outbox' | 'offers'>, seen: Seen): Promise<void> {
  try {
    const { number } = seen.incident;
    const now = nowOf(seen);
    for (const offer of await world.offers.of(number)) await takeBack(world, number, offer, now);
  } catch {
    // Rule 3.
  }
}

async function takeBack(
  world: Pick<World, 'outbox' | 'offers'>,
  number: number,
  offer: Offer,
  now: IncidentNow,
): Promise<void> {
  const message = withoutOver(offer.message, now);
  const changed = JSON.stringify(message) !== JSON.stringify(offer.message);
  if (changed) await world.outbox.put({ ...offer, message });
  if (!offersChange(message)) await world.offers.drop(number, offer);
  else if (changed) await world.offers.keep(number, { ...offer, message });
}

function nowOf({ incident, playbook, measures }: Seen): IncidentNow {
  const { number, state, askedAt } = incident;
  const steps = viewSteps(playbook).filter(
    ({ status }) => !isFinished(status) && status !== 'asking' && status !== 'working',
  );
  return {
    number,
    state,
    asked: askedAt !== undefined,
    steps: new Set(steps.map(({ step }) => step.id)),
    ended: new Set(measures.filter((record) => !isStanding(record)).map((record) => record.number)),
    held: new Set(measures.filter(isOpen).map((record) => holdOf(record.order))),
  };
}
