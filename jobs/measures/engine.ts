/**
 * Carrying a measure out, taking it back, and looking how it stands. The only place that touches the world.
 *
 * Rules:
 * 1. Intent first: ledger and audit log have it, with the undo, before the driver is called. If they can't, nothing is.
 * 2. Whoever finds a measure half carried out continues it from what was recorded; the undo is never computed anew.
 * 3. Each effect carries a fence; a hand that was paused and wakes up late is refused by the host, and says nothing.
 * 4. What isn't known is written down as unknown and looked up again, never assumed.
 * 5. Taking back stays possible where only one place of the audit log can be written.
 */
import { say, foreign } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { holdOf, targetOf } from '../../src/domain/measures/order.ts';
import type { Observation, Plain, ReleaseWay } from '../../src/domain/measures/plan.ts';
import { taskOf } from '../../src/domain/measures/record.ts';
import type { MeasureEvent, MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import { HostUnknown } from '../../src/ports/host.ts';
import { FenceLost } from '../../src/ports/host.ts';
import { MeasureRefused } from '../../src/ports/measures.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import type { World } from '../../src/ports/world.ts';
import { change, readMeasure } from './ledger.ts';

export type Acting = Pick<
  World,
  'ledger' | 'holds' | 'fences' | 'auditLog' | 'measureDrivers' | 'measureRules' | 'clock'
>;

/** A hand at work is left alone for this long before another continues for it. */
const TAKE_OVER_AFTER_MS = 5000;

/**
 * Carries an approved measure out, or continues where somebody stopped. Gives the state after. Throws AuditUnavailable
 * (nothing was done) and Error for a measure that doesn't exist.
 */
export async function carryMeasureOut(world: Acting, number: number): Promise<MeasureRecord> {
  const entry = await readMeasure(world, number);
  if (!entry) throw new Error(`There is no measure ${number}; say ledger for those there are.`);
  const { record } = entry;
  const begun = (await lastOf(world, number, 'engaging')) ?? 0;
  const mine =
    record.state === 'approved' || (record.state === 'engaging' && world.clock.now() - begun >= TAKE_OVER_AFTER_MS);
  if (!mine) return record;
  const driver = driverOf(world, record);
  if (!driver)
    return end(world, number, say`there is no way to ${targetOf(record.order)} any more; look at tourniquet.yaml`);
  const holder = await world.holds.take(holdOf(record.order), number);
  if (holder !== number) return end(world, number, say`measure ${holder} holds ${holdOf(record.order)}`);
  if (record.state === 'approved') {
    const moved = await hasMovedOn(driver, record);
    if (moved) return end(world, number, moved);
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
      if (undone?.kind === 'released') return end(world, number, [foreign(error.message, 400)]);
    }
    const at = world.clock.now();
    return note(world, number, 'engaging', [unknown(error, at)], 'engaging, failed half way');
  }
}

/**
 * Takes a standing measure back, or continues doing so. `ours-only` leaves what others changed since. Gives the state
 * after: released, or in force again with the differences that refuse it.
 */
export async function releaseMeasure(world: Acting, number: number, by: Who, way: ReleaseWay): Promise<MeasureRecord> {
  const entry = await readMeasure(world, number);
  if (!entry) throw new Error(`There is no measure ${number}; say ledger for those there are.`);
  const { record } = entry;
  const begun = (await lastOf(world, number, 'releasing')) ?? 0;
  const free =
    record.state === 'in-force' ||
    record.state === 'engaging' ||
    (record.state === 'releasing' && world.clock.now() - begun >= TAKE_OVER_AFTER_MS);
  if (!free) return record;
  const driver = driverOf(world, record);
  if (!driver)
    throw new Error(`There is no way to ${targetOf(record.order)} any more. Its undo: ${record.plan.undo.join('; ')}`);
  const fence = await world.fences.next(targetOf(record.order));
  await world.auditLog.write(
    {
      kind: 'intent',
      about: `measure/${number}`,
      who: by.person,
      what: `release ${record.order.kind} on ${targetOf(record.order)} (${way})`,
      data: { fence, undo: record.plan.undo },
    },
    'one',
  );
  const at = world.clock.now();
  if ((await world.ledger.append(number, entry.version, [{ kind: 'releasing', at, by, way, fence }])) === 'conflict')
    return releaseMeasure(world, number, by, way);
  try {
    const done = await driver.release(taskOf(record), fence, way);
    const after = world.clock.now();
    const event: MeasureEvent =
      done.kind === 'released'
        ? { kind: 'released', at: after, notes: done.notes }
        : { kind: 'release-refused', at: after, differences: done.differences };
    const state = await note(
      world,
      number,
      'releasing',
      [event],
      done.kind === 'released' ? 'released' : 'release refused',
    );
    if (done.kind === 'released') await world.holds.free(holdOf(record.order), number);
    return state;
  } catch (error) {
    if (error instanceof FenceLost) return stateOf(world, number);
    return note(world, number, 'releasing', [unknown(error, world.clock.now())], 'releasing, outcome unknown');
  }
}

/** Looks how it stands outside, and writes down what is new. Gives the state before and after. */
export async function lookAtMeasure(
  world: Acting,
  number: number,
): Promise<{ readonly before: MeasureRecord; readonly after: MeasureRecord } | undefined> {
  const entry = await readMeasure(world, number);
  if (!entry || entry.record.state !== 'in-force') return undefined;
  const before = entry.record;
  const driver = driverOf(world, before);
  const seen: Observation = driver
    ? await driver
        .observe(taskOf(before))
        .catch((error: unknown): Observation => ({ kind: 'unknown', why: words(error) }))
    : { kind: 'unknown', why: say`there is no way to ${targetOf(before.order)} any more` };
  const at = world.clock.now();
  const over = seen.kind === 'absent' && before.until !== undefined && before.until <= at + 1000;
  const events: readonly MeasureEvent[] = over ? [{ kind: 'lapsed', at }] : [observed(seen, at)];
  if (!over && !isNews(before, seen, at)) return { before, after: before };
  const after = await change(world, number, (record) => (record.state === 'in-force' ? events : undefined));
  if (after?.state === 'lapsed') {
    await world.auditLog
      .write({ kind: 'fact', about: `measure/${number}`, who: 'house', what: 'its lease ended' }, 'one')
      .catch(() => {});
    await world.holds.free(holdOf(before.order), number);
  }
  return after && { before, after };
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

/** The world must be as it was when the plan was shown. A queue always moves: its selection is listed again anyway. */
async function hasMovedOn(driver: MeasureDriver, record: MeasureRecord): Promise<Phrase | undefined> {
  if (record.order.kind === 'clean-queue' || record.order.kind === 'disable-account') return undefined;
  if (driver.restoresNothing) return undefined;
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

/** Ends it without anything standing. */
async function end(world: Acting, number: number, why: Phrase): Promise<MeasureRecord> {
  const state = await change(world, number, (record) =>
    record.state === 'approved' || record.state === 'engaging'
      ? [{ kind: 'failed', at: world.clock.now(), why }]
      : undefined,
  );
  if (!state) throw new Error(`There is no measure ${number}.`);
  await world.holds.free(holdOf(state.order), number);
  await world.auditLog
    .write({ kind: 'outcome', about: `measure/${number}`, who: 'house', what: 'not carried out' }, 'one')
    .catch(() => {});
  return state;
}

/** Notes what came of it, while it still is where it was; then in the audit log, whose loss changes nothing outside. */
async function note(
  world: Acting,
  number: number,
  expected: MeasureRecord['state'],
  events: readonly MeasureEvent[],
  what: string,
): Promise<MeasureRecord> {
  const state = await change(world, number, (record) => (record.state === expected ? events : undefined));
  await world.auditLog
    .write({ kind: 'outcome', about: `measure/${number}`, who: 'house', what }, 'one')
    .catch(() => {});
  if (!state) throw new Error(`There is no measure ${number}.`);
  return state;
}

async function stateOf(world: Acting, number: number): Promise<MeasureRecord> {
  const entry = await readMeasure(world, number);
  if (!entry) throw new Error(`There is no measure ${number}.`);
  return entry.record;
}

async function lastOf(world: Acting, number: number, kind: MeasureEvent['kind']): Promise<number | undefined> {
  return (await world.ledger.read(number)).events.findLast((event) => event.kind === kind)?.at;
}

function driverOf(world: Acting, record: MeasureRecord): MeasureDriver | undefined {
  const driver = world.measureDrivers.find(record.order);
  return 'refused' in driver ? undefined : driver;
}

function observed(seen: Observation, at: number): MeasureEvent {
  switch (seen.kind) {
    case 'in-force':
      return {
        kind: 'observed',
        at,
        seen: 'in-force',
        notes: seen.notes,
        ...(seen.until !== undefined && { until: seen.until }),
      };
    case 'absent':
      return { kind: 'observed', at, seen: 'absent', notes: seen.notes };
    case 'changed':
      return { kind: 'observed', at, seen: 'changed', notes: seen.differences };
    case 'unknown':
      return { kind: 'observed', at, seen: 'unknown', notes: [seen.why] };
    default:
      return seen satisfies never;
  }
}

/** Only a change, or an hour's age, is written: a stream stays short however long its measure stands. */
function isNews(record: MeasureRecord, seen: Observation, at: number): boolean {
  return record.lastSeen?.seen !== seen.kind || at - record.lastSeen.at >= 3_600_000;
}

function unknown(error: unknown, at: number): MeasureEvent {
  return { kind: 'observed', at, seen: 'unknown', notes: [words(error)] };
}

function words(error: unknown): Phrase {
  return [foreign(error instanceof Error ? error.message : String(error), 400)];
}
