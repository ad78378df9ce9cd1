/**
 * What happened in a span of time, from the records: incidents, listings, what drifted.
 *
 * Rules:
 * 1. Drills are left out: they would make the figures better than they are.
 * 2. An incident was contained when its first measure came into force; one without a measure has no such time.
 * 3. A listing counts once, whatever became of it within the span.
 */
import type { CauseId } from '../causes.ts';
import type { Foreign, Phrase } from '../foreign.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Change } from '../blocklists/history.ts';
import { listedSince } from '../blocklists/history.ts';
import type { MeasureEvent, MeasureRecord } from '../measures/record.ts';

export interface Span {
  /** Milliseconds since 1970 UTC; `to` is not in it. */
  readonly from: number;
  readonly to: number;
}

export interface IncidentOfSpan {
  readonly number: number;
  readonly site: string;
  readonly title: Foreign;
  readonly cause?: CauseId;
  /** From its opening, in minutes. */
  readonly minutesToAcknowledge?: number;
  readonly minutesToContain?: number;
  readonly state: Incident['state'];
  readonly calls: number;
}

export interface ListingOfSpan {
  readonly subject: string;
  readonly list: string;
  readonly kind: 'appeared' | 'gone' | 'came-and-went';
}

export interface DriftOfSpan {
  readonly measure: number;
  readonly order: MeasureRecord['order'];
  readonly at: number;
  readonly seen: 'changed' | 'absent' | 'release-refused';
  readonly notes: readonly Phrase[];
}

export interface Week {
  readonly span: Span;
  /** Opened in the span, the oldest first. */
  readonly incidents: readonly IncidentOfSpan[];
  /** Opened before it, and open still at its end. */
  readonly stillOpen: readonly number[];
  readonly listings: readonly ListingOfSpan[];
  readonly drifted: readonly DriftOfSpan[];
  /** Of the contained ones; undefined where none was. */
  readonly medianMinutesToContain?: number;
}

export interface Records {
  readonly incidents: readonly Incident[];
  readonly measures: readonly { readonly record: MeasureRecord; readonly events: readonly MeasureEvent[] }[];
  readonly histories: readonly {
    readonly subject: string;
    readonly list: string;
    readonly changes: readonly Change[];
  }[];
}

/** What a span has brought, its beginning included and its end not. Drills are left out. */
export function summarize(records: Records, span: Span): Week {
  const real = records.incidents.filter((incident) => !incident.drill);
  const measures = records.measures.filter(({ record }) => !record.drill);
  const isWithin = (at: number): boolean => span.from <= at && at < span.to;
  const incidents = real
    .filter((incident) => isWithin(incident.openedAt))
    .toSorted((a, b) => a.number - b.number)
    .map((incident) => incidentOf(incident, measures));
  const median = middle(incidents.flatMap((each) => each.minutesToContain ?? []));
  return {
    span,
    incidents,
    stillOpen: real
      .filter(({ openedAt, closedAt }) => openedAt < span.from && (closedAt === undefined || closedAt >= span.to))
      .map((incident) => incident.number)
      .toSorted((a, b) => a - b),
    listings: records.histories.flatMap(({ subject, list, changes }): readonly ListingOfSpan[] => {
      const kind = kindOf(changes, span);
      return kind === undefined ? [] : [{ subject, list, kind }];
    }),
    drifted: measures.flatMap(({ record, events }) => driftOf(record, events).filter(({ at }) => isWithin(at))),
    ...(median !== undefined && { medianMinutesToContain: median }),
  };
}

function incidentOf(incident: Incident, measures: Records['measures']): IncidentOfSpan {
  const { number, site, title, cause, state, openedAt, acknowledgedAt, escalations } = incident;
  const since = measures.flatMap(({ record }) => (record.incident === number ? (record.since ?? []) : []));
  return {
    number,
    site,
    title,
    state,
    calls: escalations.length,
    ...(cause !== undefined && { cause }),
    ...(acknowledgedAt !== undefined && { minutesToAcknowledge: minutes(openedAt, acknowledgedAt) }),
    ...(since.length > 0 && { minutesToContain: minutes(openedAt, Math.min(...since)) }),
  };
}

function kindOf(changes: readonly Change[], span: Span): ListingOfSpan['kind'] | undefined {
  const before = changes.filter((change) => change.at < span.from);
  const until = changes.filter((change) => change.at < span.to);
  const [was, is] = [listedSince(before) !== undefined, listedSince(until) !== undefined];
  if (was !== is) return is ? 'appeared' : 'gone';
  const cameWithin = until.slice(before.length).some((change) => change.state === 'listed');
  return !is && cameWithin ? 'came-and-went' : undefined;
}

function driftOf(record: MeasureRecord, events: readonly MeasureEvent[]): readonly DriftOfSpan[] {
  const { number: measure, order } = record;
  let last: string | undefined;
  return events.flatMap((event): readonly DriftOfSpan[] => {
    if (event.kind === 'release-refused')
      return [{ measure, order, at: event.at, seen: 'release-refused', notes: event.differences }];
    if (event.kind !== 'observed') return [];
    const isNew = event.seen !== last;
    last = event.seen;
    if (!isNew || (event.seen !== 'changed' && event.seen !== 'absent')) return [];
    return [{ measure, order, at: event.at, seen: event.seen, notes: event.notes }];
  });
}

function minutes(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) / 60_000));
}

function middle(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half];
  const lower = sorted.length % 2 === 0 ? sorted[half - 1] : upper;
  return upper === undefined || lower === undefined ? undefined : Math.round((upper + lower) / 2);
}
