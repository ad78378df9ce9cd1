/** What every hand on a measure needs: its state, its driver, and writing down what came of it. */
import { foreign } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import type { Observation } from '../../src/domain/measures/plan.ts';
import type { MeasureEvent, MeasureRecord } from '../../src/domain/measures/record.ts';
import { PersonAwaited } from '../../src/ports/hands.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import type { World } from '../../src/ports/world.ts';
import { change, readMeasure } from './ledger.ts';

export type Acting = Pick<
  World,
  'ledger' | 'holds' | 'fences' | 'auditLog' | 'measureDrivers' | 'measureRules' | 'clock'
>;

const TAKE_OVER_AFTER_MS = 5000;

/**
 * Whether the hand that last wrote `kind` is to be continued for: it is left alone for a while, then not. A clock that was
 * set back since must not make anybody wait for hours; whoever is continued for too early is stopped by its fence.
 */
export async function isLeftBehind(world: Acting, number: number, kind: MeasureEvent['kind']): Promise<boolean> {
  const { events } = await world.ledger.read(number);
  const begun = events.findLastIndex((event) => event.kind === kind);
  const at = events[begun]?.at;
  // It has written down itself that it does not know: it is through, and waits for nobody.
  const isThrough = events.slice(begun + 1).some((event) => event.kind === 'observed');
  return at === undefined || isThrough || Math.abs(world.clock.now() - at) >= TAKE_OVER_AFTER_MS;
}

/** Notes what came of it, while it still is where it was; then in the audit log, whose loss changes nothing outside. */
export async function note(
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

export async function stateOf(world: Acting, number: number): Promise<MeasureRecord> {
  const entry = await readMeasure(world, number);
  if (!entry) throw new Error(`There is no measure ${number}.`);
  return entry.record;
}

export function driverOf(world: Acting, record: MeasureRecord): MeasureDriver | undefined {
  const driver = world.measureDrivers.find(record.order);
  return 'refused' in driver ? undefined : driver;
}

export function observed(seen: Observation, at: number): MeasureEvent {
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
    case 'slipped':
      return { kind: 'observed', at, seen: 'slipped', notes: seen.differences };
    case 'unknown':
      return {
        kind: 'observed',
        at,
        seen: 'unknown',
        notes: [seen.why],
        ...(seen.awaits && { awaits: seen.awaits }),
      };
    default:
      return seen satisfies never;
  }
}

export function unknown(error: unknown, at: number): MeasureEvent {
  const awaits = error instanceof PersonAwaited ? ({ awaits: 'person' } as const) : {};
  return { kind: 'observed', at, seen: 'unknown', notes: [words(error)], ...awaits };
}

export function words(error: unknown): Phrase {
  return [foreign(error instanceof Error ? error.message : String(error), 400)];
}
