/**
 * One command carried out: the role is checked again, the job is run, what it says goes to the outbox.
 *
 * Rules:
 * 1. The spec reads the words again here; a job never trusts what travelled through Redis.
 * 2. A chat sees "working" when an answer takes longer than 0.4 s, and progress at most once a second, in one message.
 * 3. No chat notifies of an edit: where "working" stood already, whom the answer calls is called by a line of its own.
 * 4. An error becomes an answer that names it; a person is never left without one.
 */
import { findSpec, parseWords } from '../src/commands/parse.ts';
import { registry } from '../src/commands/registry.ts';
import { mayUse } from '../src/commands/roles.ts';
import { say, foreign } from '../src/domain/foreign.ts';
import { sayCalled } from '../src/messages/call.ts';
import { message, notice, text } from '../src/messages/message.ts';
import { sayRoleMissing } from '../src/messages/role.ts';
import type { Message } from '../src/messages/message.ts';
import { withoutForbidden } from '../src/messages/spent.ts';
import type { World } from '../src/ports/world.ts';
import type { Answer, CommandRequest, Tell } from './answer.ts';
import { commandJobs } from './catalogue.ts';
import { noteOffers } from './incidents/note-offers.ts';

const WORKING_AFTER_MS = 400;
const TELL_EVERY_MS = 1000;

/** When to say that it takes longer. A drill that plays itself has none of the real time, so that its seed decides all. */
export interface Timers {
  /** Runs it after so many milliseconds; what it gives cancels that. */
  after(ms: number, run: () => void): () => void;
}

const REAL_TIMERS: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** For whom nobody waits: nothing is said in between, however slow the machine is. */
export const NO_TIMERS: Timers = { after: () => () => {} };

/** Carries out one request and speaks through the outbox. Never throws for what a job did; its error is the answer. */
export async function carryOut(
  request: CommandRequest,
  world: World,
  watch?: Tell,
  timers: Timers = REAL_TIMERS,
): Promise<Answer> {
  const voice = openVoice(request, world, watch, timers);
  const answer = asRead(await answerOf(request, world, voice.tell), request, world);
  await voice.close(answer);
  return answer;
}

/** In a conversation with one person only what their role permits is offered; it is checked again when it is said. */
function asRead(answer: Answer, { conversation, actor }: CommandRequest, { people }: World): Answer {
  if (!conversation.alone) return answer;
  return { ...answer, message: withoutForbidden(answer.message, people.roleOf(actor)) };
}

async function answerOf(request: CommandRequest, world: World, tell: Tell): Promise<Answer> {
  const spec = findSpec(request.command.name, registry);
  const load = commandJobs[spec?.name ?? ''];
  if (!spec || !load)
    return refused(`there is no command ${JSON.stringify(request.command.name)}`, 'say help for the list');
  const role = world.people.roleOf(request.actor);
  if (!mayUse(role, spec)) {
    const words = sayRoleMissing(spec, role, request.actor);
    return { status: 'refused', message: message('unknown', words, notice('unknown', words)) };
  }
  const read = spec.read(request.command);
  if (read.kind === 'bad') return refused(read.why, read.remedy);
  try {
    const answer = await (await load())(request, world, tell);
    return answer.look ? await lookToo(answer, answer.look, request, world, tell) : answer;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      status: 'unknown',
      message: message(
        'unknown',
        say`${spec.name} could not be carried out: ${foreign(why, 600)}`,
        notice('unknown', [foreign(why, 600)]),
        text('Say it again once that is mended; what was done already is not done twice.'),
      ),
    };
  }
}

/** Carries out the look that an answer asks for, and shows it above the answer's own words. */
async function lookToo(
  answer: Answer,
  look: readonly string[],
  request: CommandRequest,
  world: World,
  tell: Tell,
): Promise<Answer> {
  const { look: _done, unlessWell, ...own } = answer;
  const command = parseWords(look, registry);
  if (command.kind === 'misheard' || command.spec.risk !== 'look') {
    const why = command.kind === 'misheard' ? command.why : `${command.spec.name} does more than look`;
    const words = say`${look.join(' ')}: ${foreign(why, 400)}; look by hand.`;
    return { ...own, message: { ...own.message, blocks: [notice('unknown', words), ...own.message.blocks] } };
  }
  const seen = await answerOf({ ...request, command: command.spoken, files: {} }, world, tell);
  const { settles, ...shown } = seen;
  if (settles === 'no') return shown;
  const isWell = settles === 'yes' || seen.status === 'ok' || seen.status === 'warning';
  const beneath = unlessWell && !isWell ? unlessWell : own.message.blocks;
  return { ...shown, message: { ...shown.message, blocks: [...shown.message.blocks, ...beneath] } };
}

function refused(why: string, remedy: string): Answer {
  const words = say`${foreign(why, 400)}; ${foreign(remedy, 400)}`;
  return { status: 'refused', message: message('unknown', words, notice('unknown', words)) };
}

function openVoice(request: CommandRequest, world: World, watch: Tell | undefined, timers: Timers) {
  const inChat = request.conversation.surface !== 'shell';
  let last: Promise<void> = Promise.resolve();
  let pending: Message | undefined;
  let cancel: (() => void) | undefined;
  let stands = false;
  const put = (words: Message): void => {
    stands = true;
    const utterance = { conversation: request.conversation, key: request.id, message: words };
    last = last.then(() => world.outbox.put(utterance)).catch(() => {});
  };
  const flush = (): void => {
    cancel = undefined;
    if (pending) put(pending);
    pending = undefined;
  };
  if (inChat) {
    pending = message('neutral', say`${request.command.name} …`, notice('neutral', 'working …'));
    cancel = timers.after(WORKING_AFTER_MS, flush);
  }
  const tell: Tell = (words) => {
    watch?.(words);
    if (!inChat) return;
    pending = words;
    cancel ??= timers.after(TELL_EVERY_MS, flush);
  };
  return {
    tell,
    close: async ({ message: words, file, about }: Answer): Promise<void> => {
      cancel?.();
      if (!inChat) return;
      await last;
      await world.outbox.put({
        conversation: request.conversation,
        key: request.id,
        message: words,
        final: true,
        ...(file && { file }),
      });
      await noteOffers(world, request, words, about);
      const called = stands && !words.drill ? sayCalled(words) : undefined;
      if (called)
        await world.outbox.put({ conversation: request.conversation, key: request.id, message: called, loud: true });
    },
  };
}
