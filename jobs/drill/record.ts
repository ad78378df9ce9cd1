/** What was said and decided in a drill, read from its own incidents and ledger. */
import type { DrillRecord } from '../../src/domain/drill/score.ts';
import { isStanding } from '../../src/domain/measures/record.ts';
import type { World } from '../../src/ports/world.ts';
import { readMeasure } from '../measures/ledger.ts';

/** `begin`: when the person came in, in wall-clock milliseconds. */
export async function readRecord(world: Pick<World, 'incidents' | 'ledger'>, begin: number): Promise<DrillRecord> {
  const incidents = await Promise.all(
    (await world.incidents.numbers('all')).toReversed().map((number) => world.incidents.read(number)),
  );
  const verdicts = incidents
    .flatMap(({ events }) => events)
    .flatMap((event) => (event.kind === 'verdict' ? [{ afterMs: event.at - begin, verdict: event.verdict }] : []));
  const entries = await Promise.all((await world.ledger.numbers('all')).map((number) => readMeasure(world, number)));
  const records = entries.flatMap((entry) => (entry ? [entry.record] : []));
  return {
    verdicts,
    measures: records.filter((record) => record.since !== undefined).map((record) => record.order.kind),
    kept: records
      .filter((record) => record.kept && isStanding(record) && record.order.kind !== 'clean-queue')
      .map((record) => record.order.kind),
  };
}
