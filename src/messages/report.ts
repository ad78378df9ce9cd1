/**
 * The closing report as Markdown: what it was, the evidence, what was done, who approved what, the timeline; each time in
 * UTC and in the site's own zone.
 */
import { wallTime } from '../domain/calendar/zone.ts';
import { plain } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { IncidentEvent } from '../domain/incidents/incident.ts';
import type { MeasureEvent, MeasureRecord } from '../domain/measures/record.ts';
import { viewSteps } from '../domain/playbook/state.ts';
import { orderInWords } from './measure.ts';
import type { IncidentView } from './incident.ts';

export interface ReportView extends IncidentView {
  readonly events: readonly IncidentEvent[];
  readonly measureEvents: readonly { readonly number: number; readonly events: readonly MeasureEvent[] }[];
}

export function writeReport(view: ReportView): string {
  const { incident } = view;
  return [
    `# Incident ${incident.number}: ${mark([incident.title])}`,
    incident.drill ? '\n**DRILL: nothing of this was real.**' : '',
    '',
    ...summary(view),
    '',
    '## Verdict and evidence',
    '',
    ...evidence(view),
    '',
    '## Measures',
    '',
    ...measures(view),
    '',
    '## Playbook',
    '',
    ...steps(view),
    '',
    '## Timeline',
    '',
    ...timeline(view),
    '',
  ].join('\n');
}

function summary({ incident, timezone, measures: records }: IncidentView): readonly string[] {
  const { openedAt, closedAt } = incident;
  const first = records.flatMap((record) => record.since ?? []).toSorted((a, b) => a - b)[0];
  const kept = records.filter((record) => record.state === 'in-force');
  return [
    `- Site: ${mark(incident.site)}`,
    `- State: ${incident.state}${incident.closedWhy ? ` (${mark([incident.closedWhy])})` : ''}`,
    `- Opened: ${moment(openedAt, timezone)} by ${mark([incident.openedBy.shown])}`,
    ...(closedAt === undefined
      ? []
      : [
          `- Closed: ${moment(closedAt, timezone)} by ${mark(incident.closedBy ? [incident.closedBy.shown] : 'nobody')}, after ${span(closedAt - openedAt)}`,
        ]),
    `- Time to the first measure in force: ${first === undefined ? 'none was taken' : span(first - openedAt)}`,
    `- Still in force: ${kept.length === 0 ? 'nothing' : kept.map((record) => `measure ${record.number} (${mark(orderInWords(record.order))}${record.kept ? `; kept by ${mark([record.kept.by.shown])}: ${mark([record.kept.reason])}` : ''})`).join('; ')}`,
  ];
}

function evidence({ incident }: IncidentView): readonly string[] {
  const { verdict } = incident;
  if (!verdict) return ['There was no verdict.'];
  const list = (title: string, items: readonly Phrase[]): readonly string[] =>
    items.length === 0 ? [] : ['', `${title}:`, '', ...items.map((item) => `- ${mark(item)}`)];
  return [
    `${verdict.verdict} (${Math.round(verdict.confidence * 100)} %): ${mark(verdict.said)}`,
    ...list('For', verdict.for),
    ...list('Against', verdict.against),
    ...list('Not looked at, and would have settled it', verdict.missing),
  ];
}

function measures({ measures: records, timezone }: IncidentView): readonly string[] {
  if (records.length === 0) return ['None was taken.'];
  return records.flatMap((record) => [
    `### Measure ${record.number}: ${mark(orderInWords(record.order))}`,
    '',
    `- State: ${record.state}`,
    `- Proposed: ${moment(record.proposedAt, timezone)} by ${mark([record.proposedBy.shown])}`,
    ...decisions(record, timezone),
    ...(record.since === undefined ? [] : [`- In force since: ${moment(record.since, timezone)}`]),
    ...(record.proof ? [`- Proof: ${record.proof.proof}${because(record.proof.by)}`] : []),
    ...(record.release
      ? [`- Taken back: ${moment(record.release.at, timezone)} by ${mark([record.release.by.shown])}`]
      : []),
    ...(record.endedAt === undefined ? [] : [`- Ended: ${moment(record.endedAt, timezone)}`]),
    '',
    '```',
    ...record.plan.commands.map(fenced),
    '```',
    '',
    'Undo:',
    '',
    '```',
    ...record.plan.undo.map(fenced),
    '```',
    '',
  ]);
}

function decisions(record: MeasureRecord, timezone: string): readonly string[] {
  const at = record.decidedAt === undefined ? '' : ` ${moment(record.decidedAt, timezone)}`;
  if (record.brokeGlass)
    return [
      `- **Glass broken:${at} by ${mark([record.brokeGlass.by.shown])} alone: ${mark([record.brokeGlass.reason])}**`,
    ];
  if (record.deniedBy) return [`- Denied:${at} by ${mark([record.deniedBy.shown])}`];
  if (record.approvedBy.length === 0) return [];
  return [`- Approved:${at} by ${record.approvedBy.map((who) => mark([who.shown])).join(', ')}`];
}

function because(by: readonly Phrase[]): string {
  return by.length === 0 ? '' : ` (${by.map((each) => mark(each)).join('; ')})`;
}

function steps({ playbook }: IncidentView): readonly string[] {
  return viewSteps(playbook).map(
    (view) =>
      `- ${mark(view.step.title)}: ${view.status}${view.mark ? ` by ${mark([view.mark.by.shown])}` : ''}${view.note ? ` (${mark(view.note)})` : ''}`,
  );
}

function timeline({ events, measureEvents, timezone }: ReportView): readonly string[] {
  const lines = [
    ...events
      .filter((event) => !isSaidTwice(event))
      .flatMap((event) => {
        const words = incidentLine(event);
        return words === undefined ? [] : [{ at: event.at, words }];
      }),
    ...measureEvents.flatMap(({ number, events: own }) =>
      own.flatMap((event) => {
        const words = measureLine(event);
        return words === undefined ? [] : [{ at: event.at, words: `measure ${number} ${words}` }];
      }),
    ),
  ].toSorted((a, b) => a.at - b.at);
  return [
    `| UTC | ${timezone} | what |`,
    '|---|---|---|',
    ...lines.map(({ at, words }) => `| ${utc(at)} | ${local(at, timezone)} | ${words} |`),
  ];
}

/** A step that was taken up once more with its measure: the measure's own line says so. */
function isSaidTwice(event: IncidentEvent): boolean {
  return event.kind === 'step' && event.outcome === 'begun' && event.measure !== undefined;
}

function incidentLine(event: IncidentEvent): string | undefined {
  switch (event.kind) {
    case 'opened':
      return `opened by ${mark([event.by.shown])}: ${mark([event.title])}`;
    case 'repeated':
      return `seen again: ${mark(event.what)}`;
    case 'verdict':
      return `verdict ${event.verdict} (${Math.round(event.confidence * 100)} %)`;
    case 'acknowledged':
      return `${mark([event.by.shown])} has it`;
    case 'acknowledgement-stale':
      return 'nobody answered whether they still have it';
    case 'asked-still-on-it':
      return 'asked: still on it?';
    case 'noted':
      return `${mark([event.by.shown])}: ${mark([event.text])}`;
    case 'assigned':
      return `${mark([event.by.shown])} gave it to ${mark([{ foreign: event.to }])}`;
    case 'step':
      return `step ${event.step}: ${event.outcome} by ${mark([event.by.shown])}${event.reason ? `: ${mark([event.reason])}` : ''}`;
    case 'goes-on':
      return `it goes on, and the playbook begins anew: ${mark(event.seen)}`;
    case 'facts':
      return `${mark([event.by.shown])} says: ${mark([
        {
          foreign: Object.entries(event.facts)
            .map(([name, value]) => `${name}=${String(value)}`)
            .join(', '),
        },
      ])}`;
    case 'escalated':
      return `called ${mark([{ foreign: event.to.join(', ') }])} by ${mark([{ foreign: event.way }])} (tier ${event.tier}, round ${event.round})`;
    case 'escalation':
      return `people are called until somebody has it: ${mark([{ foreign: event.chain.tiers.map((tier) => tier.people.join(' and ') || 'the paging service').join(', then ') }])}`;
    case 'paged':
      return `paged by ${mark([{ foreign: event.pager }])}: ${event.outcome}${event.detail ? ` (${mark([event.detail])})` : ''}`;
    case 'pager-told':
      return undefined;
    case 'closed':
      return `closed by ${mark([event.by.shown])}${event.reason ? `: ${mark([event.reason])}` : ''}`;
    case 'bound':
    case 'measure':
      return undefined;
    default:
      return event satisfies never;
  }
}

function measureLine(event: MeasureEvent): string | undefined {
  switch (event.kind) {
    case 'proposed':
      return `proposed by ${mark([event.by.shown])}: ${mark(orderInWords(event.order))}`;
    case 'approved':
      return `approved by ${mark([event.by.shown])}`;
    case 'denied':
      return `denied by ${mark([event.by.shown])}${event.why ? `: ${mark([event.why])}` : ''}`;
    case 'broke-glass':
      return `**glass broken** by ${mark([event.by.shown])}: ${mark([event.reason])}`;
    case 'expired':
      return 'was not approved in time';
    case 'engaged':
      return 'is in force';
    case 'failed':
      return `could not be carried out: ${mark(event.why)}`;
    case 'proved':
      return `${PROOF[event.proof]}${because(event.by)}`;
    case 'observed':
      return event.seen === 'in-force'
        ? undefined
        : `${event.seen === 'slipped' ? 'was let go by the server itself' : `was seen as ${event.seen}`}${because(event.notes)}`;
    case 'renewed':
      return `begun anew by ${mark([event.by.shown])}`;
    case 'kept':
      return `is kept by ${mark([event.by.shown])}: ${mark([event.reason])}`;
    case 'releasing':
      return `is being taken back by ${mark([event.by.shown])}`;
    case 'release-refused':
      return `could not be taken back exactly${because(event.differences)}`;
    case 'released':
      return `is taken back${because(event.notes)}`;
    case 'lapsed':
      return 'ended by its lease';
    case 'told':
    case 'asked':
    case 'engaging':
      return undefined;
    default:
      return event satisfies never;
  }
}

const PROOF = {
  proved: 'works, as was proved',
  disproved: '**does not do what it says**',
  unknown: 'may work; nobody could prove it',
} as const;

function moment(at: number, timezone: string): string {
  return `${utc(at)} UTC (${local(at, timezone)} ${timezone})`;
}

function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

function local(at: number, timezone: string): string {
  const { date, time } = wallTime(at, timezone);
  return `${date} ${time}`;
}

function span(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Words of ours as they are; text from outside with everything escaped that Markdown would read. */
function mark(words: Phrase | string): string {
  if (typeof words === 'string') return words;
  return words
    .map((part) =>
      typeof part === 'string' ? part : part.foreign.replace(/[\\`*_{}[\]<>()#+\-.!|~&:@$^"'=]/g, '\\$&'),
    )
    .join('');
}

/** A line inside a code block: it can't end the block. */
function fenced(line: string): string {
  return plain(line).replaceAll('```', "'''");
}
