/**
 * Every half minute and at start: what was begun is ended, what stands is looked at, what changed is told. Every quarter
 * of a minute in between: the same for what is half done or not known, so that one lost answer isn't half a minute of not
 * knowing.
 *
 * Rules:
 * 1. A measure found half engaged or half released is continued from what was recorded, once it can be seen again: a
 *    target that is away for hours is no line in the records for each look.
 * 2. A lease that ended, a change by somebody else's hand and a target that can't be seen are told once, when they begin.
 * 3. What the server itself has let go (a restart, a queue that has come since) is held again; a gap is told.
 * 4. What came late of a measure that has ended is taken away (late.ts).
 * 5. A proposal past its expiry is closed. A freeze never thaws by itself: after an hour it is asked about.
 */
import { say } from '../../src/domain/foreign.ts';
import { HOUSE } from '../../src/domain/incidents/incident.ts';
import { stateInWords } from '../../src/domain/measures/decision.ts';
import { isStanding, taskOf } from '../../src/domain/measures/record.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import { orderInWords, sayHeldAgain, sayMeasure, sayStillNeeded } from '../../src/messages/measure.ts';
import { message, notice } from '../../src/messages/message.ts';
import type { Message } from '../../src/messages/message.ts';
import { sayKnownAgain } from '../../src/messages/not-known.ts';
import type { World } from '../../src/ports/world.ts';
import type { TellingIncident } from '../incidents/tell.ts';
import { carryMeasureOut } from './engine.ts';
import { inOne, tendMeasure } from './look.ts';
import { takeAwayLate } from './late.ts';
import { driverOf } from './notes.ts';
import type { Acting } from './notes.ts';
import { releaseMeasure } from './release.ts';
import { change, openMeasures } from './ledger.ts';
import { tellAnswered, tellAsked, tellLoudly, tellMeasure } from './tell.ts';

const ASK_EVERY_MS = 3_600_000;

export type Reconciling = Acting & TellingIncident;

/** The chore: every half minute. */
export const runReconcile = async (world: World): Promise<void> => {
  await reconcile(world);
};

/** The chore in between. */
export const runSettle = async (world: World): Promise<void> => {
  await settle(world);
};

/** Gives how many measures are in a state that isn't known. One that fails doesn't keep the others. */
export async function reconcile(world: Reconciling): Promise<number> {
  const unknown = await reconcileAll(world, await openMeasures(world));
  await takeAwayLate(world);
  return unknown;
}

/** The same for those alone that are half done or not known. */
export async function settle(world: Reconciling): Promise<number> {
  return reconcileAll(world, (await openMeasures(world)).filter(isUnsettled));
}

function isUnsettled({ state, lastSeen }: MeasureRecord): boolean {
  if (state !== 'in-force') return state !== 'proposed';
  return lastSeen?.seen === 'unknown' || lastSeen?.seen === 'slipped';
}

async function reconcileAll(world: Reconciling, open: readonly MeasureRecord[]): Promise<number> {
  const after = await Promise.all(open.map((record) => reconcileOne(world, record).catch((): MeasureRecord => record)));
  return after.filter((record) => record?.lastSeen?.seen === 'unknown').length;
}

async function reconcileOne(world: Reconciling, record: MeasureRecord): Promise<MeasureRecord> {
  switch (record.state) {
    case 'proposed':
      if (world.clock.now() < record.expiresAt) return record;
      return told(world, record, await change(world, record.number, expire(world.clock.now())));
    case 'approved':
    case 'engaging':
      if (await isStillUnseen(world, record)) return record;
      return told(world, record, await carryMeasureOut(world, record.number));
    case 'releasing':
      if (await isStillUnseen(world, record)) return record;
      return told(
        world,
        record,
        await releaseMeasure(world, record.number, record.release?.by ?? HOUSE, record.release?.way ?? 'exact'),
      );
    case 'in-force': {
      const tended = await tendMeasure(world, record.number);
      if (tended?.gap && tended.after.lastSeen?.seen === 'in-force')
        await tellLoudly(world, record, `measure-${record.number}-held-again`, sayHeldAgain(tended.after, tended.gap));
      return ask(world, await told(world, record, tended?.after));
    }
    case 'denied':
    case 'expired':
    case 'released':
    case 'lapsed':
    case 'failed':
      return record;
    default:
      return record.state satisfies never;
  }
}

/** Not known before and not now: a host that is away, or a person who has not confirmed. There is nothing to do yet. */
async function isStillUnseen(world: Reconciling, record: MeasureRecord): Promise<boolean> {
  if (record.lastSeen?.seen !== 'unknown') return false;
  const driver = driverOf(world, record);
  const seen = await driver?.observe(taskOf(record)).catch(() => undefined);
  return driver !== undefined && (seen === undefined || seen.kind === 'unknown');
}

const expire = (now: number) => (record: MeasureRecord) =>
  record.state === 'proposed' && now >= record.expiresAt ? ([{ kind: 'expired', at: now }] as const) : undefined;

/** What has no end of its own is asked about every hour, until somebody has chosen to keep it. */
async function ask(world: Reconciling, record: MeasureRecord): Promise<MeasureRecord> {
  const now = world.clock.now();
  const last = record.askedAt ?? record.since ?? now;
  if (record.state !== 'in-force' || record.until !== undefined || record.kept || now - last < ASK_EVERY_MS)
    return record;
  const asked = await change(world, record.number, (current) =>
    current.state === 'in-force' && current.askedAt === record.askedAt ? [{ kind: 'asked', at: now }] : undefined,
  );
  if (asked?.askedAt !== now) return asked ?? record;
  await tellAnswered(world, record);
  await tellAsked(world, asked, sayStillNeeded(asked, now));
  return asked;
}

async function told(
  world: Reconciling,
  before: MeasureRecord,
  after: MeasureRecord | undefined,
): Promise<MeasureRecord> {
  if (!after) return before;
  const [was, is] = [before.lastSeen, after.lastSeen];
  const isOther = is?.seen === 'changed' && inOne(is.notes) !== inOne(was?.notes ?? []);
  if (before.state === after.state && was?.seen === is?.seen && !isOther) return after;
  await tellMeasure(world, after);
  if (isKnownAgain(before, after))
    await tellLoudly(world, after, `measure-${after.number}-known-again`, sayKnownAgain(after));
  const news = newsOf(after);
  if (news) await tellLoudly(world, after, `measure-${after.number}-news`, news);
  return after;
}

/** People were called about it. */
function isKnownAgain({ calledAbout, lastSeen }: MeasureRecord, { state, lastSeen: seen }: MeasureRecord): boolean {
  if (!calledAbout || lastSeen?.seen !== 'unknown') return false;
  return state === 'released' || (state === 'in-force' && seen?.seen === 'in-force');
}

/** What deserves a notification of its own. */
function newsOf(record: MeasureRecord): Message | undefined {
  if (record.state === 'expired') return undefined;
  const tone = record.state === 'lapsed' ? 'warning' : sayMeasure(record).tone;
  if (tone !== 'critical' && tone !== 'unknown' && record.state !== 'lapsed') return undefined;
  const notes = record.state === 'failed' ? (record.why ?? []) : (record.lastSeen?.notes.at(0) ?? []);
  const words = say`Measure ${record.number}: ${orderInWords(record.order)}: ${stateInWords(record)}${notes.length > 0 ? [': ', ...notes] : ''}`;
  return message(
    tone,
    words,
    notice(tone, words),
    ...(tone === 'critical' && isStanding(record) ? [notice('neutral', foreignFree(record))] : []),
  );
}

function foreignFree(record: MeasureRecord): string {
  return `say undo ${record.number} to close it, or put it back by hand; ledger shows what stands`;
}
