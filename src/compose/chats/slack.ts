/** Slack as one of the chats: its variables, what tourniquet.yaml says about it, and what is told about it elsewhere. */
import { join } from 'node:path';
import { openSlack } from '../../../adapters/chat/slack/open.ts';
import { registry } from '../../commands/registry.ts';
import { sayBoard } from '../../messages/board.ts';
import type { MentionOf } from '../../messages/message.ts';
import type { Config } from '../../config/schema.ts';
import { lookAtBoard } from '../board.ts';
import type { ChatNeeds, RunningChat } from './chat.ts';
import { watchOutage } from './outage.ts';
import { isSlackIdentity } from './people.ts';
import { noteRefusals } from './refusals.ts';

export const SLACK_PATH = '/slack/events';

export async function startSlack({ service, settings, log, listener }: ChatNeeds): Promise<RunningChat> {
  const { config, env } = settings;
  const apiUrl = env['SLACK_API_URL'];
  if (apiUrl !== undefined && !/^https?:\/\//.test(apiUrl))
    throw new Error(
      `SLACK_API_URL ${JSON.stringify(apiUrl)} is not an address. Write https://slack.com/api/ or leave it out.`,
    );
  const slack = openSlack(
    {
      botToken: env['SLACK_BOT_TOKEN'] ?? '',
      signingSecret: env['SLACK_SIGNING_SECRET'],
      appToken: env['SLACK_APP_TOKEN'],
      apiUrl,
      groups: config.groups.map(({ slack: id }) => id),
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
      mentionOf: slackIdsOf(config),
      keyOf: (id) => service.keyOf('slack', id),
      outbox: service.world.outbox,
      recall: service.recallOf('slack'),
      board: async () => sayBoard(await lookAtBoard(service.world, config)),
      note: (level, words) => log[level](words),
      refused: noteRefusals(service.world.clock, log, SLACK_PATH),
      reachability: watchOutage(service, log, 'slack', 'Slack'),
      isAway: await service.outages.isOn('slack'),
    },
  );
  service.speakThrough('slack', slack.surface);
  const channel = config.chat.slack?.channel;
  if (channel !== undefined) service.tellHere({ surface: 'slack', id: channel });
  if (slack.handle) listener.register(SLACK_PATH, slack.handle);
  const ways = [
    ...(slack.handle ? [SLACK_PATH] : []),
    ...(env['SLACK_APP_TOKEN'] === undefined ? [] : ['Socket Mode']),
  ];
  return { how: ways.join(' and '), close: () => slack.close() };
}

/** People and groups of tourniquet.yaml, and whoever the house knows by their Slack id alone. */
function slackIdsOf(config: Config): MentionOf {
  return (name) => {
    if (name.startsWith('group:')) return config.groups.find((group) => `group:${group.name}` === name)?.slack;
    const identity = config.people.find((person) => person.name === name)?.slack;
    return (identity ?? /^slack:(.+)$/.exec(name)?.[1])?.split('/').at(-1);
  };
}
