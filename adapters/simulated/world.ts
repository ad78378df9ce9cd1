/**
 * The world of one drill: every port that touches something, filled by the simulated company, and nothing else.
 *
 * Rules:
 * 1. The mark can only be made here, so that what takes a SimulatedWorld can't be given a real one.
 * 2. Whatever is said in it is marked as a drill; its incidents, measures and audit are kept in it and end with it.
 */
import type { CauseId } from '../../src/domain/causes.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import type { MeasureEvent } from '../../src/domain/measures/record.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import type { Utterance } from '../../src/ports/conversation.ts';
import type { Drills } from '../../src/ports/drills.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { ListingHistory } from '../../src/ports/listing-history.ts';
import { withAnswer } from '../../src/domain/blocklists/history.ts';
import type { Change } from '../../src/domain/blocklists/history.ts';
import type { World } from '../../src/ports/world.ts';
import { makeAuditLog } from './audit-log.ts';
import type { SimulatedAuditLog } from './audit-log.ts';
import { makeVirtualClock } from './clock.ts';
import type { VirtualClock } from './clock.ts';
import { foundCompany } from './company.ts';
import type { Company } from './company.ts';
import { openDoors, openSetups } from './doors.ts';
import { startFlows } from './flows.ts';
import { doByHand, letComplain, letMeddle } from './hands.ts';
import { makeEvidenceStore } from './evidence.ts';
import { makeMornings } from './mornings.ts';
import { makeOffers } from './offers.ts';
import { makeRotas } from './rotas.ts';
import { makeFences, makeHolds, makeJournal } from './journal.ts';
import { openMailMeasures } from './mail-measures.ts';
import { makeLogMemory, makeQueueHistory, openMailLogs, openMailServers } from './mail-ports.ts';
import { COMPANY, FIREWALL, MAIL_SERVER, RELAY, SITE } from './names.ts';
import { makeRandom } from './random.ts';
import { makeResolver } from './resolver.ts';
import type { Scenario } from './scenario.ts';
import { openNetwork, openWatches } from './watch.ts';

declare const SIMULATED: unique symbol;

interface Mark {
  readonly [SIMULATED]: true;
}

/** What follows from the configuration alone is filled in by the composition, from the company's own. */
export type ConfiguredPort = 'people' | 'playbooks' | 'sites' | 'measureRules' | 'household' | 'grounds';
export type SimulatedPorts = Omit<World, ConfiguredPort> & Mark;
export type SimulatedWorld = World & Mark;

export interface Drill {
  readonly ports: SimulatedPorts;
  readonly clock: VirtualClock;
  readonly company: Company;
  readonly auditLog: SimulatedAuditLog;
  /** The company's own tourniquet.yaml. */
  readonly config: string;
  /** Everything that was said, in order; and when, in monotonic milliseconds. */
  readonly said: readonly Utterance[];
  readonly saidAt: readonly number[];
  /** Every verdict that a look came to, and when. */
  readonly concluded: readonly { readonly at: number; readonly verdict: CauseId }[];
  /** Every event of the ledger, and when. */
  readonly ledgerAt: readonly { readonly at: number; readonly number: number; readonly event: MeasureEvent }[];
}

export interface DrillNeeds {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Hands on what is said, marked as a drill. */
  speak(utterance: Utterance): Promise<void>;
  /** Somebody of the company says something in the room. */
  overheard(who: string, words: string): void;
}

/** Tuesday, 24 November 2026, 07:30 UTC: when the person comes in. */
const MORNING = Date.UTC(2026, 10, 24, 7, 30);
const LEAD_TICK_MS = 30_000;
const TICK_MS = 5_000;

/** Founds the company and lets it live until the person comes in. */
export async function beginDrill(needs: DrillNeeds): Promise<Drill> {
  const clock = makeVirtualClock(MORNING);
  const company = foundCompany(needs.scenario, makeRandom(needs.seed), clock);
  clock.jump(-company.lead);
  startFlows(company, () => (clock.monotonic() < company.lead ? LEAD_TICK_MS : TICK_MS));
  await clock.pass(company.lead);
  if (company.has('meddler')) letMeddle(company, (words) => needs.overheard('a colleague', words));
  letComplain(company, (words) => needs.overheard('a user', words));
  if (company.has('lost-command')) loseFirstCommand(company);
  const kept: Kept = { said: [], saidAt: [], ledgerAt: [], concluded: [] };
  const auditLog = makeAuditLog(clock);
  return {
    ports: makePorts(needs, company, auditLog, kept),
    clock,
    company,
    auditLog,
    config: configOf(company),
    ...kept,
  };
}

/** Adds what follows from the company's configuration. The only way to a SimulatedWorld. */
export function completeWorld(ports: SimulatedPorts, configured: Pick<World, ConfiguredPort>): SimulatedWorld {
  return { ...ports, ...configured };
}

/** What a drill keeps for its score and its invariants. */
interface Kept {
  readonly concluded: { readonly at: number; readonly verdict: CauseId }[];
  readonly said: Utterance[];
  readonly saidAt: number[];
  readonly ledgerAt: { readonly at: number; readonly number: number; readonly event: MeasureEvent }[];
}

function makePorts(needs: DrillNeeds, company: Company, auditLog: SimulatedAuditLog, kept: Kept): SimulatedPorts {
  const { clock } = company;
  const gateway = company.gateway.driver(company.gateway.device);
  const mail = openMailMeasures(company, company.mail.device);
  const ports: Omit<World, ConfiguredPort> = {
    clock,
    random: company.random.stream('house'),
    outbox: {
      put: async (utterance) => {
        const { file } = utterance;
        const marked: Utterance = {
          ...utterance,
          message: { ...utterance.message, drill: true },
          ...(file && { file: { ...file, name: `DRILL-${file.name}` } }),
        };
        kept.said.push(marked);
        kept.saidAt.push(clock.monotonic());
        await needs.speak(marked);
      },
    },
    offers: makeOffers(),
    resolver: makeResolver({
      clock,
      random: company.random.stream('names'),
      lists: company.lists,
      publicAddress: company.publicAddress,
    }),
    // A drill wakes nobody.
    onCall: { rotas: [], rooms: [], directTo: () => [] },
    pagers: { all: [] },
    mornings: makeMornings(() => clock.now()),
    rotas: makeRotas(),
    catalogue: { read: async () => company.lists.catalogue },
    listingHistory: makeHistory(),
    // The drill's resolver is fit, and is not looked at.
    resolverMemory: { lookedAt: async () => clock.now(), noteLook: async () => {} },
    listProofs: { holdMs: 0, read: async () => new Map(), note: async () => {} },
    manners: { nextMoment: async () => 0, take: async (_operator, _perDay, count) => count, giveBack: async () => {} },
    secondOpinion: { confirm: async (subject, zone) => confirm(company, subject, zone) },
    files: {
      lines: () => refuseFiles(),
      text: async () => refuseFiles(),
      writtenAt: async () => undefined,
    },
    drills: noDrills,
    mailServers: openMailServers(company),
    mailLogs: openMailLogs(company),
    mailDoors: openDoors(company),
    relayProbe: { try: () => Promise.reject(new Error('nobody stands outside in a drill')) },
    watches: openWatches(company),
    network: openNetwork(company),
    logMemory: makeLogMemory(),
    queueHistory: makeQueueHistory(),
    mailSetups: openSetups(company),
    evidence: makeEvidenceStore((verdict) => kept.concluded.push({ at: clock.monotonic(), verdict })),
    ledger: listen(labelled(makeJournal<MeasureEvent>()), (number, events) => {
      for (const event of events) kept.ledgerAt.push({ at: clock.monotonic(), number, event });
    }),
    incidents: listen(labelled(makeJournal<IncidentEvent>()), (_number, events) => {
      for (const event of events) if (isByHand(event)) doByHand(company, event.step);
    }),
    holds: makeHolds(),
    hands: { state: async () => ({}), ask: async () => {}, confirm: async () => undefined },
    fences: makeFences(() => clock.now()),
    auditLog,
    measureDrivers: { find: (order) => ('server' in order ? mail : gateway) },
  };
  return ports as SimulatedPorts;
}

/** What is said about a drill is said outside of it. */
const noDrills: Drills = {
  list: async () => [],
  find: () => undefined,
  start: async () => {
    throw new Error('A drill is played here already. Say drill stop first.');
  },
  stop: async () => undefined,
};

function refuseFiles(): never {
  throw new Error('A drill reads no files. Say drill stop first.');
}

/** An independent resolver sees the same lists. */
function confirm(company: Company, subject: Subject, zone: string): 'confirmed' | 'unconfirmed' {
  const isOurs = subject.kind === 'ip' && subject.ip.text === company.publicAddress;
  return isOurs && company.lists.says(zone, company.clock.monotonic()) ? 'confirmed' : 'unconfirmed';
}

function makeHistory(): ListingHistory {
  const kept = new Map<string, Map<string, readonly Change[]>>();
  return {
    read: async (subject) => kept.get(subject) ?? new Map(),
    note: async (subject, answers) => {
      const lists = kept.get(subject) ?? new Map<string, readonly Change[]>();
      for (const { zone, change } of answers) lists.set(zone, withAnswer(lists.get(zone) ?? [], change));
      kept.set(subject, lists);
      return lists;
    },
  };
}

/** A person who reports a step as done has done it. */
function isByHand(event: IncidentEvent): event is Extract<IncidentEvent, { kind: 'step' }> {
  return event.kind === 'step' && (event.outcome === 'done' || event.outcome === 'by-hand');
}

/** What begins in a drill says so itself, wherever it may be shown. */
function labelled<Event extends { readonly kind: string }>(journal: Journal<Event>): Journal<Event> {
  const mark = (event: Event): Event =>
    event.kind === 'opened' || event.kind === 'proposed' ? { ...event, drill: true } : event;
  return { ...journal, begin: (events, reserved) => journal.begin(events.map(mark), reserved) };
}

function listen<Event>(
  journal: Journal<Event>,
  hear: (number: number, events: readonly Event[]) => void,
): Journal<Event> {
  return {
    ...journal,
    begin: async (events, reserved) => {
      const number = await journal.begin(events, reserved);
      hear(number, events);
      return number;
    },
    append: async (number, expected, events) => {
      const result = await journal.append(number, expected, events);
      if (result === 'appended') hear(number, events);
      return result;
    },
  };
}

/** The firewall loses the first command that would change it, and says nothing. */
function loseFirstCommand(company: Company): void {
  let isLost = false;
  company.gateway.device.behave((_argv, isEffect) => {
    if (!isEffect || isLost) return { kind: 'well', afterMs: 40 };
    isLost = true;
    return { kind: 'command-lost' };
  });
}

function configOf(company: Company): string {
  const { scenario } = company;
  const scanners = company.machines.filter((machine) => machine.kind === 'scanner').map((machine) => machine.address);
  return JSON.stringify({
    sites: [
      {
        name: SITE,
        addresses: [company.publicAddress],
        sharedAddress: scenario.site.sharedAddress,
        domains: [COMPANY],
        servers: [MAIL_SERVER],
        firewall: FIREWALL,
        smartHost: scenario.site.smartHost ? { host: RELAY, inUse: true } : { host: RELAY },
        inside: ['10.20.0.0/24'],
      },
    ],
    servers: [
      {
        name: MAIL_SERVER,
        mta: 'postfix',
        addresses: [company.mailServer.address],
        helo: `${MAIL_SERVER}.${COMPANY}`,
        log: 'journal',
        smartHost: { host: RELAY, inUse: scenario.site.smartHost },
      },
    ],
    firewalls: [{ name: FIREWALL, kind: 'nftables', outside: ['wan'] }],
    network: { scanners },
  });
}
