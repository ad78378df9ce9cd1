/**
 * `do`, `skip`, `done`: the playbook moved by a press.
 *
 * Rules:
 * 1. The playbook decides (domain/playbook/advance.ts); what it marks is in the incident's stream before anything is
 *    done, so that of two who press at once one has the effect and both have an answer.
 * 2. A measure is only proposed here; its card carries the buttons of the approval.
 * 3. A press is always answered: with the effect, or with why there is none.
 */
import { readArguments } from '../../src/commands/parse.ts';
import { doSpec, doneSpec, skipSpec } from '../../src/commands/specs/steps.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Foreign, Phrase } from '../../src/domain/foreign.ts';
import { worded } from '../../src/domain/worded.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { advance } from '../../src/domain/playbook/advance.ts';
import type { Asked, PlaybookEffect } from '../../src/domain/playbook/advance.ts';
import { lastMark, viewSteps } from '../../src/domain/playbook/state.ts';
import type { PlacedStep } from '../../src/domain/playbook/state.ts';
import { momentOf } from '../../src/messages/incident.ts';
import { nextBlocks } from '../../src/messages/next.ts';
import { actions, button, message, notice, text } from '../../src/messages/message.ts';
import type { Block, Button, Tone } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob, CommandRequest } from '../answer.ts';
import { readMeasure } from '../measures/ledger.ts';
import { whoIs } from '../measures/who.ts';
import { changeIncident } from './change.ts';
import { incidentJson } from './open.ts';
import { proposeStep, releaseStep, showProposal } from './step-measures.ts';
import type { Stepping } from './step-measures.ts';
import { tellIncident } from './tell.ts';
import type { Seen } from './view.ts';
import { whichIncident } from './which.ts';

export const runDo: CommandJob<keyof Stepping> = async (request, world, tell) => {
  const args = readArguments(doSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const { incident, step, facts } = args.value;
  return carry(request, world, incident, { what: 'do', ...(step !== undefined && { step }) }, facts, tell);
};

export const runSkip: CommandJob<keyof Stepping> = async (request, world, tell) => {
  const args = readArguments(skipSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const { incident, step, reason } = args.value;
  const asked = { what: 'skip', reason: foreign(reason, 400), ...(step !== undefined && { step }) } as const;
  return carry(request, world, incident, asked, {}, tell);
};

export const runDone: CommandJob<keyof Stepping> = async (request, world, tell) => {
  const args = readArguments(doneSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const { incident, step } = args.value;
  return carry(request, world, incident, { what: 'done', ...(step !== undefined && { step }) }, {}, tell);
};

type Pressed = Pick<Asked, 'what' | 'step'> & { readonly reason?: Foreign };

async function carry(
  request: CommandRequest,
  world: Pick<World, keyof Stepping>,
  named: number | undefined,
  pressed: Pressed,
  told: Readonly<Record<string, string>>,
  tell: Parameters<CommandJob>[2],
): Promise<Answer> {
  const which = await whichIncident(request, world, named);
  if (which.kind === 'asked') return which.answer;
  const { number } = which.seen.incident;
  const by = whoIs(world, request.actor);
  const at = world.clock.now();
  const asked: Asked = { kind: 'asked', by, at, request: request.id, ...pressed };
  const facts: readonly IncidentEvent[] = Object.keys(told).length > 0 ? [{ kind: 'facts', at, by, facts: told }] : [];
  const changed = await changeIncident(world, number, ({ playbook }) => {
    const known = advance(playbook, { kind: 'facts', facts: told }).next;
    const { effects } = advance(known, asked);
    // What is closed stays as it was.
    return { events: playbook.closed ? [] : [...facts, ...effects.flatMap(markedBy)], result: effects };
  });
  if (!changed) return refused('that incident is gone', 'say incidents for those there are');
  await tellIncident(world, number);
  const answer = await answerTo(changed.result, { request, world, number, asked, seen: changed.seen, tell });
  await tellIncident(world, number);
  return answer;
}

function markedBy(effect: PlaybookEffect): readonly IncidentEvent[] {
  return effect.kind === 'mark' ? [{ kind: 'step', ...effect.mark }] : [];
}

interface Press {
  readonly request: CommandRequest;
  readonly world: Pick<World, keyof Stepping>;
  readonly number: number;
  readonly asked: Asked;
  readonly seen: Seen;
  readonly tell: Parameters<CommandJob>[2];
}

async function answerTo(effects: readonly PlaybookEffect[], press: Press): Promise<Answer> {
  const effect = effects.find((each) => each.kind !== 'mark');
  if (!effect) return marked(effects[0], press);
  switch (effect.kind) {
    case 'propose':
      return proposeStep(press.world, press.request, press.seen, effect.step, effect.order, press.asked.by);
    case 'release':
      return releaseStep(press.world, effect.measures, press.asked.by, press.tell);
    case 'look':
      return {
        status: 'ok',
        look: [...effect.words],
        ...(effect.step.againAfterMinutes !== undefined && {
          unlessWell: lookAgain(effect.step, effect.step.againAfterMinutes, press),
        }),
        message: message('neutral', say`${effect.step.title}`, ...afterwards(effect.step, press)),
      };
    case 'instruct': {
      const { taken } = effect;
      const words = taken
        ? say`${effect.step.title}: ${taken.by.shown} has it, since ${momentOf(taken.at, press.seen.timezone)}.`
        : say`${effect.step.title}: it is yours.`;
      const what = text(worded(effect.instruction, 800));
      return { status: 'ok', message: message('neutral', words, what, ...afterwards(effect.step, press)) };
    }
    case 'answer':
      return unmoved(effect.text, press, effect.first, effect.look);
    default:
      return effect satisfies never;
  }
}

/** What to press once it has been looked at, or done by a person. */
function afterwards(step: PlacedStep, { number }: Press): readonly Block[] {
  const on = `--incident ${number}`;
  return [
    text(say`It has worked when: ${worded(step.proof, 300)}`),
    actions(
      button('Done', `done ${step.id} ${on}`, 'primary'),
      button('Skip', `skip "not needed" --step ${step.id} ${on}`),
    ),
  ];
}

/** What was seen to have stopped so long ago may go on again, in milliseconds. */
const STOPPED_LONG_AGO_MS = 2 * 3_600_000;

/** It is too early: what to press then, and what else. Where that goes on for hours, whether it still leaks. */
function lookAgain(step: PlacedStep, minutes: number, { number, seen, asked }: Press): readonly Block[] {
  const on = `--incident ${number}`;
  const stopped = seen.playbook.steps.find(({ id }) => id === 'prove-stopped');
  const last = stopped && lastMark(seen.playbook, stopped.id);
  if (stopped && last && step.id !== stopped.id && Math.abs(asked.at - last.at) > STOPPED_LONG_AGO_MS)
    return [
      text('This takes long, and perhaps for a reason: see first whether something sends again.'),
      actions(
        button(stopped.title, `do ${stopped.id} ${on}`, 'primary'),
        button('Look again', `do ${step.id} ${on}`),
        button('Done', `done ${step.id} ${on}`),
        button('Skip', `skip "not needed" --step ${step.id} ${on}`),
      ),
    ];
  return [
    text(say`It has worked when: ${worded(step.proof, 300)}`),
    text(`Look again in ${minutes} min.`),
    actions(
      button('Look again', `do ${step.id} ${on}`, 'primary'),
      button('Done', `done ${step.id} ${on}`),
      button('Skip', `skip "not needed" --step ${step.id} ${on}`),
    ),
  ];
}

/** Skipped or done: said in a line, with what is next. */
async function marked(effect: PlaybookEffect | undefined, press: Press): Promise<Answer> {
  const mark = effect?.kind === 'mark' ? effect.mark : undefined;
  const title = press.seen.playbook.steps.find((step) => step.id === mark?.step)?.title ?? 'It';
  const how = mark?.outcome === 'skipped' ? 'skipped' : mark?.outcome === 'by-hand' ? 'done by hand' : 'done';
  return withNext(mark ? say`${worded(title, 120)}: ${how}.` : say`That was done already.`, 'good', press);
}

/** Nothing was moved: why, and where a measure waits, its card. */
async function unmoved(words: Phrase, press: Press, first?: PlacedStep, look?: string): Promise<Answer> {
  const { seen, asked, request, world } = press;
  const view = viewSteps(seen.playbook).find(
    ({ step, status }) =>
      status === 'asking' && (asked.step === undefined || [step.id, step.base].includes(asked.step)),
  );
  const waiting = view?.measure && asked.what === 'do' ? await readMeasure(world, view.measure.number) : undefined;
  if (waiting) return showProposal(world, request, seen, waiting.record);
  const { number } = press;
  if (first) return sendBack(words, button(first.title, `do ${first.id} --incident ${number}`, 'primary'), press);
  if (look !== undefined) return sendBack(words, button(`Look: ${look}`, look, 'primary'), press);
  return withNext(words, 'neutral', press);
}

/** What it needs is found by an earlier step, which has come to nothing: that one again, or what a person knows. */
function sendBack(words: Phrase, first: Button, { number, asked, seen }: Press): Answer {
  const on = `--incident ${number}`;
  return {
    status: 'ok',
    message: message(
      'neutral',
      words,
      notice('neutral', words),
      actions(
        first,
        ...(asked.step === undefined ? [] : [button('Skip', `skip "not needed" --step ${asked.step} ${on}`)]),
      ),
    ),
    data: incidentJson(seen),
  };
}

function withNext(words: Phrase, tone: Tone, { seen }: Press): Answer {
  return {
    status: 'ok',
    message: message(tone, words, notice(tone, words), ...nextBlocks(seen)),
    data: incidentJson(seen),
  };
}

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
