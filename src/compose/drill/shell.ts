/** `tq drill` in the shell: played by itself (without Redis, in a second), or by whoever sits at this terminal. */
import { randomInt } from 'node:crypto';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import { truthOf } from '../../../adapters/simulated/truth.ts';
import { commandJobs } from '../../../jobs/catalogue.ts';
import { playAuto } from '../../../jobs/drill/auto.ts';
import type { AutoStep, Stage } from '../../../jobs/drill/auto.ts';
import { readRecord } from '../../../jobs/drill/record.ts';
import { readArguments } from '../../commands/parse.ts';
import type { Command } from '../../commands/parse.ts';
import { hasOption } from '../../commands/spec.ts';
import { drillSpec } from '../../commands/specs/drill.ts';
import { scoreDrill } from '../../domain/drill/score.ts';
import type { DrillScore } from '../../domain/drill/score.ts';
import { plain } from '../../domain/foreign.ts';
import { sayOverheard, sayScenarios, sayScore } from '../../messages/drill.ts';
import type { Message } from '../../messages/message.ts';
import type { ShellStreams } from '../shell.ts';
import { loadScenarios, pickScenario, scenarioFile } from './scenarios.ts';
import type { Scenario } from '../../../adapters/simulated/scenario.ts';
import { openDrillWorld } from './world.ts';

const WRONG_CALL = 64;

export async function runDrillInShell(command: Command, streams: ShellStreams): Promise<number> {
  const args = readArguments(drillSpec, command.spoken);
  if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
  const { what, auto, scenario, seed = randomInt(1, 10_000), speed } = args.value;
  if (what === 'stop' || what === 'join') {
    streams.err(`tq: drill ${what} is said in the chat in which the drill is played\n`);
    return WRONG_CALL;
  }
  const file = scenarioFile(scenario);
  const scenarios = loadScenarios(file);
  const isJson = hasOption(command.spoken, 'json');
  const show = (message: Message): void => streams.out(`${textOf(message, streams)}\n`);
  if (what === 'list') {
    if (isJson)
      streams.out(
        `${JSON.stringify({ schema: 'tourniquet.drills/1', scenarios: scenarios.map(({ name, title, cause }) => ({ name, title, cause })) })}\n`,
      );
    else show(sayScenarios(scenarios));
    return 0;
  }
  const chosen = choose(scenarios, file === undefined ? scenario : scenarios[0]?.name, seed, streams);
  if (!chosen) return WRONG_CALL;
  if (!auto) {
    const { playAtTerminal } = await import('./terminal.ts');
    return playAtTerminal(command, { scenario: chosen.name, seed, speed }, file);
  }
  const played = await playByItself(chosen, seed, isJson ? undefined : streams);
  if (!isJson) show(sayScore(chosen, seed, played.score));
  streams.out(`${JSON.stringify(played.json)}\n`);
  return exitOf(played.score);
}

function choose(
  scenarios: readonly Scenario[],
  name: string | undefined,
  seed: number,
  streams: ShellStreams,
): Scenario | undefined {
  try {
    return pickScenario(scenarios, name, seed);
  } catch (error) {
    streams.err(`tq: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

export interface PlayedByItself {
  readonly score: DrillScore;
  readonly steps: readonly AutoStep[];
  readonly json: Readonly<Record<string, unknown>>;
}

/** Plays a whole drill. `streams`: what is said and answered is shown as it comes. */
export async function playByItself(scenario: Scenario, seed: number, streams?: ShellStreams): Promise<PlayedByItself> {
  await Promise.all(Object.values(commandJobs).map((load) => load()));
  const drill = await openDrillWorld({
    scenario,
    seed,
    speak: async ({ message, final, key }) => {
      if (streams && final === true && key.startsWith('drill-approve')) streams.out(`${textOf(message, streams)}\n\n`);
    },
    overheard: (who, words) => streams?.out(`${textOf(sayOverheard(who, words), streams)}\n\n`),
  });
  const { world, clock, company, said } = drill;
  const begin = clock.now();
  const stage: Stage = { world, said, carry: (work) => clock.carry(work), pass: (ms) => clock.pass(ms) };
  const steps = await playAuto(stage, (step) => {
    streams?.out(`${timeOf(clock.now())} tq> ${step.line}\n${textOf(step.message, streams)}\n\n`);
  });
  const score = scoreDrill(scenario.cause, truthOf(company), await readRecord(world, begin));
  return {
    score,
    steps,
    json: {
      schema: 'tourniquet.drill/1',
      scenario: scenario.name,
      seed,
      trueCause: score.trueCause,
      verdict: score.verdict,
      steps: steps.map(({ afterMs, line, status, message }) => ({
        afterSeconds: Math.round(afterMs / 1000),
        said: line,
        status,
        answer: plain(message.summary),
      })),
      measuresLeftInForce: score.truth.standing.length,
      spamLeaked: score.truth.spamLeaked,
      result: score.result,
      rightVerdictAfterSeconds:
        score.rightVerdictAfterMs === undefined ? null : Math.round(score.rightVerdictAfterMs / 1000),
      containedAfterSeconds: score.containedAfterMs === undefined ? null : Math.round(score.containedAfterMs / 1000),
      bouncesLeaked: score.truth.backscatterLeaked,
      mailHeldUp: score.truth.mailHeld,
      wrongSteps: score.wrongSteps,
      undoComplete: score.isUndoComplete,
    },
  };
}

function exitOf(score: DrillScore): number {
  if (score.result !== 'contained') return 2;
  return score.isVerdictRight ? 0 : 1;
}

function textOf(message: Message, streams: ShellStreams): string {
  const form = {
    colour: streams.columns !== undefined && process.env['NO_COLOR'] === undefined,
    width: Math.max(40, Math.min(streams.columns ?? 100, 120)),
    unfolded: true,
  };
  return renderText(message, form).text;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
