/** `help`: what this person may say, or one command in full. */
import { findSpec, readArguments } from '../src/commands/parse.ts';
import { nearestWord } from '../src/domain/nearest.ts';
import { registry } from '../src/commands/registry.ts';
import { helpSpec } from '../src/commands/specs/help.ts';
import { sayHelp, sayHelpInChat, sayHelpOf, sayMisheard } from '../src/messages/help.ts';
import { mayUse } from '../src/commands/roles.ts';
import type { CommandJob } from './answer.ts';

export const runHelp: CommandJob<'people'> = async (request, world) => {
  const role = world.people.roleOf(request.actor);
  const inShell = request.conversation.surface === 'shell';
  const open = registry.filter((spec) => mayUse(role, spec) && (inShell || !spec.shellOnly));
  const args = readArguments(helpSpec, request.command);
  if (args.kind === 'bad') return { status: 'unknown', message: sayMisheard(args.why, args.remedy) };
  const { topic } = args.value;
  if (topic === undefined) return { status: 'ok', message: inShell ? sayHelp(open) : sayHelpInChat(open) };
  const spec = findSpec(
    topic,
    registry.filter((each) => inShell || !each.shellOnly),
  );
  if (spec) return { status: 'ok', message: sayHelpOf(spec) };
  const names = open.map((known) => known.name);
  const nearest = nearestWord(topic, names);
  const remedy = nearest === undefined ? `say one of: ${names.join(', ')}` : `did you mean ${nearest}?`;
  return {
    status: 'unknown',
    message: sayMisheard(`there is no command ${JSON.stringify(topic)}`, remedy, nearest && `help ${nearest}`),
  };
};
