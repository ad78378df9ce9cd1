/**
 * Paging, through the first service that takes it.
 *
 * Rules:
 * 1. The outcome of each try is written into the incident; a failure is told where the incident is followed.
 * 2. A service that fails is followed by the next one; when all have failed, all are tried again every half minute.
 * 3. Before each try the record is read again: once somebody has it, or it is closed, nobody is paged.
 * 4. Each run of calls is an alert of its own: an alert that somebody has acknowledged rings nobody's telephone again
 *    (PagerDuty's and Opsgenie's own rule), and a new run begins just where that somebody isn't heard of any more.
 */
import { plain, foreign } from '../../src/domain/foreign.ts';
import { foldIncident } from '../../src/domain/incidents/incident.ts';
import type { Incident, IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { pageLine, sayPageFailed } from '../../src/messages/call.ts';
import { PageFailed } from '../../src/ports/pagers.ts';
import type { Page, Pager } from '../../src/ports/pagers.ts';
import { changeIncident } from '../incidents/change.ts';
import { tellIncident } from '../incidents/tell.ts';
import type { Escalating } from './needs.ts';

type Which = { readonly tier: number; readonly round: number; readonly people: readonly string[] };

/** A page without an outcome, or that failed everywhere, is tried again after this long. */
const AGAIN_MS = 30_000;

export async function page(world: Escalating, before: Incident, which: Which): Promise<void> {
  const { number } = before;
  for (const [index, pager] of world.pagers.all.entries()) {
    const incident = foldIncident(number, (await world.incidents.read(number)).events);
    if (!incident || incident.state !== 'open') return;
    const failed = await send(pager, pageOf(incident, 'trigger', runOf(incident, which.round), which.people));
    await record(world, number, {
      kind: 'paged',
      at: world.clock.now(),
      tier: which.tier,
      round: which.round,
      pager: pager.name,
      outcome: failed === undefined ? 'sent' : 'failed',
      ...(failed !== undefined && { detail: foreign(failed, 300) }),
    });
    if (failed === undefined) return;
    const next = world.pagers.all[index + 1]?.name;
    await tellIncident(world, number, sayPageFailed(number, pager.name, failed, next));
  }
}

/** Makes again what has no good outcome: the process died, or every service failed. */
export async function finishPages(world: Escalating, incident: Incident): Promise<void> {
  const last = incident.escalations.at(-1);
  if (!last || !last.way.split('+').includes('page') || incident.drill || world.pagers.all.length === 0) return;
  const tries = incident.pages.filter((each) => each.tier === last.tier && each.round === last.round);
  if (tries.some((each) => each.outcome === 'sent')) return;
  if (world.clock.now() - (tries.at(-1)?.at ?? last.at) < AGAIN_MS) return;
  await page(world, incident, { tier: last.tier, round: last.round, people: last.to });
}

/**
 * Tells each service that was paged that somebody has it, or that it is over. True once nothing is left to be told, or
 * an hour after the incident was closed.
 */
export async function tellPagers(world: Escalating, incident: Incident): Promise<boolean> {
  const what = incident.state === 'closed' ? 'resolve' : 'acknowledge';
  let left = false;
  for (const { pager: name, run, at } of sentAlerts(incident)) {
    const told = incident.pagersTold.some(
      (each) =>
        each.pager === name &&
        (each.run ?? 0) === run &&
        (each.what === what || each.what === 'resolve') &&
        each.at >= at,
    );
    const pager = world.pagers.all.find((each) => each.name === name);
    if (told || !pager) continue;
    const failed = await send(pager, pageOf(incident, what, run, []));
    if (failed === undefined)
      await record(world, incident.number, { kind: 'pager-told', at: world.clock.now(), pager: name, what, run });
    else left = true;
  }
  return !left || world.clock.now() - (incident.closedAt ?? world.clock.now()) > 3_600_000;
}

async function send(pager: Pager, words: Page): Promise<string | undefined> {
  try {
    await pager.send(words);
    return undefined;
  } catch (error) {
    return error instanceof PageFailed ? error.message : 'the service could not be used';
  }
}

interface Alert {
  readonly pager: string;
  readonly run: number;
  /** When it was last sent. */
  readonly at: number;
}

function sentAlerts(incident: Incident): readonly Alert[] {
  const sent = incident.pages
    .filter(({ outcome }) => outcome === 'sent')
    .map(({ pager, round, at }) => ({ pager, run: runOf(incident, round), at }));
  return [...new Map(sent.map((each) => [`${each.run} ${each.pager}`, each])).values()];
}

/** Which run of calls a round belongs to; the first is 0. */
function runOf({ chain }: Incident, round: number): number {
  return chain ? Math.floor(round / chain.rounds) : 0;
}

function pageOf(incident: Incident, what: Page['what'], run: number, people: readonly string[]): Page {
  return {
    key: `tourniquet-incident-${incident.number}-${incident.openedAt}${run === 0 ? '' : `-${run}`}`,
    what,
    summary: plain(pageLine(incident)).slice(0, 1000),
    urgency: 'critical',
    incident: incident.number,
    site: incident.site,
    people,
  };
}

async function record(world: Escalating, number: number, event: IncidentEvent): Promise<void> {
  await changeIncident(world, number, () => ({ events: [event], result: undefined }));
}
