/** The real adapter on the simulated platform, over real HTTP, with a gateway that writes down what it is given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '../../../adapters/clock/system.ts';
import { serveEars } from '../../../adapters/chat/teams/http.ts';
import { openSdk } from '../../../adapters/chat/teams/sdk.ts';
import { openTeams } from '../../../adapters/chat/teams/teams.ts';
import type { Heard, HearResult, Surface, Utterance } from '../../../src/ports/conversation.ts';
import type { Recall } from '../../../src/ports/recall.ts';
import { makeRecall } from '../recall.ts';
import { ANA, APP, TENANT, claimsFor } from './people.ts';
import type { ActivityJson } from './people.ts';
import { startPlatform } from './platform.ts';
import type { Platform, PlatformPlan } from './platform.ts';

export interface Posted {
  readonly status: number;
  readonly body: unknown;
  readonly ms: number;
}

export interface TeamsStage {
  readonly platform: Platform;
  readonly surface: Surface;
  readonly heard: Heard[];
  /** Why requests were refused, in order. */
  readonly refused: string[];
  /** What was told of Teams being reachable or not. */
  readonly reached: string[];
  /** What the ears have left to the outbox. */
  readonly left: Utterance[];
  /** Teams' id of a message -> its key, as the outbox would keep it. */
  readonly keys: Map<string, string>;
  readonly recall: Recall;
  readonly dataFolder: string;
  /** Where the bot listens. */
  readonly address: string;
  answerWith(result: HearResult): void;
  /** As Teams sends it: with a token that is right for this activity, or the given one (empty: none). */
  post(activity: ActivityJson, token?: string, headers?: Readonly<Record<string, string>>): Promise<Posted>;
  close(): Promise<void>;
}

export interface StagePlan {
  readonly mode: 'teams' | 'local';
  readonly named?: (actor: string) => boolean;
  readonly rates?: PlatformPlan['rates'];
  /** The bot of that stage, started again: on its platform, with its data folder. */
  readonly restarted?: TeamsStage;
}

const NO_RATES = [{ most: 1_000_000, ms: 1 }];

export async function openTeamsStage(plan: StagePlan): Promise<TeamsStage> {
  const platform =
    plan.restarted?.platform ?? (await startPlatform({ tokens: plan.mode === 'teams', rates: plan.rates ?? NO_RATES }));
  const dataFolder = plan.restarted?.dataFolder ?? mkdtempSync(join(tmpdir(), 'tq-teams-'));
  const heard: Heard[] = [];
  const refused: string[] = [];
  const reached: string[] = [];
  const left: Utterance[] = [];
  const seen = new Set<string>();
  const keys = new Map<string, string>();
  const recall = plan.restarted?.recall ?? makeRecall();
  let result: HearResult = { kind: 'taken' };
  const credentials = { appId: APP, tenantId: TENANT, appType: 'SingleTenant', password: 'secret' } as const;
  const real = openSdk({ ...credentials, metadataUrl: platform.metadataUrl });
  const local = plan.mode === 'local';
  const botToken = platform.botToken();
  const teams = await openTeams({
    gateway: {
      hear: async (each) => {
        heard.push(each);
        return result;
      },
    },
    outbox: { put: async (utterance) => void left.push(utterance) },
    clock: systemClock,
    random: systemRandom,
    dataFolder,
    credentials: local ? undefined : credentials,
    isNamed: plan.named ?? (() => true),
    mentionOf: (name) => (name === 'ana' ? ANA.aadObjectId : undefined),
    refused: (why) => refused.push(why),
    firstTime: async (id) => !seen.has(id) && Boolean(seen.add(id)),
    keyOf: async (id) => keys.get(id),
    recall,
    reachability: ({ reachable, why }) => void reached.push(reachable ? 'reachable' : `unreachable: ${why}`),
    isAway: false,
    // Microsoft's login can't be simulated on the loopback (it must be https): the token comes from the platform itself.
    ...(!local && {
      platform: {
        sdk: {
          authenticate: (activity, authorization) => real.authenticate(activity, authorization),
          token: async () => botToken,
        },
        origin: platform.url,
        ...(plan.rates === undefined && { pace: { take: () => 0 } }),
      },
    }),
  });
  const serve = serveEars(teams.ears);
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/api/messages`;
  return {
    platform,
    surface: teams.surface,
    heard,
    refused,
    reached,
    left,
    keys,
    recall,
    dataFolder,
    address,
    answerWith: (next) => {
      result = next;
    },
    post: async (activity, token, headers = {}) => {
      const began = performance.now();
      const bearer = token ?? (local ? '' : platform.keys.sign(claimsFor(String(activity['serviceUrl']))));
      const response = await fetch(address, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          // Reused, it may have been closed while this process stood still.
          connection: 'close',
          ...(bearer !== '' && { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
        body: JSON.stringify(activity),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === '' ? undefined : JSON.parse(text),
        ms: performance.now() - began,
      };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (plan.restarted) return;
      await platform.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
