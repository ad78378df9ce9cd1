/** `tq drill` in the shell: played by itself (without Redis, in a second), or by whoever sits at this terminal. */
import { randomInt } from 'node:crypto';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import type { Scenario } from '../../../adapters/simulated/scenario.ts';
import { readArguments } from '../../commands/parse.ts';
import type { Command } from '../../commands/parse.ts';
import { hasOption } from '../../commands/spec.ts';
import { drillSpec } from '../../commands/specs/drill.ts';
import type { DrillScore } from '../../domain/drill/score.ts';
import { sayOverheard, sayScenarios, sayScore } from '../../messages/drill.ts';
import type { Message } from '../../messages/message.ts';
import type { ShellStreams } from '../shell.ts';
import { drillJson, playByItself } from './play.ts';
import type { Played, PlayOrder, Watching } from './play.ts';
import { loadScenarios, pickScenario, scenarioFile } from './scenarios.ts';
import { againInWords, shrink } from './shrink.ts';

const WRONG_CALL = 64;

export async function runDrillInShell(command: Command, streams: ShellStreams): Promise<number> {
  const args = readArguments(drillSpec, command.spoken);
  if (args.kind === 'bad') throw new Error(`${args.why}; ${args.remedy}`);
  const { what, auto, scenario, seed = randomInt(1, 10_000), speed, faults, first = Infinity } = args.value;
  if (what === 'stop' || what === 'join' || what === 'as') {
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
  const order = { scenario: chosen, seed, ...(faults && { faults: { first } }) };
  const played = await playByItself(order, isJson ? undefined : watch(streams));
  if (!isJson) show(sayScore(chosen, seed, played.score));
  if (played.broken.length > 0) streams.err(await replayOf(order, played));
  streams.out(`${JSON.stringify(drillJson(order, played))}\n`);
  return played.broken.length > 0 ? BROKEN : exitOf(played.score);
}

const BROKEN = 2;

/** Everything that is said, as it comes, each with its time and marked as a drill. */
function watch(streams: ShellStreams): Watching {
  const marked = (message: Message): string => textOf({ ...message, drill: true }, streams);
  const show = (at: number, words: string): void => streams.out(`${timeOf(at)} ${words}\n\n`);
  return {
    stepped: ({ line, message }, at) => show(at, `tq> ${line}\n${marked(message)}`),
    heard: (message, at) => show(at, marked(message)),
    overheard: (who, words, at) => show(at, marked(sayOverheard(who, words))),
  };
}

/** The one command that plays it again, with as few of its faults as still break it. */
async function replayOf(order: PlayOrder, played: Played): Promise<string> {
  const first = await shrink(order, played.faults.length);
  return `tq: ${played.broken.join('; ')}\ntq: ${againInWords(order, first, played.faults.length)}\n`;
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
