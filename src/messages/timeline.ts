/** What happened in an incident and with its measures, a line each, in the order of time. */
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { IncidentEvent } from '../domain/incidents/incident.ts';
import type { MeasureEvent } from '../domain/measures/record.ts';
import { orderInWords } from './measure.ts';

export interface Happened {
  readonly events: readonly IncidentEvent[];
  readonly measureEvents: readonly { readonly number: number; readonly events: readonly MeasureEvent[] }[];
}

export interface TimelineEntry {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly words: Phrase;
}

export function timelineOf({ events, measureEvents }: Happened): readonly TimelineEntry[] {
  return [
    ...events
      .filter((event) => !isSaidTwice(event))
      .flatMap((event) => {
        const words = incidentLine(event);
        return words === undefined ? [] : [{ at: event.at, words }];
      }),
    ...measureEvents.flatMap(({ number, events: own }) =>
      own.flatMap((event) => {
        const words = measureLine(event);
        return words === undefined ? [] : [{ at: event.at, words: [`measure ${number} `, ...words] }];
      }),
    ),
  ].toSorted((a, b) => a.at - b.at);
}

/** A step that was taken up once more with its measure: the measure's own line says so. */
function isSaidTwice(event: IncidentEvent): boolean {
  return event.kind === 'step' && event.outcome === 'begun' && event.measure !== undefined;
}

function incidentLine(event: IncidentEvent): Phrase | undefined {
  switch (event.kind) {
    case 'opened':
      return say`opened by ${event.by.shown}: ${event.title}`;
    case 'repeated':
      return say`seen again: ${event.what}`;
    case 'verdict':
      return say`verdict ${event.verdict} (${Math.round(event.confidence * 100)} %)`;
    case 'acknowledged':
      return say`${event.by.shown} has it`;
    case 'acknowledgement-stale':
      return ['nobody answered whether they still have it'];
    case 'asked-still-on-it':
      return ['asked: still on it?'];
    case 'noted':
      return say`${event.by.shown}: ${event.text}`;
    case 'assigned':
      return say`${event.by.shown} gave it to ${{ foreign: event.to }}`;
    case 'step':
      return say`step ${event.step}: ${event.outcome} by ${event.by.shown}${event.reason ? say`: ${event.reason}` : []}`;
    case 'goes-on':
      return say`it goes on, and the playbook begins anew: ${event.seen}`;
    case 'facts': {
      const facts = Object.entries(event.facts).map(([name, value]) => `${name}=${String(value)}`);
      return say`${event.by.shown} says: ${foreign(facts.join(', '), 400)}`;
    }
    case 'escalated':
      return say`called ${{ foreign: event.to.join(', ') }} by ${{ foreign: event.way }} (tier ${event.tier}, round ${event.round})`;
    case 'escalation': {
      const tiers = event.chain.tiers.map((tier) => tier.people.join(' and ') || 'the paging service');
      return say`people are called until somebody has it: ${{ foreign: tiers.join(', then ') }}`;
    }
    case 'paged':
      return say`paged by ${{ foreign: event.pager }}: ${event.outcome}${event.detail ? say` (${event.detail})` : []}`;
    case 'closed':
      return say`closed by ${event.by.shown}${event.reason ? say`: ${event.reason}` : []}`;
    case 'measure-unknown':
      return say`${event.said}; people are called`;
    case 'pager-told':
    case 'bound':
    case 'measure':
      return undefined;
    default:
      return event satisfies never;
  }
}

function measureLine(event: MeasureEvent): Phrase | undefined {
  switch (event.kind) {
    case 'proposed':
      return say`proposed by ${event.by.shown}: ${orderInWords(event.order)}`;
    case 'approved':
      return say`approved by ${event.by.shown}`;
    case 'denied':
      return say`denied by ${event.by.shown}${event.why ? say`: ${event.why}` : []}`;
    case 'broke-glass':
      return say`glass broken by ${event.by.shown}: ${event.reason}`;
    case 'expired':
      return ['was not approved in time'];
    case 'engaged':
      return ['is in force'];
    case 'failed':
      return say`could not be carried out: ${event.why}`;
    case 'proved':
      return [PROOF[event.proof], ...because(event.by)];
    case 'observed': {
      if (event.seen === 'in-force') return undefined;
      const how = event.seen === 'slipped' ? 'was let go by the server itself' : `was seen as ${event.seen}`;
      return [how, ...because(event.notes)];
    }
    case 'renewed':
      return say`begun anew by ${event.by.shown}`;
    case 'kept':
      return say`is kept by ${event.by.shown}: ${event.reason}`;
    case 'releasing':
      return say`is being taken back by ${event.by.shown}`;
    case 'release-refused':
      return ['could not be taken back exactly', ...because(event.differences)];
    case 'released':
      return ['is taken back', ...because(event.notes)];
    case 'lapsed':
      return ['ended by its lease'];
    case 'told':
    case 'called-about':
    case 'asked':
    case 'engaging':
      return undefined;
    default:
      return event satisfies never;
  }
}

function because(by: readonly Phrase[]): Phrase {
  if (by.length === 0) return [];
  return [' (', ...by.flatMap((each, index) => (index === 0 ? each : ['; ', ...each])), ')'];
}

const PROOF = {
  proved: 'works, as was proved',
  disproved: 'does not do what it says',
  unknown: 'may work; nobody could prove it',
} as const;
