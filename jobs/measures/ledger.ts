/** Reading the ledger, and adding to it without overwriting anybody. */
import { unknownSince } from '../../src/domain/measures/not-known.ts';
import { foldMeasure, isOpen, isStanding } from '../../src/domain/measures/record.ts';
import type { MeasureEvent, MeasureRecord } from '../../src/domain/measures/record.ts';
import type { World } from '../../src/ports/world.ts';

type Ledger = Pick<World, 'ledger'>;

export interface Entry {
  readonly record: MeasureRecord;
  /** Of the stream that was folded: what an append expects. */
  readonly version: number;
}

export async function readMeasure(world: Ledger, number: number): Promise<Entry | undefined> {
  const { version, events } = await world.ledger.read(number);
  const record = foldMeasure(number, events);
  return record && { record, version };
}

/** The measures that may still come to something, the oldest first. */
export async function openMeasures(world: Ledger): Promise<readonly MeasureRecord[]> {
  const entries = await Promise.all((await world.ledger.numbers('open')).map((number) => readMeasure(world, number)));
  return entries.flatMap((entry) => (entry && isOpen(entry.record) ? [entry.record] : [])).toReversed();
}

/** Whose records are gone though nothing says that they have ended (somebody deleted them): they may stand. */
export async function lostMeasures(world: Ledger): Promise<readonly number[]> {
  const numbers = await world.ledger.numbers('open');
  const streams = await Promise.all(numbers.map(async (number) => ({ number, ...(await world.ledger.read(number)) })));
  return streams.flatMap(({ number, version }) => (version === 0 ? [number] : [])).toReversed();
}

/** Those of which something may stand outside, the oldest first. */
export async function standingMeasures(world: Ledger): Promise<readonly MeasureRecord[]> {
  return (await openMeasures(world)).filter(isStanding);
}

/**
 * Adds what `decide` makes of the newest state; asks again where somebody else was first. `undefined` from `decide` adds
 * nothing. Gives the state after.
 */
export async function change(
  world: Ledger,
  number: number,
  decide: (record: MeasureRecord) => readonly MeasureEvent[] | undefined,
): Promise<MeasureRecord | undefined> {
  for (;;) {
    const entry = await readMeasure(world, number);
    if (!entry) return undefined;
    const events = decide(entry.record);
    if (!events || events.length === 0) return entry.record;
    if ((await world.ledger.append(number, entry.version, events)) === 'appended') {
      const after = await readMeasure(world, number);
      if (after && !isOpen(after.record)) await world.ledger.settle(number);
      return after?.record;
    }
  }
}

/** What may stand outside, and since when it isn't known how, where that is for more than a minute. */
export interface Standing {
  readonly record: MeasureRecord;
  /** Milliseconds since 1970 UTC. */
  readonly unknownSince?: number;
}

/** The oldest first; `now` in milliseconds since 1970 UTC. */
export async function standingNow(world: Ledger, now: number): Promise<readonly Standing[]> {
  const numbers = (await world.ledger.numbers('open')).toReversed();
  const streams = await Promise.all(numbers.map(async (number) => ({ number, ...(await world.ledger.read(number)) })));
  return streams.flatMap(({ number, events }) => {
    const record = foldMeasure(number, events);
    if (!record || !isStanding(record)) return [];
    const since = unknownSince(events, now);
    return [{ record, ...(since !== undefined && { unknownSince: since }) }];
  });
}

/** How many stand, how many of them not as we left them, and of how many it isn't known for more than a minute. */
export async function countMeasures(
  world: Ledger,
  now = Date.now(),
): Promise<{ readonly standing: number; readonly changed: number; readonly unknown: number }> {
  const standing = await standingNow(world, now);
  const seen = (what: string): number => standing.filter(({ record }) => record.lastSeen?.seen === what).length;
  return {
    standing: standing.length,
    changed: seen('changed') + seen('absent') + seen('slipped'),
    unknown: standing.filter((each) => each.unknownSince !== undefined).length,
  };
}
