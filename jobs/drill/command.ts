/** `drill` and `hint` in a chat: begin, join, end; the playing itself is the other commands'. */
import { parseLine, readArguments } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';
import { drillSpec } from '../../src/commands/specs/drill.ts';
import { sayDrillBegins, sayNoDrill, sayScenarios, sayScore } from '../../src/messages/drill.ts';
import { message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { Answer, CommandJob } from '../answer.ts';

export const runDrill: CommandJob<'drills'> = async (request, world) => {
  const args = readArguments(drillSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const { what, scenario, seed, speed, auto, line = '' } = args.value;
  const here = world.drills.find(request.conversation);
  switch (what) {
    case 'list':
      return { status: 'ok', message: sayScenarios(await world.drills.list()) };
    case 'start': {
      if (auto)
        return refused('a drill plays itself in the shell alone', 'say drill start here, or tq drill --auto there');
      if (here) return inDrill(refused(`a drill is played here already (seed ${here.seed})`, 'say drill stop first'));
      const order = { speed, ...(scenario !== undefined && { scenario }), ...(seed !== undefined && { seed }) };
      try {
        return {
          status: 'ok',
          message: sayDrillBegins(
            await world.drills.start(order, request.conversation, request.actor),
            scenario !== undefined,
          ),
        };
      } catch (error) {
        return refused(error instanceof Error ? error.message : String(error), 'say drill list for those there are');
      }
    }
    case 'join': {
      if (!here) return { status: 'ok', message: sayNoDrill() };
      here.join(request.actor);
      const words =
        'You approve from now on; the simulated colleague keeps still. Who is alone at one keyboard says drill as NAME approve N.';
      return { status: 'ok', message: { ...message('good', words, notice('good', words)), drill: true } };
    }
    case 'as': {
      if (!here) return { status: 'ok', message: sayNoDrill() };
      // What can be said was said in the drill; this could not.
      const heard = parseLine(line, registry);
      const words =
        heard.kind === 'misheard'
          ? sayRefused(heard.why, heard.remedy)
          : sayRefused(`${heard.spec.name} is yours alone to say`, `say ${line}`);
      return { status: 'refused', message: { ...words, drill: true } };
    }
    case 'stop': {
      const ended = await world.drills.stop(request.conversation);
      if (!ended) return { status: 'ok', message: sayNoDrill() };
      return { status: 'ok', message: sayScore(ended.drill.scenario, ended.drill.seed, ended.score) };
    }
    default:
      return what satisfies never;
  }
};

export const runHint: CommandJob<'drills'> = async (request, world) => {
  const here = world.drills.find(request.conversation);
  return { status: 'ok', message: here ? await here.hint() : sayNoDrill() };
};

function inDrill(answer: Answer): Answer {
  return { ...answer, message: { ...answer.message, drill: true } };
}

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
