/** What the newest incidents know of the leak behind addresses and domains. */
import type { Leak } from '../../src/domain/blocklists/removal.ts';
import { labelsOf } from '../../src/domain/blocklists/query-name.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import { foldIncident } from '../../src/domain/incidents/incident.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { World } from '../../src/ports/world.ts';

/** Older ones say nothing about a leak of today. */
const NEWEST = 20;
/** The playbook's step that sees the leak stop. */
const PROOF = 'prove-stopped';

/** Per subject, in their order; unknown where no incident is about it, or the record can't be read. */
export async function leaksOf(
  subjects: readonly Subject[],
  world: Pick<World, 'incidents' | 'sites'>,
): Promise<readonly Leak[]> {
  const incidents = await newest(world).catch((): readonly Incident[] => []);
  return subjects.map((subject) => {
    const about = incidents.find((incident) => isAbout(incident, subject, world.sites));
    return about ? leakOf(about) : { kind: 'unknown' };
  });
}

async function newest(world: Pick<World, 'incidents'>): Promise<readonly Incident[]> {
  const numbers = (await world.incidents.numbers('all')).slice(0, NEWEST);
  const read = await Promise.all(
    numbers.map(async (number) => foldIncident(number, (await world.incidents.read(number)).events)),
  );
  return read.flatMap((incident) => incident ?? []);
}

/** The configured site that has this address or domain. */
export function siteOf(subject: Subject, { sites }: Pick<World, 'sites'>): string | undefined {
  return sites.names.find((name) => has(name, subject, sites));
}

function isAbout(incident: Incident, subject: Subject, sites: World['sites']): boolean {
  return has(incident.site, subject, sites);
}

function has(site: string, subject: Subject, sites: World['sites']): boolean {
  const place = sites.find(site);
  if (!place) return false;
  if (subject.kind === 'domain') return place.domains.includes(subject.domain);
  const labels = labelsOf(subject);
  const addresses = [...place.addresses, ...place.servers.flatMap((server) => server.addresses)];
  return addresses.some((ip) => labelsOf({ kind: 'ip', ip }) === labels);
}

function leakOf(incident: Incident): Leak {
  const proof = incident.steps.findLast((step) => step.step === PROOF);
  return proof && (proof.outcome === 'done' || proof.outcome === 'by-hand')
    ? { kind: 'stopped', at: proof.at, incident: incident.number }
    : { kind: 'not-shown', incident: incident.number };
}
