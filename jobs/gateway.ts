/**
 * From what a surface heard to a job in the queue.
 *
 * Rules:
 * 1. `hear` resolves once the job is durable (milliseconds), so that the surface can acknowledge.
 * 2. What isn't understood is answered at once, without a job; a queue that is down is said, and nothing was done.
 * 3. A press, a typed line and a form become the same request; the event's id becomes the job's.
 */
import { parseLine } from '../src/commands/parse.ts';
import type { Command, Misheard } from '../src/commands/parse.ts';
import type { CommandSpec } from '../src/commands/spec.ts';
import { mayUse } from '../src/commands/roles.ts';
import { foreign, say } from '../src/domain/foreign.ts';
import { sayMisheard } from '../src/messages/help.ts';
import { message, notice } from '../src/messages/message.ts';
import type { Conversation, Gateway, Heard, HearResult } from '../src/ports/conversation.ts';
import type { People } from '../src/ports/people.ts';
import type { CommandRequest } from './answer.ts';
import { QueueDown } from './queue.ts';
import type { JobQueue } from './queue.ts';

export interface GatewayNeeds {
  readonly queue: JobQueue;
  readonly people: People;
  readonly registry: readonly CommandSpec[];
  /** A drill is played there: its own company says who may do what. */
  readonly isPlayed?: (where: Conversation) => boolean;
}

export function makeGateway(needs: GatewayNeeds): Gateway {
  return { hear: (heard) => hear(heard, needs) };
}

async function hear(heard: Heard, needs: GatewayNeeds): Promise<HearResult> {
  const command = commandOf(heard, needs.registry);
  if (command.kind === 'misheard') {
    return { kind: 'refused', message: sayMisheard(command.why, command.remedy, command.nearest) };
  }
  const role = needs.people.roleOf(heard.actor);
  if (!mayUse(role, command.spec) && needs.isPlayed?.(heard.conversation) !== true) {
    const words = say`${command.spec.name} needs the role ${command.spec.role}; yours is ${role}. An admin can give it to you in tourniquet.yaml.`;
    return { kind: 'refused', message: message('warning', words, notice('warning', words)) };
  }
  try {
    await needs.queue.submit(requestOf(heard, command));
    return { kind: 'taken' };
  } catch (error) {
    const why = error instanceof QueueDown ? error.message : new QueueDown().message;
    return { kind: 'refused', message: message('critical', say`${foreign(why)}`, notice('critical', why)) };
  }
}

function commandOf(heard: Heard, registry: readonly CommandSpec[]): Command | Misheard {
  const { said } = heard;
  switch (said.kind) {
    case 'words':
      return refuseShellOnly(parseLine(said.text, registry));
    case 'pressed':
      return refuseShellOnly(parseLine(said.command, registry));
    case 'form': {
      const fields = Object.values(said.fields).map((value) => ` ${JSON.stringify(value)}`);
      return refuseShellOnly(parseLine(`${said.command}${fields.join('')}`, registry));
    }
    default:
      return said satisfies never;
  }
}

function refuseShellOnly(command: Command | Misheard): Command | Misheard {
  if (command.kind === 'misheard' || !command.spec.shellOnly) return command;
  const why = `${command.spec.name} is for the shell`;
  return {
    kind: 'misheard',
    word: command.spec.name,
    why,
    remedy: `run tq ${command.spec.name} on the machine`,
    permitted: [],
  };
}

function requestOf(heard: Heard, command: Command): CommandRequest {
  const dropped = heard.said.kind === 'words' ? heard.said.files?.[0] : undefined;
  const nonce = heard.said.kind === 'pressed' ? heard.said.nonce : undefined;
  const slot = command.spec.options.find((option) => option.file)?.name ?? 'dropped';
  return {
    id: heard.id,
    command: command.spoken,
    actor: heard.actor,
    conversation: heard.conversation,
    at: heard.at,
    files: dropped ? { [slot]: dropped.path } : {},
    ...(nonce !== undefined && { nonce }),
  };
}
