/**
 * Where a playbook stands in one incident.
 *
 * Owns: which step is over, which is next, and why. Does not own: what pressing something does (advance.ts).
 * Rules:
 * 1. A measure's step is what the ledger says of its measure; a mark of a person never hides one that stands.
 * 2. A measure taken without the playbook answers its step all the same: it holds the same thing.
 * 3. What the evidence answers is skipped and says so, and comes back if the evidence changes.
 * 4. A playbook is over when every step is, and nothing stands that nobody chose to keep.
 */
import { foreign, say } from '../foreign.ts';
import type { Foreign, Phrase } from '../foreign.ts';
import { holdOf } from '../measures/order.ts';
import type { MeasureKind, MeasureOrder } from '../measures/order.ts';
import type { MeasureState, Who } from '../measures/record.ts';
import { actsOn, orderOf } from './step.ts';
import type { Deed, Facts, MeasureForm, Place, Playbook, Step } from './step.ts';

export interface PlaybookState {
  readonly playbook: Playbook;
  readonly place: Place;
  readonly facts: Facts;
  /** The playbook's steps, one per server where a measure acts on each of several. */
  readonly steps: readonly PlacedStep[];
  /** In order; the last one of a step counts. */
  readonly marks: readonly StepMark[];
  readonly measures: readonly MeasureAt[];
  readonly closed: boolean;
}

export interface PlacedStep extends Step {
  /** The playbook's own id of the step; `id` names the server beside it where there are several. */
  readonly base: string;
  /** The server or firewall that a measure is for. */
  readonly target?: string;
}

export interface StepMark {
  readonly step: string;
  readonly outcome: 'begun' | 'done' | 'skipped' | 'by-hand' | 'undone' | 'failed';
  readonly by: Who;
  readonly at: number;
  readonly reason?: Foreign;
  readonly measure?: number;
  /** The request that it came from: the same one again goes on where it was. */
  readonly request?: string;
}

/** What the ledger says of one of the incident's measures. */
export interface MeasureAt {
  readonly number: number;
  readonly order: MeasureOrder;
  readonly state: MeasureState;
  readonly kept?: Who;
  readonly note?: Phrase;
}

export type StepStatus =
  | 'waiting'
  | 'begun'
  /** Proposed; people are asked. */
  | 'asking'
  | 'working'
  | 'done'
  | 'by-hand'
  | 'skipped'
  | 'failed'
  | 'undone';

export interface StepView {
  readonly step: PlacedStep;
  readonly status: StepStatus;
  readonly measure?: MeasureAt;
  readonly mark?: StepMark;
  readonly note?: Phrase;
}

/** A playbook at its beginning in a place. */
export function beginPlaybook(playbook: Playbook, place: Place, facts: Facts = {}): PlaybookState {
  const known: Record<string, string | number | boolean> = { site: place.site, addresses: place.addresses.join(' ') };
  const [server] = place.servers;
  if (server !== undefined) known['server'] = server;
  if (place.firewall !== undefined) known['firewall'] = place.firewall;
  if (place.smartHost !== undefined) known['smartHost'] = place.smartHost;
  return {
    playbook,
    place,
    facts: { ...known, ...facts },
    steps: playbook.steps.flatMap((step) => placed(step, place)),
    marks: [],
    measures: [],
    closed: false,
  };
}

function placed(step: Step, place: Place): readonly PlacedStep[] {
  const { does } = step;
  if (does.kind !== 'measure') return [{ ...step, base: step.id }];
  const on = actsOn(does.measure);
  const targets = on === 'servers' ? place.servers : place.firewall === undefined ? [] : [place.firewall];
  if (targets.length === 0) return [{ ...step, base: step.id, does: byHand(step, on) }];
  return targets.map((target) => ({
    ...step,
    base: step.id,
    target,
    ...(targets.length > 1 && { id: `${step.id}/${target}`, title: `${step.title} on ${target}` }),
  }));
}

function byHand(step: Step, on: 'servers' | 'firewall'): Deed {
  const what = on === 'servers' ? 'mail server' : 'firewall';
  return {
    kind: 'person',
    instruction: `No ${what} is configured for this site, so a person does it: ${step.title.toLowerCase()}. Write down what you change, so that it can be taken back (${step.undo}).`,
  };
}

/** Each step as it stands, in order. */
export function viewSteps(state: PlaybookState): readonly StepView[] {
  return state.steps.map((step) => viewStep(state, step));
}

/** The first step that is not over, or undefined. */
export function currentStep(state: PlaybookState): StepView | undefined {
  return viewSteps(state).find((view) => !isFinished(view.status));
}

/** Nothing is to be done in it any more. */
export function isFinished(status: StepStatus): boolean {
  return status === 'done' || status === 'by-hand' || status === 'skipped' || status === 'undone';
}

/** What stands outside, or may, and nobody chose to keep. */
export function standing(state: PlaybookState): readonly MeasureAt[] {
  return state.measures.filter((measure) => stands(measure) && measure.kept === undefined);
}

/** Every step is finished, and nothing stands that nobody chose to keep. */
export function isOver(state: PlaybookState): boolean {
  return currentStep(state) === undefined && standing(state).length === 0;
}

/** The measure that a step orders now, or undefined where a fact is missing or it orders none. */
export function orderOfStep(state: PlaybookState, step: PlacedStep): MeasureOrder | undefined {
  return step.does.kind === 'measure' && step.target !== undefined
    ? orderOf(step.does.measure, step.target, state.facts)
    : undefined;
}

/** It is in force, or may be: one that is being put up or taken down counts. */
export function stands(measure: MeasureAt): boolean {
  return measure.state === 'engaging' || measure.state === 'in-force' || measure.state === 'releasing';
}

function viewStep(state: PlaybookState, step: PlacedStep): StepView {
  const { does } = step;
  switch (does.kind) {
    case 'measure':
      return viewMeasure(state, step);
    case 'take-back':
      return viewTakeBack(state, step, does.of);
    case 'look':
    case 'person':
      return viewMarked(state, step);
    default:
      return does satisfies never;
  }
}

function viewMeasure(state: PlaybookState, step: PlacedStep): StepView {
  const measure = measureOf(state, step);
  const mark = lastMark(state, step.id);
  if (measure && isMoving(measure)) return { step, status: movingStatus(measure), measure, ...noted(measure.note) };
  const settled = mark && (mark.outcome === 'skipped' || mark.outcome === 'by-hand' || mark.outcome === 'done');
  if (settled || !measure) return viewMarked(state, step);
  const ended = measure.state === 'released' || measure.state === 'lapsed';
  return { step, status: ended ? 'undone' : 'failed', measure, ...noted(measure.note ?? endInWords(measure)) };
}

function isMoving(measure: MeasureAt): boolean {
  return measure.state === 'proposed' || measure.state === 'approved' || stands(measure);
}

function movingStatus(measure: MeasureAt): StepStatus {
  if (measure.state === 'proposed') return 'asking';
  return measure.state === 'in-force' ? 'done' : 'working';
}

function endInWords(measure: MeasureAt): Phrase {
  return say`measure ${measure.number}: ${measure.state}`;
}

/**
 * The newest measure of the incident that is this step's: holding what the step orders now; where that isn't known any
 * more, the one it was marked with. One for another machine or account is not this step's.
 */
function measureOf(state: PlaybookState, step: PlacedStep): MeasureAt | undefined {
  const order = orderOfStep(state, step);
  const marked = state.marks.filter((mark) => mark.step === step.id).map((mark) => mark.measure);
  return state.measures.findLast((measure) =>
    order
      ? measure.order.kind === order.kind && holdOf(measure.order) === holdOf(order)
      : marked.includes(measure.number),
  );
}

function viewTakeBack(state: PlaybookState, step: PlacedStep, of: string): StepView {
  const mark = lastMark(state, step.id);
  const all = measuresOf(state, of);
  const open = all.filter(stands);
  const left = open.find((measure) => measure.kept === undefined);
  if (left) {
    const working = open.some((measure) => measure.state === 'releasing');
    const status = working ? 'working' : mark?.outcome === 'failed' ? 'failed' : 'waiting';
    return { step, status, measure: left, ...noted(left.note) };
  }
  const [kept] = open;
  if (kept?.kept) {
    return {
      step,
      status: 'skipped',
      measure: kept,
      note: say`${kept.kept.shown} chose to keep measure ${kept.number}`,
    };
  }
  const done = all.findLast((measure) => measure.state === 'released' || measure.state === 'lapsed');
  if (done) return { step, status: 'done', measure: done };
  const marked = viewMarked(state, step);
  if (marked.status !== 'waiting') return marked;
  const sources = state.steps.filter((each) => each.base === of).map((each) => viewStep(state, each));
  const never = sources.every((source) => source.status === 'skipped');
  return never ? { step, status: 'skipped', note: say`it was never taken` } : { step, status: 'waiting' };
}

/** The incident's measures of the kind that this step of the playbook orders. */
export function measuresOf(state: PlaybookState, base: string): readonly MeasureAt[] {
  const kinds = new Set<MeasureKind>(
    state.playbook.steps.flatMap(({ id, does }) =>
      id === base && does.kind === 'measure' ? [kindOf(does.measure)] : [],
    ),
  );
  return state.measures.filter((measure) => kinds.has(measure.order.kind));
}

function kindOf(form: MeasureForm): MeasureKind {
  return form.kind;
}

function viewMarked(state: PlaybookState, step: PlacedStep): StepView {
  const mark = lastMark(state, step.id);
  const answered = (step.skipWhere ?? []).find(({ fact, is }) => {
    const known = state.facts[fact];
    return known !== undefined && (is === undefined || known === is);
  });
  const settled = mark && mark.outcome !== 'undone' && mark.outcome !== 'begun' && mark.outcome !== 'failed';
  if (mark && (settled || (!answered && mark.outcome !== 'undone')))
    return { step, status: mark.outcome, mark, ...noted(mark.reason && [mark.reason]) };
  if (answered && mark?.outcome === 'begun')
    return { step, status: 'done', mark, note: say`answered: ${answered.says}${valueOf(state, answered)}` };
  if (answered) return { step, status: 'skipped', note: say`not needed: ${answered.says}${valueOf(state, answered)}` };
  return { step, status: mark ? 'undone' : 'waiting', ...(mark && { mark }) };
}

function valueOf(state: PlaybookState, answered: { readonly fact: string; readonly is?: unknown }): Phrase {
  const value = state.facts[answered.fact];
  return answered.is === undefined && typeof value === 'string' ? say` (${foreign(value, 80)})` : [];
}

export function lastMark(state: PlaybookState, step: string): StepMark | undefined {
  return state.marks.findLast((mark) => mark.step === step);
}

function noted(note: Phrase | undefined): { readonly note?: Phrase } {
  return note === undefined ? {} : { note };
}
