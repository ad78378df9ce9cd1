/** A world for the engine of measures: records in memory, a device in memory, a clock that is set by hand. */
import { makeRotas } from '../../adapters/simulated/rotas.ts';
import { makeEvidenceStore } from '../../adapters/simulated/evidence.ts';
import { makeOffers } from '../../adapters/simulated/offers.ts';
import { makeMornings } from '../../adapters/simulated/mornings.ts';
import { makeFences, makeHolds, makeJournal } from '../../adapters/simulated/journal.ts';
import type { IncidentEvent } from '../../src/domain/incidents/incident.ts';
import type { MeasureEvent, MeasureRecord } from '../../src/domain/measures/record.ts';
import type { AuditEntry } from '../../src/ports/audit-log.ts';
import { AuditUnavailable } from '../../src/ports/audit-log.ts';
import type { Utterance } from '../../src/ports/conversation.ts';
import type { Place } from '../../src/ports/sites.ts';
import type { World } from '../../src/ports/world.ts';
import { carryMeasureOut } from '../../jobs/measures/engine.ts';
import type { MeasureOrder } from '../../src/domain/measures/order.ts';
import type { MeasureDriver } from '../../src/ports/measures.ts';
import { makeFakeDevice } from './fake-device.ts';
import type { FakeDevice } from './fake-device.ts';

export type MeasureWorld = Pick<
  World,
  | 'auditLog'
  | 'clock'
  | 'evidence'
  | 'listingHistory'
  | 'fences'
  | 'holds'
  | 'incidents'
  | 'ledger'
  | 'measureDrivers'
  | 'measureRules'
  | 'mornings'
  | 'offers'
  | 'onCall'
  | 'pagers'
  | 'rotas'
  | 'outbox'
  | 'people'
  | 'playbooks'
  | 'random'
  | 'sites'
>;

const SITE: Place = {
  name: 'hq',
  addresses: [],
  domains: [],
  servers: [{ name: 'mx1', addresses: [], reach: 'here' }],
  firewall: 'gateway',
  sharedAddress: true,
  timezone: 'Europe/Berlin',
};

export interface MeasureStage {
  readonly world: MeasureWorld;
  readonly device: FakeDevice;
  readonly audit: AuditEntry[];
  readonly said: Utterance[];
  now: number;
  auditIsAway: boolean;
}

export function makeMeasureStage(): MeasureStage {
  let count = 0;
  const device = makeFakeDevice(() => stage.now);
  const stage: MeasureStage = {
    now: 1_800_000_000_000,
    auditIsAway: false,
    audit: [],
    said: [],
    device,
    world: {
      clock: { now: () => stage.now, monotonic: () => stage.now, wait: async () => {} },
      random: { hex: (bytes) => String((count += 1)).padStart(bytes * 2, '0'), fraction: () => 0.5 },
      ledger: makeJournal<MeasureEvent>(),
      incidents: makeJournal<IncidentEvent>(),
      holds: makeHolds(),
      fences: makeFences(() => stage.now),
      auditLog: {
        write: async (entry) => {
          if (stage.auditIsAway) throw new AuditUnavailable('the disk is full');
          stage.audit.push(entry);
        },
        verify: async () => ({ kind: 'whole', entries: stage.audit.length, head: '' }),
      },
      measureDrivers: device.drivers,
      measureRules: {
        servers: ['mx1'],
        firewalls: ['gateway'],
        approvalMs: 900_000,
        breakGlass: true,
        approvers: ['ana', 'ben', 'carla'],
        unplugMinutes: 30,
        refuses: () => undefined,
      },
      outbox: { put: async (utterance) => void stage.said.push(utterance) },
      offers: makeOffers(),
      playbooks: { own: [] },
      evidence: makeEvidenceStore(),
      listingHistory: { read: async () => new Map(), note: async () => new Map() },
      onCall: { rotas: [], rooms: [], directTo: () => [] },
      pagers: { all: [] },
      mornings: makeMornings(() => stage.now),
      rotas: makeRotas(),
      sites: {
        names: [SITE.name],
        servers: SITE.servers,
        find: (name) => (name === SITE.name ? SITE : undefined),
        subjects: () => [],
      },
      people: { roleOf: () => 'admin', personOf: (actor) => actor.id },
    },
  };
  return stage;
}

/** Measure 1, by this driver, proposed, approved and carried out; its card is in one conversation. */
export async function standing(
  world: MeasureWorld,
  driver: MeasureDriver,
  order: MeasureOrder,
): Promise<MeasureRecord> {
  const at = world.clock.now();
  const by = { person: 'ana', shown: { foreign: 'ana' } };
  const number = await world.ledger.begin([
    {
      kind: 'proposed',
      at,
      by,
      order,
      plan: await driver.plan(order, 'tq1'),
      hash: '0',
      nonce: '0',
      quorum: 1,
      expiresAt: at + 900_000,
    },
    { kind: 'told', at, conversation: { surface: 'slack', id: 'room' }, key: 'card' },
    { kind: 'approved', at, by: { person: 'ben', shown: { foreign: 'ben' } } },
  ]);
  return carryMeasureOut(world, number);
}
