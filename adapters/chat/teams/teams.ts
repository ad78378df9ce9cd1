/** Teams, put together: what hears and what speaks. */
import { join } from 'node:path';
import type { Gateway, Outbox, Surface } from '../../../src/ports/conversation.ts';
import type { MentionOf } from '../../../src/messages/message.ts';
import type { Clock, Random } from '../../../src/ports/clock.ts';
import type { Recall } from '../../../src/ports/recall.ts';
import { SERVICE_HOSTS } from './admission.ts';
import type { Door } from './admission.ts';
import { openConnector } from './connector.ts';
import { openEars } from './ears.ts';
import type { Ears } from './ears.ts';
import { openConsents } from './files-out.ts';
import { openMembership } from './membership.ts';
import { WORLDWIDE } from './place.ts';
import { watchConnector } from './reachability.ts';
import type { Reachability } from '../../../src/ports/reach.ts';
import { openPace } from './rates.ts';
import type { Pace } from './rates.ts';
import type { Credentials, Sdk } from './sdk.ts';
import { openMemory } from './shown.ts';
import { openTeamsSurface } from './surface.ts';

export interface TeamsPlan {
  readonly gateway: Gateway;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly dataFolder: string;
  /** Undefined: local mode, without tokens, for emulators on this machine. */
  readonly credentials: Credentials | undefined;
  /** Local mode: only this tenant, where one is named. */
  readonly tenantId?: string;
  /** Whether tourniquet.yaml names this person (`tenant/object`): such are let in though they are guests. */
  readonly isNamed: (actor: string) => boolean;
  /** The object id of a person of tourniquet.yaml, for mentions; left out: nobody is mentioned. */
  readonly mentionOf?: MentionOf;
  readonly refused: (why: string) => void;
  /** True for the first who asks with this id within a day, over all processes. */
  readonly firstTime: (id: string) => Promise<boolean>;
  /** The key of the message that was posted under this id of Teams. */
  readonly keyOf: (id: string) => Promise<string | undefined>;
  /** What is remembered of what stands in Teams, over all processes. */
  readonly recall: Recall;
  readonly reachability: Reachability;
  /** It could not be reached when this process began. */
  readonly isAway: boolean;
  /** In place of the SDK and of Microsoft's hosts: for a simulated platform. */
  readonly platform?: { readonly sdk: Sdk; readonly origin: string; readonly pace?: Pace };
}

export interface Teams {
  readonly surface: Surface;
  readonly ears: Ears;
}

export async function openTeams(plan: TeamsPlan): Promise<Teams> {
  const { credentials, clock } = plan;
  const sdk = plan.platform?.sdk ?? (credentials && (await import('./sdk.ts')).openSdk(credentials));
  const door: Door = credentials
    ? {
        kind: 'teams',
        appId: credentials.appId,
        tenantId: credentials.tenantId,
        hosts: plan.platform ? [plan.platform.origin] : SERVICE_HOSTS,
      }
    : { kind: 'local', ...(plan.tenantId !== undefined && { tenantId: plan.tenantId }) };
  const connector = watchConnector(
    openConnector(async (fresh) => sdk?.token(fresh)),
    { told: plan.reachability, isAway: plan.isAway, now: () => clock.now() },
  );
  const memory = openMemory(plan.recall);
  const consents = openConsents(join(plan.dataFolder, 'teams', 'documents'));
  const pace = plan.platform?.pace ?? openPace(() => clock.monotonic());
  let serviceUrl = door.kind === 'teams' ? (plan.platform?.origin ?? WORLDWIDE) : undefined;
  const surface = openTeamsSurface({
    door,
    connector,
    memory,
    pace,
    consents,
    serviceUrl: () => serviceUrl,
    chats: new Map(),
    settling: new Map(),
    owed: new Map(),
    wait: (ms) => clock.wait(ms),
    fraction: () => plan.random.fraction(),
    mentionOf: plan.mentionOf ?? (() => undefined),
  });
  const ears = openEars({
    door,
    connector,
    memory,
    consents,
    surface,
    outbox: plan.outbox,
    gateway: plan.gateway,
    membership: openMembership(door, connector, plan.isNamed, () => clock.monotonic()),
    inbox: join(plan.dataFolder, 'teams', 'inbox'),
    now: () => clock.now(),
    refused: plan.refused,
    firstTime: plan.firstTime,
    keyOf: plan.keyOf,
    spokenFrom: (url) => {
      serviceUrl = url;
    },
    ...(sdk && { authenticate: (activity, authorization) => sdk.authenticate(activity, authorization) }),
  });
  return { surface, ears };
}
