/**
 * The closing report as Markdown: what it was, the evidence, what was done, who approved what, the timeline; each time in
 * UTC and in the site's own zone.
 */
import { wallTime } from '../domain/calendar/zone.ts';
import { plain } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { stateInWords } from '../domain/measures/decision.ts';
import { isStanding } from '../domain/measures/record.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import { viewSteps } from '../domain/playbook/state.ts';
import { orderInWords } from './measure.ts';
import type { IncidentView } from './incident.ts';
import { timelineOf } from './timeline.ts';
import type { Happened } from './timeline.ts';

export interface ReportView extends IncidentView, Happened {}

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
  // What is half done or not known may stand too, and isn't left out.
  const standing = records.filter(isStanding);
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
    `- Still in force: ${standing.length === 0 ? 'nothing' : standing.map((record) => `measure ${record.number} (${mark(orderInWords(record.order))}${isAsLeft(record) ? '' : `; ${stateInWords(record)}`}${record.kept ? `; kept by ${mark([record.kept.by.shown])}: ${mark([record.kept.reason])}` : ''})`).join('; ')}`,
  ];
}

function isAsLeft({ state, lastSeen }: MeasureRecord): boolean {
  return state === 'in-force' && (lastSeen === undefined || lastSeen.seen === 'in-force');
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
    `- State: ${stateInWords(record)}`,
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
  const names = record.approvedBy.map((who) => mark([who.shown])).join(', ');
  const before = names === '' ? [] : [`- Approved before: ${names}`];
  if (record.brokeGlass)
    return [
      ...before,
      `- **Glass broken:${at} by ${mark([record.brokeGlass.by.shown])} alone: ${mark([record.brokeGlass.reason])}**`,
    ];
  if (record.deniedBy) return [...before, `- Denied:${at} by ${mark([record.deniedBy.shown])}`];
  return names === '' ? [] : [`- Approved:${at} by ${names}`];
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

function timeline(view: ReportView): readonly string[] {
  const { timezone } = view;
  const happened = timelineOf(view);
  if (isUtc(timezone))
    return ['| UTC | what |', '|---|---|', ...happened.map(({ at, words }) => `| ${utc(at)} | ${mark(words)} |`)];
  return [
    `| UTC | ${timezone} | what |`,
    '|---|---|---|',
    ...happened.map(({ at, words }) => `| ${utc(at)} | ${local(at, timezone)} | ${mark(words)} |`),
  ];
}

function moment(at: number, timezone: string): string {
  return isUtc(timezone) ? `${utc(at)} UTC` : `${utc(at)} UTC (${local(at, timezone)} ${timezone})`;
}

/** Where the site's own time is UTC, it is said once. */
function isUtc(timezone: string): boolean {
  return /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal)$/i.test(timezone);
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
