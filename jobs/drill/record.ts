/** What was said and decided in a drill, read from its own incidents and ledger. */
import type { DrillRecord } from '../../src/domain/drill/score.ts';
import { isStanding } from '../../src/domain/measures/record.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import type { World } from '../../src/ports/world.ts';
import { readMeasure } from '../measures/ledger.ts';

/**
 * `begin`: when the person came in, in wall-clock milliseconds. `concluded`: what the looks came to, which counts where no
 * incident was opened.
 */
export async function readRecord(
  world: Pick<World, 'incidents' | 'ledger'>,
  begin: number,
  concluded: DrillRecord['verdicts'],
): Promise<DrillRecord> {
  const incidents = await Promise.all(
    (await world.incidents.numbers('all')).toReversed().map((number) => world.incidents.read(number)),
  );
  const verdicts = incidents
    .flatMap(({ events }) => events)
    .flatMap((event) => (event.kind === 'verdict' ? [{ afterMs: event.at - begin, verdict: event.verdict }] : []));
  const records = await readMeasures(world);
  return {
    verdicts: verdicts.length > 0 ? verdicts : concluded,
    measures: records.filter((record) => record.since !== undefined).map((record) => record.order.kind),
    kept: records.filter((record) => record.kept && isStanding(record)).map((record) => record.number),
  };
}

/** Every measure of the ledger, the newest first. */
export async function readMeasures(world: Pick<World, 'ledger'>): Promise<readonly MeasureRecord[]> {
  const numbers = await world.ledger.numbers('all');
  const entries = await Promise.all(numbers.map((number) => readMeasure(world, number)));
  return entries.flatMap((entry) => (entry ? [entry.record] : []));
}
