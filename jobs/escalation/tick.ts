/**
 * Calls whom the open incidents' records say to call, now.
 *
 * Rules:
 * 1. All is derived from the records; a tick that is late, lost, doubled or run on two machines calls nobody twice: the
 *    call is written down first, under the version that it was derived from, and whoever wrote it makes it.
 * 2. A page that was written down but whose outcome wasn't (its process died) is made again under the same key, which
 *    the service takes for the same alert; never once somebody has it or it is closed.
 * 3. One incident that fails doesn't keep the others.
 */
import { nextCall, nextQuestion } from '../../src/domain/escalation/chain.ts';
import { foldIncident } from '../../src/domain/incidents/incident.ts';
import type { Incident, IncidentEvent } from '../../src/domain/incidents/incident.ts';
import { sayNobodyLeft, sayStale, sayStillOnIt } from '../../src/messages/call.ts';
import type { Message } from '../../src/messages/message.ts';
import type { World } from '../../src/ports/world.ts';
import { sayLoud } from '../incidents/say-loud.ts';
import { conversationsOf, headlineKey, tellIncident } from '../incidents/tell.ts';
import { callPeople } from './call.ts';
import type { Escalating } from './needs.ts';
import { finishPages, tellPagers } from './page.ts';

/** The chore: every second. Gives how many calls were made. */
export async function escalate(world: Escalating): Promise<number> {
  const numbers = await world.incidents.numbers('open');
  const made = await Promise.all(numbers.map((number) => escalateOne(world, number).catch(() => 0)));
  return made.reduce((sum, each) => sum + each, 0);
}

export const runEscalate = async (world: World): Promise<void> => {
  await escalate(world);
};

/** One incident: what is due, and what was left undone. Gives how many calls were made. */
export async function escalateOne(world: Escalating, number: number): Promise<number> {
  const { version, events } = await world.incidents.read(number);
  const incident = foldIncident(number, events);
  if (!incident) return 0;
  const now = world.clock.now();
  if (incident.state === 'closed') {
    if (await tellPagers(world, incident)) await world.incidents.settle(number);
    return 0;
  }
  const question = nextQuestion(incident, now);
  if (question) return ask(world, incident, version, question);
  if (incident.state === 'acknowledged') await tellPagers(world, incident);
  const call = nextCall(incident);
  if (!call || call.dueAt > now) {
    if (incident.state === 'open') await finishPages(world, incident);
    return 0;
  }
  const { tier, round, people, by } = call;
  const event: IncidentEvent = { kind: 'escalated', at: now, tier, round, to: people, way: by.join('+') };
  if ((await world.incidents.append(number, version, [event])) === 'conflict') return 0;
  const after = foldIncident(number, [...events, event]);
  if (!after) return 0;
  await callPeople(world, after, call);
  if (!nextCall(after) && after.chain) await tellLoud(world, after, sayNobodyLeft(after), version + 1);
  return 1;
}

async function ask(world: Escalating, incident: Incident, version: number, question: 'ask' | 'stale'): Promise<number> {
  const at = world.clock.now();
  const { number, chain } = incident;
  const kind = question === 'ask' ? 'asked-still-on-it' : 'acknowledgement-stale';
  if ((await world.incidents.append(number, version, [{ kind, at }])) === 'conflict') return 0;
  const minutes = Math.max(1, Math.round((chain?.answerMs ?? 0) / 60_000));
  if (question === 'stale') {
    await tellIncident(world, number, sayStale(incident));
    return 0;
  }
  const words = sayStillOnIt(incident, minutes);
  await tellLoud(world, incident, words, version);
  const person = incident.acknowledgedBy?.person;
  const direct = person === undefined ? [] : world.onCall.directTo(person);
  await sayLoud(world, number, direct, { key: `still-${number}`, mark: `${version}`, message: words });
  return 0;
}

/** Beneath the headline, without making it anew. */
async function tellLoud(world: Escalating, incident: Incident, message: Message, version: number): Promise<void> {
  const key = headlineKey(incident.number);
  await sayLoud(world, incident.number, conversationsOf(incident), { key, mark: `v${version}`, message });
}
