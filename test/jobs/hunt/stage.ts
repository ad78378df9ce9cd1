/** A hunt without a house: a firewall that gives the looks it is told to, and a ledger in memory. */
import { localFiles } from '../../../adapters/files/local.ts';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import { makeEvidenceStore } from '../../../adapters/simulated/evidence.ts';
import { makeJournal } from '../../../adapters/simulated/journal.ts';
import { makeRandom } from '../../../adapters/simulated/random.ts';
import type { Hunting } from '../../../jobs/hunt/hunt-answer.ts';
import type { Hunted } from '../../../jobs/incidents/hunted.ts';
import type { Answer, CommandRequest } from '../../../jobs/answer.ts';
import { readConfig } from '../../../src/config/read.ts';
import { makeGrounds } from '../../../src/compose/measures/grounds.ts';
import { makeOffers } from '../../../adapters/simulated/offers.ts';
import { makeSites } from '../../../src/compose/sites.ts';
import type { IncidentEvent } from '../../../src/domain/incidents/incident.ts';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import type { MeasureEvent } from '../../../src/domain/measures/record.ts';
import type { Plain } from '../../../src/domain/measures/plan.ts';
import type { Look } from '../../../src/domain/hunt/look.ts';
import type { Message } from '../../../src/messages/message.ts';
import type { Watch } from '../../../src/ports/watch.ts';
import { ADDRESSES } from '../../lab/company.ts';

export const NOW = 1_795_600_000_000;
export const WHO = { person: 'terminal:a', shown: { foreign: 'a' } };
export const BLOCK: Extract<MeasureOrder, { readonly kind: 'block-port-25' }> = {
  kind: 'block-port-25',
  firewall: 'gw',
  who: 'everyone',
  submissionToo: false,
};
export const CONFIG = readConfig(
  JSON.stringify({
    sites: [
      {
        name: 'office',
        servers: ['mx1'],
        firewall: 'gw',
        inside: ['10.77.0.0/24', '2001:db8:77::/64'],
        timezone: 'Europe/Berlin',
      },
    ],
    servers: [{ name: 'mx1', mta: 'postfix', addresses: [ADDRESSES.mail, '2001:db8:77::13'] }],
    firewalls: [{ name: 'gw', kind: 'nftables', outside: ['wan0'] }],
    network: { scanners: ['10.77.0.99'] },
  }),
  'test.yaml',
);

export function request(words: string, files: Readonly<Record<string, string>> = {}): CommandRequest {
  const [name = '', ...rest] = words.split(' ');
  const seconds = rest.indexOf('--seconds');
  const options = seconds < 0 ? {} : { seconds: [rest[seconds + 1] ?? ''] };
  return {
    id: 'x',
    command: { name, words: seconds < 0 ? rest : rest.slice(0, seconds), options },
    actor: { surface: 'terminal', id: 'a', shown: { foreign: 'a' } },
    conversation: { surface: 'terminal', id: 'c' },
    at: NOW,
    files,
  };
}

/** A measure in force since then. */
export async function inForce(
  ledger: Hunting['ledger'],
  order: MeasureOrder,
  since: number,
  prior: Plain = {},
): Promise<number> {
  const plan = { order, commands: [], undo: [], blastRadius: [], prior };
  const events: readonly MeasureEvent[] = [
    { kind: 'proposed', at: since, by: WHO, order, plan, hash: '', nonce: '', quorum: 1, expiresAt: since + 1 },
    { kind: 'approved', at: since, by: WHO },
    { kind: 'engaging', at: since, fence: 1 },
    { kind: 'engaged', at: since },
  ];
  return ledger.begin(events);
}

export interface Stage {
  readonly world: Hunting & Hunted;
  now: number;
  looks: (() => Look)[];
}

/** A firewall that gives one look after the other, the last again and again. */
export function makeStage(more: Partial<Hunting & Hunted> = {}): Stage {
  const watch: Watch = {
    before: async () => ({ kind: 'seen', connections: [{ source: '10.77.0.11', destination: '192.0.2.1', port: 25 }] }),
    ownAddresses: async () => [ADDRESSES.gatewayOutside],
    attempts: async () => {
      const look = stage.looks.length > 1 ? stage.looks.shift() : stage.looks[0];
      if (!look) throw new Error('no look was prepared');
      return look();
    },
  };
  const stage: Stage = {
    now: NOW,
    looks: [],
    world: {
      clock: {
        now: () => stage.now,
        monotonic: () => stage.now,
        wait: async (ms) => {
          stage.now += ms;
        },
      },
      files: localFiles,
      grounds: makeGrounds(CONFIG),
      ledger: makeJournal<MeasureEvent>(),
      network: {
        identify: async (wanted) =>
          wanted.map(({ addresses }) => ({
            addresses,
            ...(addresses[0] === '10.77.0.11' && {
              dhcp: { name: { foreign: 'PC-RECEPTION' }, covers: 'yes' as const },
            }),
            blind: [],
          })),
      },
      watches: { find: () => watch },
      evidence: makeEvidenceStore(),
      incidents: makeJournal<IncidentEvent>(),
      outbox: { put: async () => {} },
      offers: makeOffers(),
      playbooks: { own: [] },
      random: makeRandom(1),
      sites: makeSites(CONFIG),
      ...more,
    },
  };
  return stage;
}

export const counted = (
  stage: Stage,
  ...sources: readonly (readonly [address: string, attempts: number])[]
): (() => Look) => {
  return () => ({
    kind: 'counted',
    at: stage.now,
    full: false,
    sources: sources.map(([source, attempts]) => ({
      source,
      attempts,
      destinations: attempts,
      ports: [25],
      last: stage.now,
      macs: [],
    })),
  });
};

export const shown = (answer: Answer | Message): string => {
  const message = 'message' in answer ? answer.message : answer;
  return renderText(message, { colour: false, width: 120, unfolded: true }).text;
};
