/**
 * Carrying a measure out.
 *
 * Rules, of release.ts and look.ts too:
 * 1. Intent first: ledger and audit log have it, with the undo, before the driver is called. If they can't, nothing is.
 * 2. Whoever finds a measure half carried out continues it from what was recorded; the undo is never computed anew.
 * 3. Each effect carries a fence; a hand that was paused and wakes up late is refused by the host, and says nothing.
 * 4. What isn't known is written down as unknown and looked up again, never assumed.
 * 5. What was approved and could not be begun is not begun long after: it has to be proposed anew.
 */
import { say, foreign } from '../../src/domain/foreign.ts';
import { isApprovalStale } from '../../src/domain/measures/decision.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { holdOf, targetOf } from '../../src/domain/measures/order.ts';
import type { Plain } from '../../src/domain/measures/plan.ts';
import { taskOf } from '../../src/domain/measures/record.ts';
import type { MeasureEvent, MeasureRecord } from '../../src/domain/measures/record.ts';
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import { MeasureRefused } from '../../src/ports/measures.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import { takeHold } from './hold.ts';
import { change, readMeasure } from './ledger.ts';
import { driverOf, isLeftBehind, note, observed, stateOf, unknown, words } from './notes.ts';
import type { Acting } from './notes.ts';

/**
 * Carries an approved measure out, or continues where somebody stopped. Gives the state after. Throws AuditUnavailable
 * (nothing was done) and Error for a measure that doesn't exist.
 */
export async function carryMeasureOut(world: Acting, number: number): Promise<MeasureRecord> {
  const entry = await readMeasure(world, number);
  if (!entry) throw new Error(`There is no measure ${number}; say ledger for those there are.`);
  const { record } = entry;
  const mine =
    record.state === 'approved' || (record.state === 'engaging' && (await isLeftBehind(world, number, 'engaging')));
  if (!mine) return record;
  if (isApprovalStale(record, world.clock.now()))
    return end(
      world,
      record,
      say`it was approved, but could not be begun in time; nothing was done. Propose it again, as the world may have moved on`,
    );
  const driver = driverOf(world, record);
  if (!driver)
    return end(world, record, say`there is no way to ${targetOf(record.order)} any more; look at tourniquet.yaml`);
  const holder = await takeHold(world, number, record.order);
  if (holder !== number) return end(world, record, say`measure ${holder} holds ${holdOf(record.order)}`);
  if (record.state === 'approved') {
    const moved = await hasMovedOn(driver, record);
    if (moved) return end(world, record, moved);
  }
  const fence = await world.fences.next(targetOf(record.order));
  await world.auditLog.write({
    kind: 'intent',
    about: `measure/${number}`,
    who: record.approvedBy.map((who) => who.person).join('+') || (record.brokeGlass?.by.person ?? 'house'),
    what: `engage ${record.order.kind} on ${targetOf(record.order)}`,
    data: {
      hash: record.hash,
      order: record.order as unknown as Plain,
      fence,
      commands: record.plan.commands,
      undo: record.plan.undo,
      prior: record.plan.prior,
    },
  });
  const now = world.clock.now();
  if ((await world.ledger.append(number, entry.version, [{ kind: 'engaging', at: now, fence }])) === 'conflict')
    return carryMeasureOut(world, number);
  return engage(world, number, driver, record, fence);
}

async function engage(
  world: Acting,
  number: number,
  driver: MeasureDriver,
  record: MeasureRecord,
  fence: number,
): Promise<MeasureRecord> {
  const task = taskOf(record);
  try {
    await driver.engage(task, fence);
    const seen = await driver.observe(task);
    const proof = await driver.verify(task);
    const at = world.clock.now();
    const until = seen.kind === 'in-force' ? seen.until : undefined;
    const events: MeasureEvent[] = [
      { kind: 'engaged', at, ...(until !== undefined && { until }) },
      { kind: 'proved', at, proof: proof.kind, by: proof.kind === 'unknown' ? [proof.why] : proof.by },
    ];
    if (seen.kind !== 'in-force') events.push(observed(seen, at));
    return await note(world, number, 'engaging', events, `engaged, ${seen.kind}, ${proof.kind}`);
  } catch (error) {
    if (error instanceof FenceLost) return stateOf(world, number);
    if (error instanceof HostUnknown)
      return note(world, number, 'engaging', [unknown(error, world.clock.now())], 'engaging, outcome unknown');
    if (error instanceof MeasureRefused) {
      const undone = await driver.release(task, fence, 'exact').catch(() => undefined);
      if (undone?.kind === 'released')
        return end(world, { ...record, state: 'engaging' }, [foreign(error.message, 400)]);
    }
    const at = world.clock.now();
    return note(world, number, 'engaging', [unknown(error, at)], 'engaging, failed half way');
  }
}

/** The world must be as it was when the plan was shown. A queue always moves: its selection is listed again anyway. */
async function hasMovedOn(driver: MeasureDriver, record: MeasureRecord): Promise<Phrase | undefined> {
  if (record.order.kind === 'clean-queue' || record.order.kind === 'disable-account') return undefined;
  if (record.plan.restoresNothing) return undefined;
  try {
    const now = await driver.plan(record.order, taskOf(record).tag);
    if (same(now.prior, record.plan.prior)) return undefined;
    return say`${targetOf(record.order)} has been changed since the plan was shown; nothing was done. Propose it again`;
  } catch (error) {
    return say`${targetOf(record.order)} could not be looked at again: ${words(error)}; nothing was done`;
  }
}

function same(a: Plain, b: Plain): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Ends it without anything standing, where it still is as it was when that was found out: another hand may have carried it
 * out meanwhile, and what stands is never called failed, nor is its hold given away.
 */
async function end(
  world: Acting,
  { number, state: found }: Pick<MeasureRecord, 'number' | 'state'>,
  why: Phrase,
): Promise<MeasureRecord> {
  const state = await change(world, number, (record) =>
    record.state === found ? [{ kind: 'failed', at: world.clock.now(), why }] : undefined,
  );
  if (!state) throw new Error(`There is no measure ${number}.`);
  if (state.state !== 'failed') return state;
  await world.holds.free(holdOf(state.order), number);
  await world.auditLog
    .write({ kind: 'outcome', about: `measure/${number}`, who: 'house', what: 'not carried out' }, 'one')
    .catch(() => {});
  return state;
}
