/**
 * How late people are called when 10,000 incidents are open at once: the real tick, once a second, on a real Redis. Calls
 * fall due at random moments of a minute, and each is followed by another.
 */
import { systemClock } from '../adapters/clock/system.ts';
import { openProducer, parseRedisUrl, whenReady } from '../adapters/redis/connection.ts';
import { openJournal } from '../adapters/redis/journal.ts';
import { makeRandom } from '../adapters/simulated/random.ts';
import { escalate } from '../jobs/escalation/tick.ts';
import type { IncidentEvent } from '../src/domain/incidents/incident.ts';
import type { Journal } from '../src/ports/journal.ts';
import { makeMeasureStage } from '../test/support/measure-world.ts';
import { startRedis } from '../test/lab/redis.ts';
import { printTable } from './measure.ts';

const INCIDENTS = 10_000;
const SPREAD_MS = 60_000;
const WAIT_MS = 25_000;
const GOAL_MS = 2000;

export async function run(): Promise<void> {
  const server = await startRedis();
  const redis = openProducer(parseRedisUrl(server.url));
  await whenReady(redis, 3000);
  const incidents = openJournal<IncidentEvent>(redis, 'incidents');
  const due = new Map<number, number>();
  const late: number[] = [];
  const watched: Journal<IncidentEvent> = {
    ...incidents,
    async append(number, expected, events) {
      const done = await incidents.append(number, expected, events);
      const call = events.find((event) => event.kind === 'escalated');
      if (done === 'appended' && call) {
        late.push(call.at - (due.get(number) ?? call.at));
        due.set(number, call.at + WAIT_MS);
      }
      return done;
    },
  };
  let said = 0;
  const stage = makeMeasureStage();
  const world = {
    ...stage.world,
    clock: systemClock,
    incidents: watched,
    outbox: { put: async () => void (said += 1) },
    onCall: { rotas: [], rooms: [], directTo: () => [{ surface: 'slack' as const, id: 'U1' }] },
  };
  const random = makeRandom(1);
  const began = Date.now() + 15_000;
  for (let number = 1; number <= INCIDENTS; number += 1) {
    const from = began + Math.round(random.fraction() * SPREAD_MS);
    due.set(await incidents.begin(eventsOf(number, from)), from);
  }
  const ticks: number[] = [];
  const end = began + SPREAD_MS + WAIT_MS;
  while (Date.now() < end) {
    const from = performance.now();
    await escalate(world);
    const took = performance.now() - from;
    ticks.push(took);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - took)));
  }
  redis.disconnect();
  await server.stop();
  printTable(`Escalation: ${INCIDENTS} open incidents, ${late.length} calls made, ${said} said`, [
    ['', 'p50', 'p99', 'worst', `p99 of the goal (${GOAL_MS} ms)`],
    ['late by, ms', quantile(late, 0.5), quantile(late, 0.99), quantile(late, 1), quantile(late, 0.99) / GOAL_MS],
    ['one tick, ms', quantile(ticks, 0.5), quantile(ticks, 0.99), quantile(ticks, 1), ''],
  ]);
}

function eventsOf(number: number, from: number): readonly IncidentEvent[] {
  const by = { person: 'house', shown: { foreign: 'Tourniquet' } };
  const at = Date.now();
  const tier = { people: ['anna'], by: ['direct' as const], waitMs: WAIT_MS };
  return [
    { kind: 'opened', at, by, site: 'hq', title: { foreign: `incident ${number}` } },
    {
      kind: 'escalation',
      at,
      by,
      chain: { tiers: [tier, tier], rounds: 3, from, staleMs: 1_800_000, answerMs: 600_000 },
    },
  ];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}
