/**
 * Everything a job may ask of the world, as one bundle. The composition root fills it with real adapters, the drill
 * with simulated ones. A job names what it needs: `CommandJob<'clock' | 'resolver'>`.
 */
import type { AuditLog } from './audit-log.ts';
import type { CatalogueShelf } from './catalogue.ts';
import type { Clock, Random } from './clock.ts';
import type { Outbox } from './conversation.ts';
import type { Resolver } from './dns.ts';
import type { Drills } from './drills.ts';
import type { EvidenceStore } from './evidence-store.ts';
import type { Files } from './files.ts';
import type { Holds, Journal } from './journal.ts';
import type { MeasureRules } from './measure-rules.ts';
import type { Fences, MeasureDrivers } from './measures.ts';
import type { IncidentEvent } from '../domain/incidents/incident.ts';
import type { MeasureEvent } from '../domain/measures/record.ts';
import type { Hands } from './hands.ts';
import type { Household } from './household.ts';
import type { ListingHistory } from './listing-history.ts';
import type { LogMemory, MailLogs } from './mail-log.ts';
import type { MailDoors } from './mail-doors.ts';
import type { RelayProbe } from './relay-probe.ts';
import type { ListProofs } from './list-proofs.ts';
import type { MailServers } from './mail-server.ts';
import type { Manners } from './manners.ts';
import type { Mornings } from './mornings.ts';
import type { Network } from './network.ts';
import type { MailSetups } from './mail-setup.ts';
import type { Offers } from './offers.ts';
import type { OnCall } from './on-call.ts';
import type { ResolverMemory } from './resolver-memory.ts';
import type { Rotas } from './rotas.ts';
import type { Pagers } from './pagers.ts';
import type { People } from './people.ts';
import type { Playbooks } from './playbooks.ts';
import type { QueueHistory } from './queue-history.ts';
import type { SecondOpinion } from './second-opinion.ts';
import type { Sites } from './sites.ts';
import type { Grounds, Watches } from './watch.ts';

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly outbox: Outbox;
  readonly offers: Offers;
  readonly people: People;
  readonly household: Household;
  readonly resolver: Resolver;
  readonly resolverMemory: ResolverMemory;
  readonly catalogue: CatalogueShelf;
  readonly listingHistory: ListingHistory;
  readonly listProofs: ListProofs;
  readonly manners: Manners;
  readonly secondOpinion: SecondOpinion;
  readonly sites: Sites;
  readonly playbooks: Playbooks;
  readonly mornings: Mornings;
  readonly onCall: OnCall;
  readonly rotas: Rotas;
  readonly pagers: Pagers;
  readonly files: Files;
  readonly drills: Drills;
  readonly mailServers: MailServers;
  readonly watches: Watches;
  readonly grounds: Grounds;
  readonly network: Network;
  /** The ledger: one stream per measure. */
  readonly ledger: Journal<MeasureEvent>;
  readonly incidents: Journal<IncidentEvent>;
  readonly holds: Holds;
  readonly fences: Fences;
  readonly hands: Hands;
  readonly auditLog: AuditLog;
  /** Of an agent whose data lie here too; left out where none do. */
  readonly agentAuditLog?: AuditLog;
  readonly measureDrivers: MeasureDrivers;
  readonly measureRules: MeasureRules;
  readonly queueHistory: QueueHistory;
  readonly mailLogs: MailLogs;
  readonly mailDoors: MailDoors;
  readonly relayProbe: RelayProbe;
  readonly mailSetups: MailSetups;
  readonly evidence: EvidenceStore;
  /** Left out where no firewall is watched. */
  readonly logMemory: LogMemory;
}
