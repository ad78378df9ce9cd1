/** What one shift leaves to the next, and what a week has brought. */
import { wallTime } from '../domain/calendar/zone.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import { isStanding } from '../domain/measures/record.ts';
import { currentStep } from '../domain/playbook/state.ts';
import type { DriftOfSpan, IncidentOfSpan, ListingOfSpan, Week } from '../domain/shift/week.ts';
import type { IncidentView } from './incident.ts';
import { measureBlock, orderInWords } from './measure.ts';
import { actions, button, heading, message, notice, text } from './message.ts';
import type { Block, Message } from './message.ts';

export interface DutyLine {
  readonly rota: string;
  readonly timezone: string;
  readonly person: string | undefined;
  readonly next?: { readonly at: number; readonly to: string | undefined };
  /** The rota comes from elsewhere, and how old or faulty what is known of it is. */
  readonly note?: string;
}

export interface Expected {
  readonly at: number;
  readonly timezone: string;
  readonly what: Phrase;
}

export interface HandoverLook {
  readonly duty: readonly DutyLine[];
  readonly incidents: readonly IncidentView[];
  /** Standing, or waiting for a decision. */
  readonly measures: readonly MeasureRecord[];
  /** The earliest first. */
  readonly expected: readonly Expected[];
}

export function sayHandover(look: HandoverLook): Message {
  const { duty, incidents, expected } = look;
  const standing = look.measures.filter(isStanding);
  const asked = look.measures.filter((record) => record.state === 'proposed');
  const open = incidents.length === 0 ? 'nothing is open' : `${count(incidents.length, 'incident')} open`;
  const force = standing.length === 0 ? 'nothing is in force' : `${count(standing.length, 'measure')} in force`;
  const blocks: Block[] = [
    ...(duty.length === 0 ? [] : [dutyFacts(duty)]),
    ...incidents.map((view) => text(incidentLine(view))),
    ...standing.map(measureBlock),
    ...asked.map((record) =>
      notice('warning', say`Measure ${record.number} asks for approval: ${orderInWords(record.order)}`),
    ),
    ...(expected.length === 0
      ? []
      : [
          heading('Expected within a day'),
          {
            kind: 'facts' as const,
            facts: expected.map(({ at, timezone, what }) => ({ name: moment(at, timezone), value: what })),
          },
        ]),
    actions(button('Incidents', 'incidents'), button('Ledger', 'ledger'), button('Schedule', 'schedule')),
  ];
  const tone = incidents.length + standing.length + asked.length === 0 ? 'good' : 'warning';
  return message(tone, `Handover: ${open}, ${force}.`, ...blocks);
}

function dutyFacts(duty: readonly DutyLine[]): Block {
  return {
    kind: 'facts',
    facts: duty.map(({ rota, person, next, timezone, note }) => ({
      name: `on duty, ${rota}`,
      value: [
        person ?? 'nobody',
        ...(next ? [` until ${moment(next.at, timezone)}, then ${next.to ?? 'nobody'}`] : []),
        ...(note === undefined ? [] : [` (${note})`]),
      ],
      ...(person === undefined && { tone: 'critical' as const }),
    })),
  };
}

function incidentLine({ incident, playbook }: IncidentView): Phrase {
  const { number, site, title, verdict, acknowledgedBy, owner } = incident;
  const current = currentStep(playbook);
  const who = acknowledgedBy
    ? say`${acknowledgedBy.shown} has it`
    : owner === undefined
      ? ['nobody has it']
      : say`it is ${foreign(owner, 80)}’s`;
  return say`Incident ${number} · ${site}: ${title} · ${verdict?.verdict ?? 'no verdict yet'} · ${who}${current ? ` · next: ${current.step.title}` : ''}`;
}

export function sayWeek(week: Week, timezone: string): Message {
  const { incidents, stillOpen, listings, drifted, medianMinutesToContain } = week;
  const came = listings.filter((each) => each.kind !== 'gone');
  const gone = listings.filter((each) => each.kind !== 'appeared');
  const parts = [
    incidents.length === 0 ? 'no incident' : count(incidents.length, 'incident'),
    ...(medianMinutesToContain === undefined ? [] : [`contained after ${medianMinutesToContain} min (median)`]),
    `${came.length === 0 ? 'no' : came.length} new ${came.length === 1 ? 'listing' : 'listings'}, ${gone.length} gone`,
    drifted.length === 0 ? 'nothing drifted' : `${drifted.length} drifted`,
  ];
  const [from, to] = [week.span.from, week.span.to - 1].map((at) => wallTime(at, timezone).date);
  const blocks: Block[] = [
    ...(incidents.length === 0 ? [] : [incidentTable(incidents)]),
    ...(stillOpen.length === 0
      ? []
      : [notice('warning', `Open since before: ${stillOpen.map((number) => `incident ${number}`).join(', ')}.`)]),
    ...(listings.length === 0 ? [] : [listingTable(listings)]),
    ...drifted.map((each) => notice('warning', driftLine(each, timezone))),
    actions(button('Incidents', 'incidents'), button('Check', 'check')),
  ];
  const isQuiet = incidents.length + stillOpen.length + came.length + drifted.length === 0;
  return message(isQuiet ? 'good' : 'neutral', `${from} to ${to}: ${parts.join('; ')}.`, ...blocks);
}

function incidentTable(incidents: readonly IncidentOfSpan[]): Block {
  return {
    kind: 'table',
    title: 'Incidents',
    columns: [
      { name: 'number', align: 'right' },
      { name: 'site' },
      { name: 'what' },
      { name: 'taken after', align: 'right' },
      { name: 'contained after', align: 'right' },
      { name: 'state' },
    ],
    rows: incidents.map((each) => [
      [String(each.number)],
      [each.site],
      each.cause === undefined ? [each.title] : [each.cause],
      [minutesOf(each.minutesToAcknowledge)],
      [minutesOf(each.minutesToContain)],
      [each.state],
    ]),
  };
}

function listingTable(listings: readonly ListingOfSpan[]): Block {
  const words = { appeared: 'new', gone: 'gone', 'came-and-went': 'came and went' } as const;
  return {
    kind: 'table',
    title: 'Listings',
    columns: [{ name: 'list' }, { name: 'subject' }, { name: 'what became of it' }],
    rows: listings.map(({ list, subject, kind }) => [[list], [subject], [words[kind]]]),
  };
}

function driftLine({ measure, order, at, seen, notes }: DriftOfSpan, timezone: string): Phrase {
  const what = {
    changed: 'was changed by somebody else',
    absent: 'was gone without us',
    'release-refused': 'could not be taken back as it was',
  }[seen];
  const [first] = notes;
  return say`Measure ${measure} (${orderInWords(order)}) ${what}, ${moment(at, timezone)}${first ? say`: ${first}` : []}`;
}

function minutesOf(minutes: number | undefined): string {
  return minutes === undefined ? '' : `${minutes} min`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function moment(at: number, timezone: string): string {
  const { date, time } = wallTime(at, timezone);
  return `${date} ${time} ${timezone}`;
}
