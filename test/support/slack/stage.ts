/** The real Bolt app on the simulated Slack, with a gateway that writes down what it is given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSlack } from '../../../adapters/chat/slack/open.ts';
import type { SlackChat } from '../../../adapters/chat/slack/open.ts';
import { makeHttpListener } from '../../../adapters/http/listener.ts';
import { systemClock } from '../../../adapters/clock/system.ts';
import { registry } from '../../../src/commands/registry.ts';
import { message, text } from '../../../src/messages/message.ts';
import type { Heard, HearResult, Utterance } from '../../../src/ports/conversation.ts';
import type { Recall } from '../../../src/ports/recall.ts';
import { until } from '../../lab/process.ts';
import { makeRecall } from '../recall.ts';
import { Person, overHttp, overSocket } from './person.ts';
import type { PersonOptions } from './person.ts';
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, startSlackServer } from './server.ts';
import type { SlackServer } from './server.ts';
import type { Posted } from './workspace.ts';

export interface SlackStage {
  readonly slack: SlackServer;
  readonly chat: SlackChat;
  readonly eventsUrl: string;
  readonly heard: Heard[];
  readonly notes: string[];
  /** Slack's id of a message -> its key, as the outbox would keep it. */
  readonly keys: Map<string, string>;
  /** What the surface itself has put into the outbox. */
  readonly settled: Utterance[];
  readonly folder: string;
  readonly answerWith: (result: HearResult | Error) => void;
  person(options?: PersonOptions): Person;
  /** The last message with this text anywhere in it. */
  posted(words: string): Posted | undefined;
  /** So long goes by on a clock by hand. */
  pass(ms: number): void;
  readonly close: () => Promise<void>;
}

export interface StageOptions {
  /** The adapter's clock, for its paces and memories, goes on by `pass` alone. */
  readonly clock?: 'by hand';
  readonly road?: 'http' | 'socket';
  readonly guests?: readonly string[];
  readonly sharedChannels?: readonly string[];
  readonly named?: readonly string[];
  /** Whom messages may call: names -> Slack's ids. */
  readonly mentions?: Readonly<Record<string, string>>;
  /** Ids of user groups that have a role. */
  readonly groups?: readonly string[];
  /** A Slack that stands already: the app is started once more on it. Its owner closes it. */
  readonly slack?: SlackServer;
  /** What it remembers of what it has said; its own where left out. */
  readonly recall?: Recall;
}

export async function openSlackStage(options: StageOptions = {}): Promise<SlackStage> {
  const slack = options.slack ?? (await startSlackServer());
  const asked = slack.workspace.calls.length;
  const folder = mkdtempSync(join(tmpdir(), 'tq-slack-'));
  const heard: Heard[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  const keys = new Map<string, string>();
  const settled: Utterance[] = [];
  const recall = options.recall ?? makeRecall();
  let result: HearResult | Error = { kind: 'taken' };
  let passed = 0;
  const socket = options.road === 'socket';
  const chat = openSlack(
    {
      botToken: BOT_TOKEN,
      signingSecret: socket ? undefined : SIGNING_SECRET,
      appToken: socket ? APP_TOKEN : undefined,
      apiUrl: slack.apiUrl,
      groups: options.groups ?? [],
      downloads: join(folder, 'dropped'),
      rules: {
        sharedChannels: options.sharedChannels ?? [],
        guests: options.guests ?? [],
        named: (identity) => (options.named ?? []).includes(identity),
      },
    },
    {
      gateway: {
        hear: async (each) => {
          if (result instanceof Error) throw result;
          heard.push(each);
          return result;
        },
      },
      registry,
      clock: options.clock === undefined ? systemClock : { ...systemClock, monotonic: () => passed },
      firstTime: async (id) => !seen.has(id) && Boolean(seen.add(id)),
      mentionOf: (name) => options.mentions?.[name],
      keyOf: async (id) => keys.get(id),
      outbox: { put: async (utterance) => void settled.push(utterance) },
      recall,
      board: async (actor) => message('good', 'The board', text(`for ${actor.id}`)),
      note: (level, words) => void notes.push(`${level} ${words}`),
      refused: (why) => void notes.push(`refused ${why}`),
      reachability: ({ reachable, why }) => void notes.push(reachable ? 'reachable' : `unreachable ${why}`),
      isAway: false,
    },
  );
  const listener = makeHttpListener('127.0.0.1', 0, (_path, error) => void notes.push(`failed ${error.message}`));
  if (chat.handle) listener.register('/slack/events', chat.handle);
  const eventsUrl = `${await listener.open()}/slack/events`;
  await until(
    () => slack.workspace.calls.slice(asked).some((call) => call.method === 'auth.test' && call.outcome === 'ok'),
    8000,
    'auth.test',
  );
  if (socket) await until(() => slack.sockets() > 0, 8000, 'the socket');
  return {
    slack,
    chat,
    eventsUrl,
    heard,
    notes,
    keys,
    settled,
    folder,
    answerWith: (next) => {
      result = next;
    },
    person: (who) => new Person(slack, socket ? overSocket(slack) : overHttp(eventsUrl), who),
    posted: (words) =>
      slack.workspace.posted.findLast((each) => JSON.stringify([each.text, each.blocks]).includes(words)),
    pass: (ms) => {
      passed += ms;
    },
    close: async () => {
      await chat.close();
      await listener.close();
      if (!options.slack) await slack.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
