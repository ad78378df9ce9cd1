/**
 * Slack as a chat: the real Bolt app behind our own ways in, and the surface that says what the outbox holds.
 *
 * Both ways in may be open at once (Slack uses the one that the app is set to); a redelivery is recognised by the event's
 * own id, over any number of gateways.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, LogLevel } from '@slack/bolt';
import type { Logger, Receiver } from '@slack/bolt';
import type { MentionOf } from '../../../src/messages/message.ts';
import type { Outbox, Surface } from '../../../src/ports/conversation.ts';
import type { Recall } from '../../../src/ports/recall.ts';
import { openAdmission } from './admission.ts';
import type { AdmissionRules, Workspace } from './admission.ts';
import { openGroups } from './groups.ts';
import { listen } from './listeners.ts';
import type { ListenerNeeds } from './listeners.ts';
import { makeReceiver } from './receiver.ts';
import type { HttpReceiver } from './receiver.ts';
import { textAt } from './record.ts';
import { makeSocketRoad } from './socket.ts';
import { openSurface } from './surface.ts';
import { openWeb } from './web.ts';
import type { SlackWeb } from './web.ts';
import type { Reachability } from '../../../src/ports/reach.ts';

export interface SlackSettings {
  readonly botToken: string;
  readonly signingSecret: string | undefined;
  readonly appToken: string | undefined;
  /** Another API than slack.com's: GovSlack, or a test's. */
  readonly apiUrl: string | undefined;
  readonly rules: AdmissionRules;
  /** Ids of the user groups that have a role. */
  readonly groups: readonly string[];
  readonly downloads: string;
}

export interface SlackNeeds extends Pick<
  ListenerNeeds,
  'gateway' | 'registry' | 'clock' | 'firstTime' | 'keyOf' | 'board'
> {
  readonly note: (level: 'info' | 'warn' | 'error', words: string) => void;
  /** Told why, of each request that was refused before anything of it was read. */
  readonly refused: (why: string) => void;
  readonly reachability: Reachability;
  /** It could not be reached when this process began. */
  readonly isAway: boolean;
  /** Ids of people and user groups. */
  readonly mentionOf: MentionOf;
  readonly outbox: Outbox;
  readonly recall: Recall;
}

export interface SlackChat {
  readonly surface: Surface;
  /** Answers requests to /slack/events; undefined without a signing secret. */
  readonly handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** Opens the ways in that the settings allow. Slack itself need not answer yet: it is asked until it does. */
export function openSlack(settings: SlackSettings, needs: SlackNeeds): SlackChat {
  const logger = quietLogger(needs.note);
  const web = openWeb(settings.botToken, settings.apiUrl, logger, {
    told: needs.reachability,
    isAway: needs.isAway,
    now: () => needs.clock.now(),
  });
  const introduction = introduce(web, needs.note);
  const listenerNeeds: ListenerNeeds = {
    ...needs,
    web,
    token: settings.botToken,
    downloads: settings.downloads,
    admission: openAdmission(web, settings.rules, needs.clock),
    groups: openGroups(web, settings.groups, needs.clock),
    underway: new Map(),
    isNamed: (identity) => settings.rules.named(identity),
    self: introduction.self,
  };
  const http: HttpReceiver | undefined =
    settings.signingSecret === undefined ? undefined : makeReceiver(settings.signingSecret, needs.clock, needs.refused);
  const socket =
    settings.appToken === undefined ? undefined : makeSocketRoad(settings.appToken, settings.apiUrl, logger);
  for (const receiver of [http, socket?.receiver])
    if (receiver) listen(makeApp(receiver, settings, logger, introduction.self), listenerNeeds);
  let connected: boolean | undefined;
  socket?.open((now, why) => {
    if (now === connected) return;
    connected = now;
    if (now) needs.note('info', 'Slack is connected over Socket Mode');
    else needs.note('warn', `Slack is not connected over Socket Mode (${why}); tried again`);
  });
  return {
    surface: openSurface({ ...needs, web }),
    handle: http?.handle,
    close: async () => {
      introduction.close();
      await socket?.close();
    },
  };
}

type Self = Workspace & { readonly user?: string; readonly bot?: string };

function makeApp(receiver: Receiver, settings: SlackSettings, logger: Logger, self: () => Self): App {
  return new App({
    receiver,
    logger,
    ignoreSelf: false,
    convoStore: false,
    clientOptions: {
      retryConfig: { retries: 0 },
      ...(settings.apiUrl !== undefined && { slackApiUrl: settings.apiUrl }),
    },
    // Who the bot is doesn't decide whether it may listen: that is the signature's, and admission's.
    authorize: () => {
      const { user, bot } = self();
      return Promise.resolve({
        botToken: settings.botToken,
        ...(user !== undefined && { botUserId: user }),
        ...(bot !== undefined && { botId: bot }),
      });
    },
  });
}

const ASK_AGAIN_MS = [1000, 5000, 15_000, 60_000];

/** Asks Slack who we are until it says so. */
function introduce(web: SlackWeb, note: SlackNeeds['note']): { readonly self: () => Self; close(): void } {
  let self: Self = {};
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  let closed = false;
  const ask = (times: number): void => {
    web.call('auth.test', {}).then(
      (answer) => {
        const [team, enterprise, user, bot] = ['team_id', 'enterprise_id', 'user_id', 'bot_id'].map((name) =>
          textAt(answer, name),
        );
        self = {
          ...(team !== undefined && { team }),
          ...(enterprise !== undefined && { enterprise }),
          ...(user !== undefined && { user }),
          ...(bot !== undefined && { bot }),
        };
        if (told) note('info', 'Slack answers now');
      },
      (error: unknown) => {
        if (!told)
          note(
            'error',
            `Slack does not know this bot yet (${error instanceof Error ? error.message : String(error)}); look at SLACK_BOT_TOKEN and the way out. Asked again until it does`,
          );
        told = true;
        if (!closed) timer = setTimeout(() => ask(times + 1), ASK_AGAIN_MS[Math.min(times, ASK_AGAIN_MS.length - 1)]);
      },
    );
  };
  ask(0);
  return {
    self: () => self,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Bolt's own words go into our log, from warnings upwards. */
function quietLogger(note: SlackNeeds['note']): Logger {
  const words = (parts: readonly unknown[]): string =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(' ')
      .slice(0, 500);
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts: unknown[]) => note('warn', `bolt: ${words(parts)}`),
    error: (...parts: unknown[]) => note('error', `bolt: ${words(parts)}`),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
