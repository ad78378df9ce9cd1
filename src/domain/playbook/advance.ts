/**
 * How a playbook goes on: `advance(state, event) -> { next, effects }`.
 *
 * Owns: what a press does, or answers instead. Does not own: carrying it out (jobs/incidents).
 * Rules:
 * 1. The same event again changes nothing and has no second effect; a press is always answered.
 * 2. A step is taken up once: whoever comes second is told who was first. One that was taken up and came to nothing (its
 *    process died) may be taken up again after a minute, or at once by the very same request.
 * 3. Of two who press at once one has the effect: a step that somebody has just taken up isn't skipped, and one that
 *    somebody has just skipped isn't taken; what one person has begun isn't given to another as theirs.
 * 4. A step whose measure stands, or may, is neither skipped nor done by hand: it is taken back or kept.
 */
import { foreign, say } from '../foreign.ts';
import type { Foreign, Phrase } from '../foreign.ts';
import type { MeasureOrder } from '../measures/order.ts';
import type { Who } from '../measures/record.ts';
import { currentStep, isFinished, lastMark, measuresOf, orderOfStep, stands, viewSteps } from './state.ts';
import type { MeasureAt, PlacedStep, PlaybookState, StepMark, StepView } from './state.ts';
import { fill } from './step.ts';
import type { Facts } from './step.ts';

export type PlaybookEvent =
  | { readonly kind: 'facts'; readonly facts: Facts }
  | { readonly kind: 'marked'; readonly mark: StepMark }
  | { readonly kind: 'measure'; readonly measure: MeasureAt }
  | { readonly kind: 'closed' }
  | Asked;

/** Somebody presses, or says. Without `step`: the one that is next. */
export interface Asked {
  readonly kind: 'asked';
  readonly what: 'do' | 'skip' | 'done';
  readonly step?: string;
  readonly by: Who;
  readonly at: number;
  readonly request: string;
  readonly reason?: Foreign;
}

export type PlaybookEffect =
  /** To be written into the incident before anything else is done. */
  | { readonly kind: 'mark'; readonly mark: StepMark }
  | { readonly kind: 'propose'; readonly step: PlacedStep; readonly order: MeasureOrder }
  | { readonly kind: 'look'; readonly step: PlacedStep; readonly words: readonly string[] }
  /** `taken`: somebody else has it already. */
  | { readonly kind: 'instruct'; readonly step: PlacedStep; readonly instruction: string; readonly taken?: StepMark }
  /** The newest first. */
  | { readonly kind: 'release'; readonly step: PlacedStep; readonly measures: readonly number[] }
  /** Nothing is done, and this is why. */
  | {
      readonly kind: 'answer';
      readonly text: Phrase;
      /** The step that is to be taken before. */
      readonly first?: PlacedStep;
      /** What shows what is missing. */
      readonly look?: string;
    };

export interface Advanced {
  readonly next: PlaybookState;
  readonly effects: readonly PlaybookEffect[];
}

/** A step that was taken up and has shown nothing for this long, in milliseconds, may be taken up again. */
const CLAIM_MS = 60_000;
/** Whoever skipped a step so lately wasn't seen doing so by who presses now, in milliseconds. */
const UNSEEN_MS = 10_000;

/** What an event makes of a playbook, and what is to be done in the world. */
export function advance(state: PlaybookState, event: PlaybookEvent): Advanced {
  switch (event.kind) {
    case 'facts':
      return still({ ...state, facts: { ...state.facts, ...event.facts } });
    case 'marked':
      return still(withMark(state, event.mark));
    case 'measure':
      return still(withMeasure(state, event.measure));
    case 'closed':
      return still({ ...state, closed: true });
    case 'asked':
      return asked(state, event);
    default:
      return event satisfies never;
  }
}

function asked(state: PlaybookState, said: Asked): Advanced {
  const event = aimed(state, said);
  if (state.closed) return answer(state, say`this incident is closed; nothing more is done in it`);
  const view = event.step === undefined ? currentStep(state) : findStep(state, event.step);
  if (view === undefined) {
    if (event.step === undefined) return answer(state, say`every step of this playbook is over`);
    const names = state.steps.map((step) => step.id).join(', ');
    return answer(
      state,
      say`there is no step ${foreign(event.step, 60)} in ${state.playbook.title}; there are ${names}`,
    );
  }
  switch (event.what) {
    case 'do':
      return take(state, event, view);
    case 'skip':
      if (said.reason !== undefined && event.reason === undefined)
        return answer(state, say`${view.step.title}: skip needs a reason; say skip ${view.step.id} and why`);
      return settle(state, event, view, 'skipped');
    case 'done':
      return settle(state, event, view, isChange(view.step) ? 'by-hand' : 'done');
    default:
      return event.what satisfies never;
  }
}

/** `skip wipe nobody is there` names its step first, as `do` and `done` have it; the next one isn't meant. */
function aimed(state: PlaybookState, said: Asked): Asked {
  if (said.what !== 'skip' || said.step !== undefined || said.reason === undefined) return said;
  const [first = '', ...rest] = said.reason.foreign.split(' ');
  const step = first.toLowerCase().replace(/[:,]$/, '');
  if (!state.steps.some(({ id, base }) => id === step || base === step)) return said;
  const { reason: _all, ...other } = said;
  return { ...other, step, ...(rest.length > 0 && { reason: { foreign: rest.join(' ') } }) };
}

function findStep(state: PlaybookState, id: string): StepView | undefined {
  const views = viewSteps(state);
  // As it is numbered where it is shown.
  if (/^\d+$/.test(id)) return views[Number(id) - 1];
  return (
    views.find((view) => view.step.id === id) ??
    views.find((view) => view.step.base === id && !isFinished(view.status)) ??
    views.find((view) => view.step.base === id)
  );
}

function take(state: PlaybookState, event: Asked, view: StepView): Advanced {
  const { step, status, measure } = view;
  const own = lastMark(state, step.id)?.request === event.request;
  if (status === 'asking') return answer(state, say`${step.title}: measure ${measure?.number ?? 0} waits for approval`);
  if (status === 'working') return answer(state, say`${step.title}: it is being worked on`);
  const isRepeated = step.does.kind === 'look' && status === 'done';
  const isSlip = isOwnWord(event, view);
  if (
    isFinished(status) &&
    !isRepeated &&
    status !== 'undone' &&
    !own &&
    !isSlip &&
    (status !== 'skipped' || !view.mark)
  )
    return answer(state, say`${step.title}: ${finishedInWords(view)}`);
  const skipped = view.mark?.outcome === 'skipped' && view.mark.by.person !== event.by.person ? view.mark : undefined;
  if (skipped && event.at - skipped.at < UNSEEN_MS)
    return answer(
      state,
      say`${step.title}: ${skipped.by.shown} has just skipped it${skipped.reason ? say`, ${skipped.reason}` : []}; where it is needed all the same, say do ${step.id} again`,
    );
  const early = tooEarly(state, step);
  if (early) return answer(state, early);
  const missing = (step.needs ?? []).find(({ fact }) => state.facts[fact] === undefined);
  if (missing) {
    const first = state.steps.find((each) => each.base === missing.step);
    const look = (missing.look ?? []).flatMap((word) => fill(word, state.facts) ?? []).join(' ');
    const words = say`${step.title} needs ${missing.fact}, which is not known yet: ${missing.from}; or say do ${step.id} ${missing.fact}=…`;
    return {
      next: state,
      effects: [{ kind: 'answer', text: words, ...(first && { first }), ...(look !== '' && { look }) }],
    };
  }
  return takeUp(state, event, view, own);
}

/** Whoever has called it done takes that back by naming it again; nothing but their word stood for it. */
function isOwnWord({ step, by }: Asked, { status, mark }: StepView): boolean {
  return step !== undefined && (status === 'by-hand' || status === 'done') && mark?.by.person === by.person;
}

function takeUp(state: PlaybookState, event: Asked, view: StepView, own: boolean): Advanced {
  const { step } = view;
  const { does } = step;
  const mark = lastMark(state, step.id);
  const begun: StepMark = { step: step.id, outcome: 'begun', by: event.by, at: event.at, request: event.request };
  switch (does.kind) {
    case 'measure': {
      const order = orderOfStep(state, step);
      if (!order) return answer(state, say`${step.title} can’t be ordered: a fact is missing`);
      const busy = beingProposed(mark, event);
      if (busy && !own) return answer(state, say`${step.title}: ${busy.by.shown} has just taken it up`);
      return own && mark?.outcome === 'begun'
        ? { next: state, effects: [{ kind: 'propose', step, order }] }
        : marked(state, begun, { kind: 'propose', step, order });
    }
    case 'look': {
      const words = does.words.map((word) => fill(word, state.facts));
      const unknown = does.words.find((_word, index) => words[index] === undefined);
      if (unknown !== undefined)
        return answer(state, say`${step.title} needs ${unknown.slice(1, -1)}, which is not known yet`);
      const known = words.flatMap((word) => word?.split(' ') ?? []);
      const look = { kind: 'look', step, words: known } as const;
      return mark?.outcome === 'begun' ? { next: state, effects: [look] } : marked(state, begun, look);
    }
    case 'person': {
      const instruct = { kind: 'instruct', step, instruction: does.instruction } as const;
      if (mark?.outcome === 'begun' && mark.by.person !== event.by.person)
        return { next: state, effects: [{ ...instruct, taken: mark }] };
      return mark?.outcome === 'begun' ? { next: state, effects: [instruct] } : marked(state, begun, instruct);
    }
    case 'take-back': {
      const measures = measuresOf(state, does.of)
        .filter((each) => stands(each) && each.kept === undefined)
        .map((each) => each.number)
        .toReversed();
      if (measures.length === 0)
        return answer(
          state,
          say`${step.title}: nothing of it is in force; where it was done by hand, take it back by hand and say done`,
        );
      return { next: state, effects: [{ kind: 'release', step, measures }] };
    }
    default:
      return does satisfies never;
  }
}

/** Somebody has taken up a step whose measure isn't there yet. */
function beingProposed(mark: StepMark | undefined, { at }: Asked): StepMark | undefined {
  return mark?.outcome === 'begun' && mark.measure === undefined && at - mark.at < CLAIM_MS ? mark : undefined;
}

function settle(state: PlaybookState, event: Asked, view: StepView, outcome: 'skipped' | 'done' | 'by-hand'): Advanced {
  const { step, status, measure } = view;
  if (lastMark(state, step.id)?.request === event.request) return still(state);
  if (status === 'asking' && measure)
    return answer(state, say`${step.title}: measure ${measure.number} waits for approval; deny it first`);
  const left =
    step.does.kind === 'take-back' ? measuresOf(state, step.does.of) : measure === undefined ? [] : [measure];
  const stays = left.find((each) => stands(each) && each.kept === undefined);
  if (stays) {
    return answer(
      state,
      say`${step.title}: measure ${stays.number} (${stays.order.kind}) is in force; say undo ${stays.number}, or keep ${stays.number} with a reason`,
    );
  }
  if (isFinished(status) && status !== 'undone') return answer(state, say`${step.title}: ${finishedInWords(view)}`);
  const busy = step.does.kind === 'measure' ? beingProposed(lastMark(state, step.id), event) : undefined;
  if (busy) return answer(state, say`${step.title}: ${busy.by.shown} has just taken it up; its measure is on its way`);
  const early = outcome === 'skipped' ? undefined : tooEarly(state, step);
  if (early) return answer(state, early);
  return marked(state, {
    step: step.id,
    outcome,
    by: event.by,
    at: event.at,
    request: event.request,
    ...(event.reason && { reason: event.reason }),
  });
}

function finishedInWords(view: StepView): Phrase {
  const by: Phrase = view.mark ? say`, by ${view.mark.by.shown}` : [];
  switch (view.status) {
    case 'done':
      return view.measure && view.measure.state !== 'released' && view.measure.state !== 'lapsed'
        ? say`already in force as measure ${view.measure.number}`
        : say`already done${by}`;
    case 'by-hand':
      return say`already done by hand${by}`;
    case 'skipped':
      return say`skipped${by}${view.note ? say`: ${view.note}` : []}`;
    case 'undone':
      return say`taken back`;
    case 'waiting':
    case 'begun':
    case 'asking':
    case 'working':
    case 'failed':
      return say`${view.status}`;
    default:
      return view.status satisfies never;
  }
}

function isChange(step: PlacedStep): boolean {
  return step.does.kind === 'measure' || step.does.kind === 'take-back';
}

function tooEarly(state: PlaybookState, step: PlacedStep): Phrase | undefined {
  const before = (step.after ?? []).filter((base) => !isOverStep(state, base));
  if (before.length === 0) return undefined;
  return say`${step.title} comes after ${before.map((base) => titleOf(state, base)).join(', ')}`;
}

function isOverStep(state: PlaybookState, base: string): boolean {
  return viewSteps(state).every((view) => view.step.base !== base || isFinished(view.status));
}

function titleOf(state: PlaybookState, base: string): string {
  return state.playbook.steps.find((step) => step.id === base)?.title ?? base;
}

function withMark(state: PlaybookState, mark: StepMark): PlaybookState {
  const last = lastMark(state, mark.step);
  const same = last && JSON.stringify(last) === JSON.stringify(mark);
  return same ? state : { ...state, marks: [...state.marks, mark] };
}

function withMeasure(state: PlaybookState, measure: MeasureAt): PlaybookState {
  const others = state.measures.filter((each) => each.number !== measure.number);
  return { ...state, measures: [...others, measure].toSorted((a, b) => a.number - b.number) };
}

function still(next: PlaybookState): Advanced {
  return { next, effects: [] };
}

function answer(state: PlaybookState, text: Phrase): Advanced {
  return { next: state, effects: [{ kind: 'answer', text }] };
}

function marked(state: PlaybookState, mark: StepMark, ...effects: readonly PlaybookEffect[]): Advanced {
  return { next: withMark(state, mark), effects: [{ kind: 'mark', mark }, ...effects] };
}
