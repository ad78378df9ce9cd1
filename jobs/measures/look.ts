/** How a measure stands outside, and beginning its lease anew. What isn't known is written down as unknown. */
import { plain, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { HOUSE } from '../../src/domain/incidents/incident.ts';
import { holdOf, targetOf } from '../../src/domain/measures/order.ts';
import type { Observation } from '../../src/domain/measures/plan.ts';
import { taskOf } from '../../src/domain/measures/record.ts';
import type { MeasureEvent, MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import { AuditUnavailable } from '../../src/ports/audit-log.ts';
import { FenceLost, HostUnknown } from '../../src/ports/host.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import { change, readMeasure } from './ledger.ts';
import { driverOf, note, observed, stateOf, words } from './notes.ts';
import type { Acting } from './notes.ts';

/** Looks how it stands outside, and writes down what is new. Gives the state before and after. */
export async function lookAtMeasure(
  world: Acting,
  number: number,
): Promise<{ readonly before: MeasureRecord; readonly after: MeasureRecord } | undefined> {
  const entry = await readMeasure(world, number);
  if (!entry || entry.record.state !== 'in-force') return undefined;
  return noteSeen(world, entry.record, await observe(world, entry.record));
}

async function observe(world: Acting, record: MeasureRecord): Promise<Observation> {
  const driver = driverOf(world, record);
  if (!driver) return { kind: 'unknown', why: say`there is no way to ${targetOf(record.order)} any more` };
  return driver.observe(taskOf(record)).catch((error: unknown) => ({ kind: 'unknown', why: words(error) }));
}

async function noteSeen(
  world: Acting,
  before: MeasureRecord,
  seen: Observation,
): Promise<{ readonly before: MeasureRecord; readonly after: MeasureRecord } | undefined> {
  const { number } = before;
  const at = world.clock.now();
  const over = seen.kind === 'absent' && before.until !== undefined && before.until <= at + 1000;
  if (over) {
    // Somebody may have begun the lease anew since the look began: what is ended here would be taken away there.
    const again = await observe(world, before);
    if (again.kind !== 'absent') return noteSeen(world, before, again);
  }
  const events: readonly MeasureEvent[] = over ? [{ kind: 'lapsed', at }] : [observed(seen, at)];
  if (!over && !isNews(before, seen, at)) return { before, after: before };
  const after = await change(world, number, (record) =>
    record.state === 'in-force' && (!over || record.until === before.until) ? events : undefined,
  );
  if (after?.state === 'lapsed') {
    await world.auditLog
      .write({ kind: 'fact', about: `measure/${number}`, who: 'house', what: 'its lease ended' }, 'one')
      .catch(() => {});
    await world.holds.free(holdOf(before.order), number);
    const driver = driverOf(world, after);
    if (driver) await sweep(world, driver, after);
  }
  return after && { before, after };
}

/** The device ends a lease by emptying it; what is left standing there, and does nothing, is taken away too. */
async function sweep(world: Acting, driver: MeasureDriver, record: MeasureRecord): Promise<void> {
  const about = `measure/${record.number}`;
  const target = targetOf(record.order);
  try {
    const fence = await world.fences.next(target);
    const what = `take away what its lease left on ${target}`;
    await world.auditLog.write({ kind: 'intent', about, who: 'house', what, data: { fence } }, 'one');
    const done = await driver.release(taskOf(record), fence, 'exact');
    if (done.kind === 'released')
      await world.auditLog.write({ kind: 'outcome', about, who: 'house', what: 'released' }, 'one').catch(() => {});
  } catch (error) {
    // It holds nothing up: what could not be taken away stays, empty.
    if (!(error instanceof HostUnknown || error instanceof FenceLost || error instanceof AuditUnavailable)) throw error;
  }
}

/** Begins the device's own lease anew. */
export async function renewMeasure(world: Acting, number: number, by: Who): Promise<MeasureRecord> {
  const entry = await readMeasure(world, number);
  if (!entry || entry.record.state !== 'in-force')
    throw new Error(`Measure ${number} is not in force; there is no lease to renew.`);
  const { record } = entry;
  const driver = driverOf(world, record);
  if (!driver) throw new Error(`There is no way to ${targetOf(record.order)} any more; look at tourniquet.yaml.`);
  const fence = await world.fences.next(targetOf(record.order));
  await world.auditLog.write({
    kind: 'intent',
    about: `measure/${number}`,
    who: by.person,
    what: 'renew its lease',
    data: { fence },
  });
  await driver.renew(taskOf(record), fence);
  const seen = await driver.observe(taskOf(record));
  const until = seen.kind === 'in-force' ? seen.until : undefined;
  const at = world.clock.now();
  return note(
    world,
    number,
    'in-force',
    [{ kind: 'renewed', at, by, ...(until !== undefined && { until }) }],
    'lease renewed',
  );
}

/**
 * Looks, and has the server hold again what it has let go by itself (a restart, a queue that has come since). What has
 * grown is only in the audit log, as it may do so every minute; after a gap the ledger has both, and `gap` says what it was.
 */
export async function tendMeasure(world: Acting, number: number): Promise<Tended | undefined> {
  const before = (await readMeasure(world, number))?.record;
  if (before?.state !== 'in-force') return undefined;
  const seen = await observe(world, before);
  const driver = driverOf(world, before);
  if (!driver || seen.kind !== 'slipped') return noteSeen(world, before, seen);
  const at = world.clock.now();
  try {
    const fence = await world.fences.next(targetOf(before.order));
    const about = `measure/${number}`;
    const data = { fence, seen: seen.differences.map(plain) };
    await world.auditLog.write({ kind: 'intent', about, who: HOUSE.person, what: 'hold it again', data });
    await driver.renew(taskOf(before), fence);
    await world.auditLog
      .write({ kind: 'outcome', about, who: HOUSE.person, what: 'held again' }, 'one')
      .catch(() => {});
  } catch (error) {
    if (error instanceof FenceLost) return { before, after: await stateOf(world, number) };
    const event = observed({ ...seen, differences: [...seen.differences, words(error)] }, at);
    const after = await change(world, number, (record) => (record.state === 'in-force' ? [event] : undefined));
    return after && { before, after };
  }
  if (seen.how === 'gap')
    await change(world, number, (record) =>
      record.state === 'in-force' ? [observed(seen, at), { kind: 'renewed', at, by: HOUSE }] : undefined,
    );
  const looked = await lookAtMeasure(world, number);
  return looked && { before, after: looked.after, ...(seen.how === 'gap' && { gap: seen.differences }) };
}

export interface Tended {
  readonly before: MeasureRecord;
  readonly after: MeasureRecord;
  /** It was out of force for a while, and is held again. */
  readonly gap?: readonly Phrase[];
}

/** Only a change, or an hour's age, is written: a stream stays short however long its measure stands. */
function isNews(record: MeasureRecord, seen: Observation, at: number): boolean {
  const { lastSeen } = record;
  if (lastSeen?.seen !== seen.kind || at - lastSeen.at >= 3_600_000) return true;
  // Another change by hand is news too.
  return seen.kind === 'changed' && inOne(seen.differences) !== inOne(lastSeen.notes);
}

/** All of them as one text, to compare. */
export function inOne(notes: readonly Phrase[]): string {
  return notes.map(plain).join('\n');
}
