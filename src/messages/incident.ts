/**
 * An incident in one message, edited in place in every conversation that follows it: what it is, what is in force, where
 * the playbook stands, and at most two things that one would press now.
 */
import { foreign, plain, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import { wallTime } from '../domain/calendar/zone.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { stateInWords } from '../domain/measures/decision.ts';
import { isStanding } from '../domain/measures/record.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import { currentStep, isOver, viewSteps } from '../domain/playbook/state.ts';
import type { PlaybookState, StepStatus, StepView } from '../domain/playbook/state.ts';
import { measureBlock, orderInWords } from './measure.ts';
import { actions, button, message, notice, text } from './message.ts';
import type { Block, Button, Message, Progress, Tone } from './message.ts';

export interface IncidentView {
  readonly incident: Incident;
  readonly playbook: PlaybookState;
  /** Of this incident, the oldest first. */
  readonly measures: readonly MeasureRecord[];
  /** The site's time zone (IANA). */
  readonly timezone: string;
}

/** The headline. */
export function sayIncident(view: IncidentView): Message {
  const { incident, playbook, measures } = view;
  const open = measures.filter((measure) => isStanding(measure));
  const asked = measures.filter((measure) => measure.state === 'proposed');
  const blocks: Block[] = [text(verdictLine(view))];
  blocks.push({ kind: 'facts', facts: factsOf(view) });
  blocks.push(...open.map(measureBlock));
  for (const measure of asked)
    blocks.push(notice('warning', say`Measure ${measure.number} asks for approval: ${orderInWords(measure.order)}`));
  blocks.push(progressOf(view));
  if (incident.state === 'closed') {
    blocks.push(notice('good', closedLine(view)), actions(button('Report', `report ${incident.number}`)));
  } else {
    blocks.push(actions(...buttonsOf(view)));
  }
  const said = message(toneOf(incident, open), titleLine(incident, playbook), ...blocks);
  return incident.drill ? { ...said, drill: true } : said;
}

function titleLine(incident: Incident, playbook: PlaybookState): Phrase {
  const head = say`Incident ${incident.number} · ${incident.site}: ${incident.title}`;
  switch (incident.state) {
    case 'closed':
      return say`${head} · closed`;
    case 'acknowledged':
    case 'open': {
      const who = incident.acknowledgedBy ? say`${incident.acknowledgedBy.shown} has it` : ['nobody has it yet'];
      const current = currentStep(playbook);
      return say`${head} · ${who}${current ? ` · next: ${current.step.title}` : ''}`;
    }
    default:
      return incident.state satisfies never;
  }
}

function verdictLine({ incident }: IncidentView): Phrase {
  const { verdict } = incident;
  if (!verdict) return say`There is no verdict yet: say triage ${incident.site} --incident ${incident.number}.`;
  return verdict.said;
}

function factsOf({ incident, measures, timezone }: IncidentView) {
  const standing = measures.filter(isStanding).length;
  const owner = incident.owner ?? incident.acknowledgedBy?.shown.foreign;
  return [
    { name: 'state', value: [incident.state] },
    { name: 'since', value: say`${momentOf(incident.openedAt, timezone)}, opened by ${incident.openedBy.shown}` },
    { name: 'owner', value: owner === undefined ? ['nobody'] : [foreign(owner, 80)] },
    ...(incident.repeats > 0 ? [{ name: 'seen again', value: [`${incident.repeats} times`] }] : []),
    { name: 'in force', value: [standing === 0 ? 'nothing' : standing === 1 ? '1 measure' : `${standing} measures`] },
  ];
}

function progressOf(view: IncidentView): Progress {
  const { incident, playbook } = view;
  const current = currentStep(playbook);
  return {
    kind: 'progress',
    title: playbook.playbook.title,
    steps: viewSteps(playbook).map((at) => {
      const here = at.step.id === current?.step.id;
      const buttons = incident.state === 'closed' ? [] : stepButtons(at, here, incident.number);
      const note = noteOf(at, here);
      return {
        name: at.step.title,
        state: shownState(at.status, here),
        ...(note && { note }),
        ...(buttons.length > 0 && { buttons }),
      };
    }),
  };
}

function shownState(status: StepStatus, here: boolean): Progress['steps'][number]['state'] {
  switch (status) {
    case 'waiting':
      return here ? 'current' : 'waiting';
    case 'begun':
      return 'current';
    case 'asking':
    case 'working':
      return 'working';
    case 'done':
    case 'by-hand':
      return 'done';
    case 'skipped':
    case 'failed':
    case 'undone':
      return status;
    default:
      return status satisfies never;
  }
}

function noteOf(at: StepView, here: boolean): Phrase | undefined {
  const { step, status, mark, measure, note } = at;
  const by: Phrase = mark ? say` by ${mark.by.shown}` : [];
  switch (status) {
    case 'waiting':
      return here ? worded(step.why, 300) : undefined;
    case 'begun':
      return step.does.kind === 'person'
        ? say`${worded(step.does.instruction, 400)} Then say done. It has worked when: ${worded(step.proof, 200)}.`
        : say`being looked at${by}. It has worked when: ${worded(step.proof, 200)}.`;
    case 'asking':
      return say`measure ${measure?.number ?? 0} asks for approval`;
    case 'working':
      return say`measure ${measure?.number ?? 0} is being worked on${note ? say`: ${note}` : []}`;
    case 'done':
      if (measure) return say`measure ${measure.number}`;
      return note ?? (by.length > 0 ? say`done${by}` : undefined);
    case 'by-hand':
      return say`done by hand${by}`;
    case 'skipped':
      return note ? say`${note}${by}` : undefined;
    case 'failed':
      return note;
    case 'undone':
      return say`taken back`;
    default:
      return status satisfies never;
  }
}

function stepButtons(at: StepView, here: boolean, incident: number): readonly Button[] {
  const { step, status } = at;
  const on = `--incident ${incident}`;
  const skip = button('Skip', `skip "not needed" --step ${step.id} ${on}`);
  const done = button('Done', `done ${step.id} ${on}`);
  switch (status) {
    case 'waiting':
    case 'failed':
      if (!here) return [];
      return isTakenBackByHand(at) ? [done, skip] : [button(verbOf(step.does.kind), `do ${step.id} ${on}`), skip];
    case 'begun':
      if (step.does.kind === 'person') return [done, skip];
      return [done, button(verbOf(step.does.kind), `do ${step.id} ${on}`), skip];
    case 'asking':
    case 'working':
    case 'done':
    case 'by-hand':
    case 'skipped':
    case 'undone':
      return [];
    default:
      return status satisfies never;
  }
}

/** What was done by hand, no measure of ours stands for: only the same hand can take it back. */
function isTakenBackByHand({ step, measure, status }: StepView): boolean {
  return step.does.kind === 'take-back' && measure === undefined && status === 'waiting';
}

function verbOf(kind: StepView['step']['does']['kind']): string {
  switch (kind) {
    case 'measure':
      return 'Propose';
    case 'look':
      return 'Look';
    case 'person':
      return 'Begin';
    case 'take-back':
      return 'Take back';
    default:
      return kind satisfies never;
  }
}

function buttonsOf({ incident, playbook, measures }: IncidentView): readonly Button[] {
  const on = `--incident ${incident.number}`;
  const current = currentStep(playbook);
  const ready = current && (current.status === 'waiting' || current.status === 'failed');
  const primary: Button[] = [];
  if (incident.state === 'open') primary.push(button('I have it', `ack ${incident.number}`, 'primary'));
  if (ready) {
    const verb = isTakenBackByHand(current) ? 'done' : 'do';
    primary.push(button(current.step.title, `${verb} ${current.step.id} ${on}`, 'primary'));
  }
  if (isOver(playbook)) primary.push(button('Close', `close ${incident.number}`, 'primary'));
  const left = current ? [] : measures.filter((record) => isStanding(record) && record.kept === undefined);
  return [
    ...primary,
    ...left.flatMap(leftButtons),
    button('Triage again', `triage ${incident.site} ${on}`),
    button('Ledger', 'ledger'),
    button('Report', `report ${incident.number}`),
  ];
}

/**
 * What may become of a measure that stands when all is over. What was cleaned out of a queue stays out, as a rule: its undo
 * puts the spam back.
 */
export function leftButtons({ number, order }: MeasureRecord): readonly Button[] {
  if (order.kind === 'clean-queue')
    return [
      button(`Keep ${number}`, `keep ${number} what was cleaned out stays out`, 'primary'),
      button(`Undo ${number}`, `undo ${number}`),
    ];
  return [
    button(`Undo ${number}`, `undo ${number}`, 'primary'),
    button(`Keep ${number}`, `keep ${number} chosen when all was over`),
  ];
}

function closedLine({ incident, timezone }: IncidentView): Phrase {
  const by = incident.closedBy ? say` by ${incident.closedBy.shown}` : [];
  const at = incident.closedAt === undefined ? '' : ` at ${momentOf(incident.closedAt, timezone)}`;
  return say`Closed${by}${at}${incident.closedWhy ? say`: ${incident.closedWhy}` : []}.`;
}

function toneOf(incident: Incident, standing: readonly MeasureRecord[]): Tone {
  if (incident.state === 'closed') return 'neutral';
  const verdict = incident.verdict?.verdict;
  if (verdict === 'healthy' && standing.length === 0) return 'good';
  if (verdict === undefined || verdict === 'undetermined') return 'unknown';
  if (verdict === 'configuration-error' || verdict === 'policy-listing' || verdict === 'smart-host-refusal')
    return 'warning';
  return incident.state === 'open' ? 'critical' : 'warning';
}

/** `2026-11-25 08:05 Europe/Berlin` */
function momentOf(at: number, timezone: string): string {
  const { date, time } = wallTime(at, timezone);
  return `${date} ${time} ${timezone}`;
}

/** The open incidents, in one table. */
export function sayIncidents(views: readonly IncidentView[]): Message {
  if (views.length === 0) return message('good', 'No incident is open.');
  const open = views.filter(({ incident }) => incident.state !== 'closed').length;
  const line =
    open === 0 ? 'No incident is open.' : open === 1 ? 'One incident is open.' : `${open} incidents are open.`;
  return message(
    open === 0 ? 'good' : 'warning',
    line,
    {
      kind: 'table',
      columns: [
        { name: 'no', align: 'right' },
        { name: 'site' },
        { name: 'what' },
        { name: 'state' },
        { name: 'since' },
        { name: 'next' },
      ],
      rows: views.map(({ incident, playbook, timezone }) => [
        [String(incident.number)],
        [incident.site],
        [incident.title],
        incident.acknowledgedBy && incident.state !== 'closed'
          ? say`${incident.acknowledgedBy.shown} has it`
          : [incident.state],
        [momentOf(incident.openedAt, timezone)],
        [incident.state === 'closed' ? '' : (currentStep(playbook)?.step.title ?? 'close it')],
      ]),
    },
    actions(
      ...views.slice(0, 5).map(({ incident }) => button(`Incident ${incident.number}`, `incident ${incident.number}`)),
    ),
  );
}

/** The same beneath another answer; where it is one sentence, that is said once. */
export function nextBlocks(view: IncidentView): readonly Block[] {
  const { summary, blocks } = sayNext(view);
  const isSaid = blocks.some((block) => block.kind === 'notice' && plain(block.text) === plain(summary));
  return isSaid ? blocks : [text(summary), ...blocks];
}

/** What to do next, and why. */
export function sayNext(view: IncidentView): Message {
  const { incident, playbook } = view;
  const current = currentStep(playbook);
  if (!current) {
    const words = isOver(playbook)
      ? say`Incident ${incident.number}: every step is over and nothing is in force that nobody chose to keep. Close it.`
      : say`Incident ${incident.number}: every step is over, but something is still in force: take it back, or keep it on purpose.`;
    return message(isOver(playbook) ? 'good' : 'warning', words, notice('neutral', words), actions(...buttonsOf(view)));
  }
  const moving = current.status === 'working' ? view.measures.find(isMeasureOf(current)) : undefined;
  if (moving) return sayMoving(incident, moving);
  const asked = current.status === 'asking' ? view.measures.find(isMeasureOf(current)) : undefined;
  if (asked) return sayAsking(view, asked);
  const { step } = current;
  const here = noteOf(current, true);
  return message(
    'neutral',
    say`Incident ${incident.number}, next: ${worded(step.title, 120)}`,
    text(worded(step.why, 400)),
    ...(isTakenBackByHand(current) ? [text('It was done by hand: take it back by hand, and say done.')] : []),
    {
      kind: 'facts',
      facts: [
        { name: 'step', value: [step.id] },
        { name: 'it has worked when', value: worded(step.proof, 300) },
        { name: 'taken back by', value: worded(step.undo, 300) },
        ...(here && current.status !== 'waiting' ? [{ name: 'now', value: here }] : []),
      ],
    },
    actions(...primaries(stepButtons(current, true, incident.number))),
  );
}

const isMeasureOf =
  ({ measure }: StepView) =>
  ({ number }: MeasureRecord): boolean =>
    number === measure?.number;

/** It is neither so nor so yet: there is nothing to press, but to wait, or to see what keeps it. */
function sayMoving({ number }: Incident, record: MeasureRecord): Message {
  const words = say`Incident ${number}: measure ${record.number} (${orderInWords(record.order)}) is ${stateInWords(record)}.`;
  const [keeps] = record.lastSeen?.notes ?? [];
  return message(
    'neutral',
    words,
    notice('neutral', words),
    ...(keeps ? [notice('unknown', keeps)] : []),
    text('It goes on by itself and is told here once it is through; say next then.'),
    actions(button('Look again', `next --incident ${number}`, 'primary'), button('Ledger', 'ledger')),
  );
}

/** Others are asked: what one can do oneself meanwhile. */
function sayAsking({ incident, timezone }: IncidentView, record: MeasureRecord): Message {
  const words = say`Incident ${incident.number}: measure ${record.number} (${orderInWords(record.order)}) waits for approval until ${momentOf(record.expiresAt, timezone)}.`;
  return message(
    'warning',
    words,
    notice('warning', words),
    text(
      say`Somebody other than who proposed it says approve ${record.number}. Alone? break-glass ${record.number} and why.`,
    ),
    actions(button('Look again', `next --incident ${incident.number}`, 'primary'), button('Ledger', 'ledger')),
  );
}

function primaries(buttons: readonly Button[]): readonly Button[] {
  return buttons.map((each, index) => (index === 0 ? { ...each, style: 'primary' } : each));
}
