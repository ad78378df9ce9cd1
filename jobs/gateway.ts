/**
 * From what a surface heard to a job in the queue.
 *
 * Rules:
 * 1. `hear` resolves once the job is durable (milliseconds), so that the surface can acknowledge.
 * 2. What isn't understood is answered at once, without a job; a queue that is down is said, and nothing was done.
 * 3. A press, a typed line and a form become the same request; the event's id becomes the job's.
 * 4. A button that is pressed twice in a moment is pressed once (double-press.ts).
 * 5. A button of a drill's message belongs to that drill, wherever it is pressed.
 */
import { parseLine } from '../src/commands/parse.ts';
import { parseExact } from '../src/commands/exact.ts';
import { understand } from '../src/commands/phrases.ts';
import type { PhraseNames, Question } from '../src/commands/phrases.ts';
import type { Command, Misheard } from '../src/commands/parse.ts';
import type { CommandSpec } from '../src/commands/spec.ts';
import { mayUse } from '../src/commands/roles.ts';
import { readDrillKey } from '../src/domain/drill/place.ts';
import { worded } from '../src/domain/worded.ts';
import { sayMisheard, sayQuestion } from '../src/messages/help.ts';
import { message, notice } from '../src/messages/message.ts';
import type { Message } from '../src/messages/message.ts';
import { sayRoleMissing } from '../src/messages/role.ts';
import type { Conversation, Gateway, Heard, HearResult } from '../src/ports/conversation.ts';
import { FileRefused } from '../src/ports/files.ts';
import type { People } from '../src/ports/people.ts';
import type { CommandRequest } from './answer.ts';
import { openDoublePress } from './double-press.ts';
import { QueueDown } from './queue.ts';
import type { JobQueue } from './queue.ts';

export interface GatewayNeeds {
  readonly queue: JobQueue;
  readonly people: People;
  readonly registry: readonly CommandSpec[];
  /** A drill is played there, by whatever process: its own company says who may do what. Asked only before refusing. */
  readonly isPlayed?: (where: Conversation) => boolean | Promise<boolean>;
  /** Carries a dropped file to the worker, wherever that runs; gives the name it is opened by. Throws FileRefused. */
  readonly send: (path: string) => Promise<string>;
  /** What natural words may name. */
  readonly names: PhraseNames;
}

/** Commands of one message that are offered one by one. */
const MOST_LINES = 6;

export function makeGateway(needs: GatewayNeeds): Gateway {
  const presses = openDoublePress();
  return { hear: (heard) => presses.once(heard, () => hear(heard, needs)) };
}

async function hear(said: Heard, needs: GatewayNeeds): Promise<HearResult> {
  const heard = { ...said, conversation: whereItBelongs(said) };
  const command = commandOf(heard, needs);
  const isPlayed = async (): Promise<boolean> => (await needs.isPlayed?.(heard.conversation)) === true;
  const refuse = async (words: Message): Promise<HearResult> => ({
    kind: 'refused',
    message: (await isPlayed()) ? { ...words, drill: true } : words,
  });
  if (command.kind === 'question') return refuse(sayQuestion(command.question, command.offers));
  if (command.kind === 'misheard') return refuse(sayMisheard(command.why, command.remedy, command.nearest));
  const role = needs.people.roleOf(heard.actor);
  if (!mayUse(role, command.spec) && !(await isPlayed())) {
    const words = sayRoleMissing(command.spec, role, heard.actor);
    return { kind: 'refused', message: message('warning', words, notice('warning', words)) };
  }
  try {
    await needs.queue.submit(requestOf(heard, command, await sentOf(heard, needs)));
    return { kind: 'taken' };
  } catch (error) {
    const why = error instanceof QueueDown || error instanceof FileRefused ? error.message : new QueueDown().message;
    return { kind: 'refused', message: message('critical', worded(why), notice('critical', why)) };
  }
}

function whereItBelongs({ said, conversation }: Heard): Conversation {
  if (said.kind !== 'pressed' || !readDrillKey(said.messageKey)) return conversation;
  return { ...conversation, beneath: said.messageKey };
}

function commandOf(heard: Heard, needs: GatewayNeeds): Command | Misheard | Question {
  const { said } = heard;
  const { registry } = needs;
  switch (said.kind) {
    case 'words':
      return refuseShellOnly(understood(said.text, needs));
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

/**
 * Exact words first; free ones only where no command is named, or where what follows its name makes no sense to it. Who
 * names a command and writes an option, or a word that only belongs to it, meant it exactly: what is wrong is told.
 */
function understood(text: string, { registry, names }: GatewayNeeds): Command | Misheard | Question {
  const several = oneByOne(text, registry);
  if (several) return several;
  const exact = parseExact(text, registry);
  if (exact.kind === 'command') return exact;
  const meant = understand(text, registry, names);
  const { spec } = exact;
  if (spec !== undefined && spec.risk !== 'look') {
    const other = meant.kind === 'question' && meant.explains !== undefined && meant.explains !== spec.name;
    return spec.risk === 'change' && other ? meant : exact;
  }
  if (spec !== undefined && isMeantExactly(text, spec)) return exact;
  switch (meant.kind) {
    case 'line': {
      const read = parseLine(meant.line, registry);
      return spec === undefined || spec.shellOnly || (read.kind === 'command' && read.spec === spec) ? read : exact;
    }
    case 'question': {
      const isPlain = spec === undefined && (exact.nearest === undefined || meant.explains !== undefined);
      return isPlain || spec?.shellOnly ? meant : exact;
    }
    case 'none':
      return exact;
    default:
      return meant satisfies never;
  }
}

/** Several commands, each on a line of its own: each is offered, none is read as the words of another. */
function oneByOne(text: string, registry: readonly CommandSpec[]): Question | undefined {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  if (lines.length < 2 || lines.length > MOST_LINES) return undefined;
  if (lines.some((line) => parseExact(line, registry).kind !== 'command')) return undefined;
  return {
    kind: 'question',
    question: 'I take one command in a message. Press them one by one.',
    offers: lines.map((line) => ({ label: line, line })),
  };
}

function isMeantExactly(text: string, spec: CommandSpec): boolean {
  const words = text.toLowerCase().split(/\s+/);
  return words.some((word) => /^[-–—]+\S|:\/\//.test(word) || spec.exactWords?.includes(word) === true);
}

function refuseShellOnly(command: Command | Misheard | Question): Command | Misheard | Question {
  if (command.kind !== 'command' || !command.spec.shellOnly) return command;
  const why = `${command.spec.name} is for the shell`;
  return {
    kind: 'misheard',
    word: command.spec.name,
    why,
    remedy: `run tq ${command.spec.name} on the machine`,
    permitted: [],
  };
}

async function sentOf({ said }: Heard, { send }: GatewayNeeds): Promise<string | undefined> {
  const dropped = said.kind === 'words' ? said.files?.[0] : undefined;
  return dropped && send(dropped.path);
}

function requestOf(heard: Heard, command: Command, sent: string | undefined): CommandRequest {
  const nonce = heard.said.kind === 'pressed' ? heard.said.nonce : undefined;
  // Where several kinds of file may be meant, the command looks at what it is.
  const [slot, ...others] = command.spec.options.filter((option) => option.file);
  const named = slot !== undefined && others.length === 0 ? slot.name : 'dropped';
  return {
    id: heard.id,
    command: command.spoken,
    actor: heard.actor,
    conversation: heard.conversation,
    at: heard.at,
    files: sent === undefined ? {} : { [named]: sent },
    ...(nonce !== undefined && { nonce }),
  };
}
