/**
 * The app's manifest, made from the command registry: what Slack is to know, and each permission with its reason.
 *
 * Form: docs.slack.dev/reference/app-manifest.
 */
import type { CommandSpec } from '../../../src/commands/spec.ts';
import { LIMITS } from './limits.ts';
import { BOUNCE_SHORTCUT } from './listeners.ts';
import { cut } from './render/text.ts';

/** Scopes of the bot's token, each with what would not work without it. */
export const SCOPES: Readonly<Record<string, string>> = {
  commands: 'the slash command and the message shortcut',
  'chat:write': 'answering, editing answers, telling somebody alone',
  'app_mentions:read': 'hearing its mention',
  'im:history': 'hearing direct messages',
  'channels:history': 'hearing replies beneath its messages in public channels; the message that a stopwatch marks',
  'groups:history': 'the same in private channels it was invited to',
  'channels:read': 'telling whether a public channel is shared with another organisation, and that it was invited',
  'groups:read': 'the same for private channels',
  'users:read': 'telling guests from members',
  'usergroups:read': 'telling who is in the user groups that have a role',
  'reactions:read': 'hearing the stopwatch',
  'files:read': 'fetching a file that was dropped for it',
  'files:write': 'putting the closing report beneath an incident',
};

export const EVENTS = [
  'app_mention',
  'message.im',
  'message.channels',
  'message.groups',
  'app_home_opened',
  'member_joined_channel',
  'reaction_added',
] as const;

export interface ManifestPlan {
  /** With the slash: `/tq`. */
  readonly command: string;
  readonly registry: readonly CommandSpec[];
  /** Where Slack reaches the bot over HTTP, without a path; undefined: Socket Mode. */
  readonly url: string | undefined;
}

export function makeManifest({ command, registry, url }: ManifestPlan) {
  const endpoint = url === undefined ? undefined : `${url.replace(/\/+$/, '')}/slack/events`;
  const open = registry.filter((spec) => !spec.shellOnly);
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'Tourniquet',
      description:
        'Looks why mail is refused or queues are full, contains it with approval, and takes every bit of it back.',
      background_color: '#7a1f1f',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'Tourniquet', always_online: true },
      shortcuts: [
        {
          name: 'Open a mail incident',
          type: 'message',
          callback_id: BOUNCE_SHORTCUT,
          description: 'Reads a bounce for addresses, lists and reply codes',
        },
      ],
      slash_commands: [
        {
          command: cut(command, LIMITS.manifestCommand),
          description: 'Look at the mail servers, contain what is wrong, take it back',
          usage_hint: cut(open.map((spec) => spec.name).join(' | '), LIMITS.manifestHint),
          should_escape: true,
          ...(endpoint !== undefined && { url: endpoint }),
        },
      ],
    },
    oauth_config: { scopes: { bot: Object.keys(SCOPES) } },
    settings: {
      event_subscriptions: { ...(endpoint !== undefined && { request_url: endpoint }), bot_events: [...EVENTS] },
      interactivity: { is_enabled: true, ...(endpoint !== undefined && { request_url: endpoint }) },
      org_deploy_enabled: false,
      socket_mode_enabled: endpoint === undefined,
      token_rotation_enabled: false,
    },
  };
}
