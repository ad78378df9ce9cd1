/**
 * A request that was on its way when its hand died, and arrives after the measure has ended: some devices can't refuse it
 * (OPNsense). For an hour after its end such a measure is looked for each half minute, in the first five minutes, when it
 * is most likely, every five seconds; what is found is taken away and told.
 *
 * An hour: what a dead process has handed to its network is given up by the kernel after a quarter of one at the latest
 * (tcp_retries2 of tcp(7)), and a proxy in between has deadlines of minutes.
 */
import { foreign, say } from '../../src/domain/foreign.ts';
import { HOUSE } from '../../src/domain/incidents/incident.ts';
import { targetOf } from '../../src/domain/measures/order.ts';
import { isOpen, taskOf } from '../../src/domain/measures/record.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import { sayCameLate } from '../../src/messages/measure.ts';
import type { World } from '../../src/ports/world.ts';
import type { TellingIncident } from '../incidents/tell.ts';
import { openMeasures, readMeasure } from './ledger.ts';
import { driverOf } from './notes.ts';
import type { Acting } from './notes.ts';
import { tellLoudly } from './tell.ts';

const LOOKED_FOR_MS = 3_600_000;
const LOOKED_FOR_OFTEN_MS = 300_000;
const MOST_LOOKED_AT = 30;

/** The chore: every five seconds. */
export const runLate = async (world: World): Promise<void> => {
  await takeAwayLate(world, LOOKED_FOR_OFTEN_MS);
};

/** Takes away what came late of measures that have ended lately. What can't be looked at now is looked at the next time. */
export async function takeAwayLate(world: Acting & TellingIncident, within = LOOKED_FOR_MS): Promise<void> {
  const newest = (await world.ledger.numbers('all')).slice(0, MOST_LOOKED_AT);
  const entries = await Promise.all(newest.map((number) => readMeasure(world, number)));
  const now = world.clock.now();
  const ended = entries.flatMap((entry) =>
    entry?.record.endedAt !== undefined &&
    !isOpen(entry.record) &&
    // Also where the clock was set back since.
    Math.abs(now - entry.record.endedAt) < within
      ? [entry.record]
      : [],
  );
  // One that can't be looked at now keeps no other; the next round looks again.
  await Promise.all(ended.map((record) => takeAway(world, record).catch(() => {})));
}

async function takeAway(world: Acting & TellingIncident, record: MeasureRecord): Promise<void> {
  const late = driverOf(world, record)?.late;
  if (!late) return;
  const target = targetOf(record.order);
  const others = (await openMeasures(world))
    .filter(({ order, state }) => state !== 'proposed' && targetOf(order) === target)
    .map(taskOf);
  const found = await late.look(taskOf(record), others);
  if (found.length === 0) return;
  const about = `measure/${record.number}`;
  const fence = await world.fences.next(target);
  // It takes back, so that it goes on where the log can't be written.
  const data = { fence, found };
  await world.auditLog
    .write({ kind: 'intent', about, who: HOUSE.person, what: `take away what came late on ${target}`, data }, 'one')
    .catch(() => {});
  await late.takeAway(taskOf(record), others, fence);
  await world.auditLog.write({ kind: 'outcome', about, who: HOUSE.person, what: 'taken away' }, 'one').catch(() => {});
  const lines = found.map((line) => [foreign(line)]);
  await tellLoudly(world, record, `measure-${record.number}-late`, sayCameLate(record, say`${target}`, lines));
}
