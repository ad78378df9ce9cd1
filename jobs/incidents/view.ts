/** An incident as it stands: its stream, its measures, and where its playbook is. */
import { foldIncident } from '../../src/domain/incidents/incident.ts';
import type { Incident, IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { isOpen } from '../../src/domain/measures/record.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import { advance } from '../../src/domain/playbook/advance.ts';
import type { PlaybookEvent } from '../../src/domain/playbook/advance.ts';
import { playbookFor } from '../../src/domain/playbook/built-in/all.ts';
import { beginPlaybook } from '../../src/domain/playbook/state.ts';
import type { PlaybookState } from '../../src/domain/playbook/state.ts';
import type { Facts, Place } from '../../src/domain/playbook/step.ts';
import type { IncidentView } from '../../src/messages/incident.ts';
import type { World } from '../../src/ports/world.ts';
import { openMeasures, readMeasure } from '../measures/ledger.ts';

export type Viewing = Pick<World, 'incidents' | 'ledger' | 'sites' | 'playbooks'>;

export interface Seen extends IncidentView {
  readonly events: readonly IncidentEvent[];
  /** Of the stream that was folded: what an append expects. */
  readonly version: number;
}

/** Reads everything that belongs to one incident; undefined where there is none of that number. */
export async function viewIncident(world: Viewing, number: number): Promise<Seen | undefined> {
  const { version, events } = await world.incidents.read(number);
  const incident = foldIncident(number, events);
  if (!incident) return undefined;
  const measures = await measuresOf(world, incident);
  const site = world.sites.find(incident.site);
  return {
    incident,
    events,
    version,
    measures,
    timezone: site?.timezone ?? 'UTC',
    playbook: playbookOf(world, incident, measures),
  };
}

/** What happened to each of its measures, for a timeline. */
export async function measureEventsOf(world: Pick<World, 'ledger'>, { measures }: Pick<Seen, 'measures'>) {
  return Promise.all(
    measures.map(async ({ number }) => ({ number, events: (await world.ledger.read(number)).events })),
  );
}

/** Every open incident, the newest first. */
export async function openIncidents(world: Viewing): Promise<readonly Seen[]> {
  const seen = await Promise.all((await world.incidents.numbers('open')).map((number) => viewIncident(world, number)));
  return seen.filter((each) => each !== undefined).filter((each) => each.incident.state !== 'closed');
}

async function measuresOf(world: Viewing, incident: Incident): Promise<readonly MeasureRecord[]> {
  const joined = await Promise.all(incident.measures.map((number) => readMeasure(world, number)));
  const records = joined.flatMap((entry) => (entry ? [entry.record] : []));
  const others = (await openMeasures(world)).filter(
    (record) => record.incident === incident.number && !incident.measures.includes(record.number),
  );
  return [...records, ...others].toSorted((a, b) => a.number - b.number);
}

function playbookOf(world: Viewing, incident: Incident, measures: readonly MeasureRecord[]): PlaybookState {
  const book = playbookFor(incident.cause ?? 'undetermined', world.playbooks.own);
  const { place, facts } = placeOf(world, incident.site);
  const events: PlaybookEvent[] = [
    ...incident.steps.map((step): PlaybookEvent => ({ kind: 'marked', mark: step })),
    ...measures
      .filter((record) => isOfRound(record, incident))
      .map((record): PlaybookEvent => ({ kind: 'measure', measure: atOf(record) })),
    ...(incident.state === 'closed' ? [{ kind: 'closed' } as const] : []),
  ];
  const begun = beginPlaybook(book, place, { ...facts, ...incident.facts, incident: incident.number });
  return events.reduce((state, event) => advance(state, event).next, begun);
}

/** What ended in an earlier round doesn't answer the steps of this one. */
function isOfRound(record: MeasureRecord, { roundAfter = 0 }: Incident): boolean {
  return isOpen(record) || record.number > roundAfter;
}

function atOf(record: MeasureRecord) {
  const { number, order, state, kept, why, refused } = record;
  const note = state === 'failed' ? why : refused?.[0];
  return { number, order, state, ...(kept && { kept: kept.by }), ...(note && { note }) };
}

/** What is configured of the site. A relay that isn't configured can't be sent through: that much is known. */
function placeOf(world: Viewing, name: string): { readonly place: Place; readonly facts: Facts } {
  const site = world.sites.find(name);
  if (!site) return { place: { site: name, servers: [], addresses: [] }, facts: {} };
  const { firewall, smartHost, usesSmartHost, sharedAddress } = site;
  return {
    place: {
      site: name,
      servers: site.servers.map((server) => server.name),
      addresses: site.addresses.map((ip) => ip.text),
      smartHost: smartHost !== undefined,
      ...(firewall !== undefined && { firewall }),
    },
    facts: {
      ...(usesSmartHost !== undefined && { smartHostInUse: usesSmartHost }),
      ...(sharedAddress !== undefined && { sharedAddress }),
    },
  };
}
