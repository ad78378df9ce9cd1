/** Slack as one of the chats: its variables, what tourniquet.yaml says about it, and what is told about it elsewhere. */
import { join } from 'node:path';
import { openSlack } from '../../adapters/chat/slack/open.ts';
import { registry } from '../commands/registry.ts';
import { sayBoard } from '../messages/board.ts';
import { sayReachability } from '../messages/lost.ts';
import { lookAtBoard } from './board.ts';
import type { ChatNeeds, RunningChat } from './chat.ts';
import { isSlackIdentity } from './people.ts';

export const SLACK_PATH = '/slack/events';

export async function startSlack({ service, settings, log, listener }: ChatNeeds): Promise<RunningChat> {
  const { config, env } = settings;
  const read = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const apiUrl = read('SLACK_API_URL');
  if (apiUrl !== undefined && !/^https?:\/\//.test(apiUrl))
    throw new Error(
      `SLACK_API_URL ${JSON.stringify(apiUrl)} is not an address. Write https://slack.com/api/ or leave it out.`,
    );
  const slack = openSlack(
    {
      botToken: read('SLACK_BOT_TOKEN') ?? '',
      signingSecret: read('SLACK_SIGNING_SECRET'),
      appToken: read('SLACK_APP_TOKEN'),
      apiUrl,
      downloads: join(settings.dataFolder, 'dropped'),
      rules: {
        sharedChannels: config.chat.slack?.sharedChannels ?? [],
        guests: config.chat.slack?.guests ?? [],
        named: (identity) => config.people.some((person) => isSlackIdentity(person.slack, identity)),
      },
    },
    {
      gateway: service.gateway,
      registry,
      clock: service.world.clock,
      firstTime: service.firstTime,
      keyOf: (id) => service.keyOf('slack', id),
      board: async () => sayBoard(await lookAtBoard(service.world, config)),
      note: (level, words) => log[level](words),
      reachability: ({ reachable, why }) => {
        log.warn({ reachable, why }, 'Slack');
        service.tellElsewhere('slack', sayReachability('Slack', reachable, why));
      },
    },
  );
  service.speakThrough('slack', slack.surface);
  const channel = config.chat.slack?.channel;
  if (channel !== undefined) service.tellHere({ surface: 'slack', id: channel });
  if (slack.handle) listener.register(SLACK_PATH, slack.handle);
  const ways = [
    ...(slack.handle ? [SLACK_PATH] : []),
    ...(read('SLACK_APP_TOKEN') === undefined ? [] : ['Socket Mode']),
  ];
  return { how: ways.join(' and '), close: () => slack.close() };
}
