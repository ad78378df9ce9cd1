/**
 * An incident in one message, edited in place in every conversation that follows it: what it is, what is in force, where
 * the playbook stands, and at most two things that one would press now.
 */
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { wallTime } from '../domain/calendar/zone.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { isStanding } from '../domain/measures/record.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import { currentStep, isOver, viewSteps } from '../domain/playbook/state.ts';
import type { PlaybookState } from '../domain/playbook/state.ts';
import { isTakenBackByHand, noteOf, shownState, stepButtons } from './incident-step.ts';
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
  if (!verdict && incident.state === 'closed') return say`There was no verdict.`;
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

/** What one may press of an incident, the likeliest first. */
export function buttonsOf({ incident, playbook, measures }: IncidentView): readonly Button[] {
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
export function momentOf(at: number, timezone: string): string {
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
