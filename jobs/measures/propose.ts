/**
 * From an order to a proposal that somebody may approve.
 *
 * Rules:
 * 1. Refused at once, by name: a target that isn't in the inventory, a protected address, a lease out of bounds, what
 *    another open measure holds.
 * 2. The plan is made by the driver from the world as it is, and is kept whole: what is approved is what was shown.
 * 3. Who may approve is asked by name, where they are few.
 */
import { createHash } from 'node:crypto';
import { stateInWords } from '../../src/domain/measures/decision.ts';
import { holdInWords, holdOf, quorumOf } from '../../src/domain/measures/order.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasurePlan } from '../../src/domain/measures/plan.ts';
import type { MeasureEvent, MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import { tagOf } from '../../src/domain/measures/record.ts';
import { HostUnknown } from '../../src/ports/host.ts';
import { MeasureRefused } from '../../src/ports/measures.ts';
import type { World } from '../../src/ports/world.ts';
import { takeHold } from './hold.ts';
import { openMeasures, readMeasure } from './ledger.ts';

export type Proposing = Pick<
  World,
  'holds' | 'ledger' | 'measureDrivers' | 'measureRules' | 'auditLog' | 'clock' | 'random'
>;

export type Proposed =
  | { readonly kind: 'proposed'; readonly record: MeasureRecord }
  | {
      readonly kind: 'refused';
      readonly rule: string;
      readonly why: string;
      readonly remedy: string;
      /** The measure in force that must be taken back before. */
      readonly heldBy?: number;
    };

/** Makes the plan and lays it open. `incident`: the incident it belongs to. */
export async function propose(
  world: Proposing,
  order: MeasureOrder,
  by: Who,
  incident?: number,
  drill?: true,
): Promise<Proposed> {
  const refusal = world.measureRules.refuses(order);
  if (refusal) return { kind: 'refused', ...refusal };
  const driver = world.measureDrivers.find(order);
  if ('refused' in driver) return { kind: 'refused', rule: 'no-driver', why: driver.refused, remedy: driver.remedy };
  const holder = (await openMeasures(world)).find((each) => holdOf(each.order) === holdOf(order));
  if (holder) return heldBy(holder, order);
  const number = await world.ledger.reserve();
  let plan: MeasurePlan;
  try {
    plan = await driver.plan(order, tagOf(number));
  } catch (error) {
    if (error instanceof MeasureRefused)
      return {
        kind: 'refused',
        rule: 'not-possible',
        why: error.message,
        remedy: 'mend that, or choose another measure',
      };
    if (error instanceof HostUnknown)
      return {
        kind: 'refused',
        rule: 'not-reached',
        why: error.message,
        remedy: 'nothing was done; say it again once it can be reached',
      };
    throw error;
  }
  const now = world.clock.now();
  const event: MeasureEvent = {
    kind: 'proposed',
    at: now,
    by,
    order,
    plan,
    hash: hashOf(plan),
    nonce: world.random.hex(12),
    quorum: quorumOf(order),
    expiresAt: now + world.measureRules.approvalMs,
    ...(incident !== undefined && { incident }),
    ...(drill ? { drill } : asking(world, by)),
  };
  const first = await takeHold(world, number, order);
  const theirs = first === number ? undefined : await readMeasure(world, first);
  if (theirs) return heldBy(theirs.record, order);
  try {
    await world.auditLog.write(
      {
        kind: 'decision',
        about: `measure/${number}`,
        who: by.person,
        what: `proposed ${order.kind}`,
        data: { hash: event.hash, commands: plan.commands, undo: plan.undo },
      },
      'one',
    );
    await world.ledger.begin([event], number);
  } catch (error) {
    await world.holds.free(holdOf(order), number).catch(() => {});
    throw error;
  }
  const entry = await readMeasure(world, number);
  if (!entry) throw new Error(`Measure ${number} was not kept; say it again.`);
  return { kind: 'proposed', record: entry.record };
}

function heldBy(holder: MeasureRecord, order: MeasureOrder): Proposed {
  return {
    kind: 'refused',
    rule: 'held',
    why: `measure ${holder.number} (${holder.order.kind}, ${stateInWords(holder)}) has ${holdInWords(order)} already`,
    remedy: holder.state === 'proposed' ? `approve or deny ${holder.number} first` : `say undo ${holder.number} first`,
    ...(holder.state !== 'proposed' && { heldBy: holder.number }),
  };
}

/** More than these are nobody in particular. */
const MOST_ASKED = 8;

/** In a drill nobody is asked by name: its people are not those of the house. */
function asking({ measureRules }: Proposing, by: Who): { readonly asked?: readonly string[] } {
  const asked = measureRules.approvers.filter((name) => name !== by.person);
  return asked.length === 0 || asked.length > MOST_ASKED ? {} : { asked };
}

/** SHA-256 of what is shown for approval. */
export function hashOf(plan: MeasurePlan): string {
  const shown = JSON.stringify([plan.order, plan.commands, plan.undo]);
  return createHash('sha256').update(shown).digest('hex');
}
