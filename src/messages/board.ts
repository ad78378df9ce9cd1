/** The board: what is looked after, what stands, what is open; at a glance. */
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { targetOf } from '../domain/measures/order.ts';
import type { MeasureRecord } from '../domain/measures/record.ts';
import type { HouseholdLook } from '../ports/household.ts';
import { actions, button, heading, message, notice, text } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

export interface BoardLook {
  readonly sites: readonly { readonly name: string; readonly subjects: number; readonly servers: readonly string[] }[];
  readonly incidents: readonly Incident[];
  readonly measures: readonly MeasureRecord[];
  readonly household: HouseholdLook;
}

export function sayBoard(look: BoardLook): Message {
  const { incidents, measures } = look;
  const parts = [
    `${incidents.length} open ${incidents.length === 1 ? 'incident' : 'incidents'}`,
    `${measures.length} ${measures.length === 1 ? 'measure' : 'measures'} not taken back`,
  ];
  return message(
    toneOf(look),
    parts.join(', '),
    ...houseBlocks(look.household),
    heading('Incidents'),
    ...(incidents.length === 0
      ? [text('None is open.')]
      : [{ kind: 'facts' as const, facts: incidents.map(incidentFact) }]),
    heading('Measures in force'),
    ...(measures.length === 0
      ? [text('None: nothing that I changed still stands.')]
      : [{ kind: 'facts' as const, facts: measures.map(measureFact) }]),
    heading('Sites'),
    ...siteBlocks(look),
    actions(button('Check all', 'check', 'primary'), button('Status', 'status'), button('Help', 'help')),
  );
}

function toneOf({ incidents, measures, household }: BoardLook): Tone {
  if (household.queue === undefined || incidents.some((incident) => incident.state === 'open')) return 'critical';
  return incidents.length + measures.length > 0 ? 'warning' : 'good';
}

function houseBlocks(household: HouseholdLook): readonly Block[] {
  if (household.queue === undefined)
    return [notice('critical', 'The job queue does not answer: nothing can be carried out.')];
  return household.workers.length === 0 ? [notice('warning', 'No worker has been seen: what is said will wait.')] : [];
}

function incidentFact(incident: Incident): { name: string; value: Phrase; tone: Tone } {
  const who = incident.acknowledgedBy ? say`, ${incident.acknowledgedBy.shown} is on it` : [];
  return {
    name: `incident ${incident.number}`,
    value: say`${incident.title} (${incident.site}), ${incident.state} since ${day(incident.openedAt)}${who}`,
    tone: incident.state === 'open' ? 'critical' : 'warning',
  };
}

function measureFact(record: MeasureRecord): { name: string; value: Phrase; tone: Tone } {
  const until = record.until === undefined ? '' : ` until ${day(record.until)}`;
  return {
    name: `measure ${record.number}`,
    value: say`${record.order.kind} on ${foreign(targetOf(record.order))}: ${record.state}${until}`,
    tone: 'warning',
  };
}

function siteBlocks({ sites }: BoardLook): readonly Block[] {
  if (sites.length === 0) return [text('No site is configured yet: tourniquet.example.yaml explains itself.')];
  return [
    {
      kind: 'table',
      columns: [{ name: 'site' }, { name: 'addresses and domains', align: 'right' }, { name: 'servers' }],
      rows: sites.map((site) => [[site.name], [String(site.subjects)], [site.servers.join(', ') || 'none']]),
    },
  ];
}

function day(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
