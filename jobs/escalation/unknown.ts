/**
 * People are called where it hasn't been known for more than a minute how a measure stands: a freeze that nobody sees may
 * be letting spam out, and a block that nobody sees may be holding the house's mail.
 *
 * Rules:
 * 1. Once for each time that it isn't known. Where is written into the measure's own record first, so that another
 *    worker, or this one after its death, calls in the same incident and not in a second one.
 * 2. In the incident that the measure belongs to, where that is open; else in one that the house opens for it.
 * 3. Whoever has the incident is called too, from the chain's first tier on: what they have is no longer what they took.
 *    In quiet hours too.
 * 4. Not for a drill's measure, nor while a person was asked to do it by hand (domain/measures/not-known.ts).
 */
import { fixChain } from '../../src/domain/escalation/chain.ts';
import { foreign, plain, say } from '../../src/domain/foreign.ts';
import { HOUSE, foldIncident } from '../../src/domain/incidents/incident.ts';
import type { Incident, IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { targetOf } from '../../src/domain/measures/order.ts';
import type { MeasureRecord } from '../../src/domain/measures/record.ts';
import { orderInWords, sayMeasure } from '../../src/messages/measure.ts';
import { notKnownInWords, sayNotKnown } from '../../src/messages/not-known.ts';
import type { World } from '../../src/ports/world.ts';
import { openedByHouse } from '../incidents/by-house.ts';
import { changeIncident } from '../incidents/change.ts';
import { conversationsOf, tellIncident } from '../incidents/tell.ts';
import { change, standingNow } from '../measures/ledger.ts';
import { rotasNow } from './rotas.ts';
import type { Escalating } from './needs.ts';

/** The chore: every five seconds. */
export const runUnknown = async (world: World): Promise<void> => {
  await callAboutUnknown(world);
};

/** Gives for how many measures people are called now who weren't before. One that fails doesn't keep the others. */
export async function callAboutUnknown(world: Escalating): Promise<number> {
  let called = 0;
  for (const { record, unknownSince } of await standingNow(world, world.clock.now())) {
    if (unknownSince === undefined || record.drill) continue;
    if (await callAbout(world, record, unknownSince).catch(() => false)) called += 1;
  }
  return called;
}

async function callAbout(world: Escalating, record: MeasureRecord, since: number): Promise<boolean> {
  const number = await whereToCall(world, record, since);
  const at = world.clock.now();
  const said = notKnownInWords(record, since);
  const event: IncidentEvent = { kind: 'measure-unknown', at, measure: record.number, since, said };
  const chain = await chainNow(world, at);
  const isThere = (await world.incidents.read(number)).version > 0;
  if (!isThere) {
    const title = plain(say`measure ${record.number} is not known (${orderInWords(record.order)})`);
    const opened = openedByHouse(world, at, siteOf(world, record), foreign(title, 120));
    const joined: IncidentEvent = { kind: 'measure', at, number: record.number };
    await world.incidents.begin([...opened, joined, ...chain, event], number);
    await showCard(world, record, number, at);
  } else {
    const changed = await changeIncident<boolean>(world, number, ({ incident }) =>
      incident.state === 'closed' || hasCalled(incident, record.number, since)
        ? { events: [], result: false }
        : { events: [...(incident.chain ? [] : chain), event], result: true },
    );
    if (!changed?.result) return false;
  }
  await tellIncident(world, number, sayNotKnown(record, since, chain.length > 0));
  return true;
}

function hasCalled(incident: Incident, measure: number, since: number): boolean {
  return incident.unknowns.some((each) => each.measure === measure && each.since === since);
}

/**
 * The incident's number, as the measure's record has it from now on. One that was closed before anybody was called in it
 * is none.
 */
async function whereToCall(world: Escalating, record: MeasureRecord, since: number): Promise<number> {
  const before = record.calledAbout;
  if (before?.since === since && !(await isClosedUncalled(world, before.incident, record.number, since)))
    return before.incident;
  const incident =
    (await ifOpen(world, record.incident)) ??
    (await ifOpen(world, record.calledAbout?.incident)) ??
    (await world.incidents.reserve());
  const after = await change(world, record.number, (current) =>
    current.calledAbout?.since === since && current.calledAbout.incident !== before?.incident
      ? undefined
      : [{ kind: 'called-about', at: world.clock.now(), since, incident }],
  );
  return after?.calledAbout?.incident ?? incident;
}

async function isClosedUncalled(world: Escalating, number: number, measure: number, since: number): Promise<boolean> {
  const incident = foldIncident(number, (await world.incidents.read(number)).events);
  return incident?.state === 'closed' && !hasCalled(incident, measure, since);
}

async function ifOpen(world: Escalating, number: number | undefined): Promise<number | undefined> {
  if (number === undefined) return undefined;
  const incident = foldIncident(number, (await world.incidents.read(number)).events);
  return incident && incident.state !== 'closed' ? number : undefined;
}

async function chainNow(world: Escalating, at: number): Promise<readonly IncidentEvent[]> {
  const { rules } = world.onCall;
  if (!rules) return [];
  const rotas = (await rotasNow(world)).map((each) => each.rota);
  return [{ kind: 'escalation', at, by: HOUSE, chain: fixChain(rules, rotas, at, 'wake') }];
}

/** The site whose server or firewall it is on. */
function siteOf({ sites }: Escalating, { order }: MeasureRecord): string {
  const target = targetOf(order);
  const isOn = (name: string): boolean => {
    const place = sites.find(name);
    return place?.firewall === target || place?.servers.some((server) => server.name === target) === true;
  };
  return sites.names.find(isOn) ?? target;
}

/** With its undo, where the house speaks of its own accord. */
async function showCard(world: Escalating, record: MeasureRecord, number: number, at: number): Promise<void> {
  const incident = foldIncident(number, (await world.incidents.read(number)).events);
  const key = `measure-${record.number}`;
  const places = incident ? conversationsOf(incident) : [];
  await change(world, record.number, () =>
    places.map((conversation) => ({ kind: 'told', at, conversation, key }) as const),
  );
  const message = sayMeasure(record);
  await Promise.all(places.map((conversation) => world.outbox.put({ conversation, key, message }).catch(() => {})));
}
