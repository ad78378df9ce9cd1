/** One drill played by itself, with or without faults; its score, its JSON, and which invariants did not hold. */
import { layFaults } from '../../../adapters/simulated/faults.ts';
import type { Faults } from '../../../adapters/simulated/faults.ts';
import type { Scenario } from '../../../adapters/simulated/scenario.ts';
import { truthOf } from '../../../adapters/simulated/truth.ts';
import { commandJobs } from '../../../jobs/catalogue.ts';
import { playAuto } from '../../../jobs/drill/auto.ts';
import type { AutoRun, AutoStep, Stage } from '../../../jobs/drill/auto.ts';
import { readMeasures, readRecord } from '../../../jobs/drill/record.ts';
import { brokenInvariants } from '../../domain/drill/invariants.ts';
import type { DrillHistory } from '../../domain/drill/invariants.ts';
import { scoreDrill } from '../../domain/drill/score.ts';
import type { DrillRecord, DrillScore } from '../../domain/drill/score.ts';
import { plain } from '../../domain/foreign.ts';
import type { Message } from '../../messages/message.ts';
import { openDrillWorld } from './world.ts';
import type { DrillWorld } from './world.ts';

export interface PlayOrder {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Faults by the same seed; `first`: no more than so many of them. */
  readonly faults?: { readonly first: number };
}

export interface Watching {
  stepped(step: AutoStep, wallClock: number): void;
  /** What others say meanwhile. */
  heard(message: Message, wallClock: number): void;
  overheard(who: string, words: string, wallClock: number): void;
}

export interface Played {
  readonly score: DrillScore;
  readonly run: AutoRun;
  /** Simulated milliseconds, from the beginning of the company's morning. */
  readonly simulatedMs: number;
  readonly faults: readonly { readonly at: number; readonly what: string }[];
  readonly broken: readonly string[];
}

/** After the end the house goes on for so long, to settle what was left. */
const SETTLE_MS = 5 * 60_000;

export async function playByItself(order: PlayOrder, watching?: Watching): Promise<Played> {
  await Promise.all(Object.values(commandJobs).map((load) => load()));
  const { scenario, seed } = order;
  const drill: DrillWorld = await openDrillWorld({
    scenario,
    seed,
    speak: async ({ message, final, key }) => {
      if (final === true && key.startsWith('drill-approve')) watching?.heard(message, drill.clock.now());
    },
    overheard: (who, words) => watching?.overheard(who, words, drill.clock.now()),
  });
  const { clock, company } = drill;
  const begin = clock.now();
  const faults = order.faults && layFaults(drill, company.random.stream('faults'), order.faults.first);
  const run = await playAuto(stageOf(drill, faults), (step) => watching?.stepped(step, clock.now()));
  if (faults) await settle(drill);
  return {
    score: scoreDrill(
      scenario.cause,
      scenario.also,
      truthOf(company),
      await readRecord(drill.world, begin, concludedIn(drill)),
    ),
    run,
    simulatedMs: clock.monotonic(),
    faults: faults?.injected ?? [],
    broken: faults ? brokenInvariants(await historyOf(drill, faults, run)) : [],
  };
}

/** What the looks came to, in milliseconds since the person came in. */
export function concludedIn({ concluded, company }: DrillWorld): DrillRecord['verdicts'] {
  return concluded.map(({ at, verdict }) => ({ afterMs: at - company.lead, verdict }));
}

function stageOf({ world, clock, company, said }: DrillWorld, faults: Faults | undefined): Stage {
  const twice = company.random.stream('deliveries');
  const immortal = { world, isDead: () => false, death: new Promise<void>(() => {}) };
  return {
    said,
    carry: (work) => clock.carry(work),
    pass: (ms) => clock.pass(ms),
    begin: () => (faults ? faults.live(world) : immortal),
    isDelivered: () => (faults && twice.chance(0.05) ? 'twice' : 'once'),
  };
}

/** The faults are over; whoever lives on settles what was left half done. */
async function settle({ world, clock, company, auditLog }: DrillWorld): Promise<void> {
  const { startHouse } = await import('../../../jobs/drill/house.ts');
  for (const device of [company.gateway.device, company.mail.device])
    device.behave(() => ({ kind: 'well', afterMs: 40 }));
  auditLog.away(0);
  const house = startHouse(world);
  await clock.pass(SETTLE_MS);
  house.stop();
}

async function historyOf(drill: DrillWorld, faults: Faults, run: AutoRun): Promise<DrillHistory> {
  const { company, auditLog, ledgerAt, said, saidAt, clock, world } = drill;
  const verdict = await auditLog.verify();
  return {
    acts: [...company.gateway.device.acts, ...company.mail.device.acts].toSorted((a, b) => a.at - b.at),
    measures: await readMeasures(world),
    ledger: ledgerAt,
    audit: auditLog.entries.map(({ at, kind, about, data }) => ({ at, kind, about, fence: fenceOf(data) })),
    isAuditWhole: verdict.kind === 'whole',
    unanswered: run.unanswered,
    away: faults.away,
    told: said.flatMap(({ message }, index) => toldOf(message, saidAt[index] ?? 0)),
    end: clock.monotonic(),
  };
}

function fenceOf(data: unknown): number | undefined {
  const fence: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'fence') : undefined;
  return typeof fence === 'number' ? fence : undefined;
}

/** What a card claims: in force as just observed, or taken back. */
function toldOf(message: Message, at: number): DrillHistory['told'] {
  const claimed = message.blocks.flatMap((block) =>
    block.kind === 'measure' && block.state === 'in force'
      ? [{ at, number: block.number, as: 'in-force' as const }]
      : [],
  );
  const [, number] = /^Measure (\d+): .*: taken back/.exec(plain(message.summary)) ?? [];
  return number === undefined ? claimed : [...claimed, { at, number: Number(number), as: 'taken-back' }];
}

/** The contract's JSON. */
export function drillJson(order: PlayOrder, { score, run, faults, broken }: Played): Readonly<Record<string, unknown>> {
  const seconds = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms / 1000));
  return {
    schema: 'tourniquet.drill/1',
    scenario: order.scenario.name,
    seed: order.seed,
    trueCause: score.trueCause,
    verdict: score.verdict,
    steps: run.steps.map(({ afterMs, line, status, message }) => ({
      afterSeconds: seconds(afterMs),
      said: line,
      status,
      answer: plain(message.summary),
    })),
    measuresLeftInForce: score.left.length,
    spamLeaked: score.truth.spamLeaked,
    result: score.result,
    rightVerdictAfterSeconds: seconds(score.rightVerdictAfterMs),
    containedAfterSeconds: seconds(score.containedAfterMs),
    bouncesLeaked: score.truth.backscatterLeaked,
    mailHeldUp: score.truth.mailHeld,
    wrongSteps: score.wrongSteps,
    undoComplete: score.isUndoComplete,
    ...(order.faults && {
      faults: faults.map(({ at, what }) => ({ atSeconds: seconds(at), what })),
      brokenInvariants: broken,
    }),
  };
}
