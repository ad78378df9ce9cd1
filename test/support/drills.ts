/** Many drills that play themselves, one after the other, and what became of them, by scenario. */
import { loadScenarios } from '../../src/compose/drill/scenarios.ts';
import { playByItself } from '../../src/compose/drill/play.ts';
import type { PlayOrder, Played } from '../../src/compose/drill/play.ts';

export interface Failure {
  readonly order: PlayOrder;
  readonly faults: number;
  readonly why: readonly string[];
}

export interface Row {
  runs: number;
  right: number;
  contained: number;
  spamLeaked: number;
  mailHeldUp: number;
  wrongSteps: number;
  innocentCutOff: number;
  leftInForce: number;
}

export interface Tally {
  readonly table: Readonly<Record<string, Row>>;
  readonly failures: readonly Failure[];
  readonly simulatedHours: number;
}

/** `count` seeds, the first being `from`; the scenarios take turns by the seed. With faults, what must hold are the invariants, and that it ends contained. */
export async function playMany(count: number, withFaults: boolean, from = 1): Promise<Tally> {
  const scenarios = loadScenarios();
  const table: Record<string, Row> = {};
  const failures: Failure[] = [];
  let simulatedMs = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const scenario = scenarios[(seed - 1) % scenarios.length];
    if (!scenario) continue;
    const order: PlayOrder = { scenario, seed, ...(withFaults && { faults: { first: Infinity } }) };
    const played = await playByItself(order);
    simulatedMs += played.simulatedMs;
    const row = (table[scenario.name] ??= {
      runs: 0,
      right: 0,
      contained: 0,
      spamLeaked: 0,
      mailHeldUp: 0,
      wrongSteps: 0,
      innocentCutOff: 0,
      leftInForce: 0,
    });
    tell(row, played);
    const why = withFaults ? [...played.broken, ...notContained(played)] : faultsOf(played);
    if (why.length > 0) failures.push({ order, faults: played.faults.length, why });
  }
  return { table, failures, simulatedHours: simulatedMs / 3_600_000 };
}

function tell(row: Row, { score }: Played): void {
  row.runs += 1;
  row.right += score.isVerdictRight ? 1 : 0;
  row.contained += score.result === 'contained' ? 1 : 0;
  row.spamLeaked += score.truth.spamLeaked;
  row.mailHeldUp += score.truth.mailHeld;
  row.wrongSteps += score.wrongSteps.length;
  row.innocentCutOff += score.truth.innocent.length;
  row.leftInForce += score.left.length;
}

function notContained({ score }: Played): readonly string[] {
  const left = [...score.truth.stillActive, ...score.left].join('; ');
  return score.result === 'contained' ? [] : [`it ended ${score.result}${left === '' ? '' : `: ${left}`}`];
}

function faultsOf(played: Played): readonly string[] {
  const { score } = played;
  return [
    ...(score.isVerdictRight ? [] : [`the verdict was ${score.verdict}, in truth it is ${score.trueCause}`]),
    ...notContained(played),
    ...score.wrongSteps,
    ...score.left.map((what) => `${what} was left in force`),
  ];
}
