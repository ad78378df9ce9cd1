/** The Web API's methods that the product uses, as strict as Slack is: scopes, targets, limits, triggers, rates. */
import { LIMITS } from '../../../adapters/chat/slack/limits.ts';
import { faultsOfBlocks } from './blocks.ts';
import { BOT, BOT_ID, TEAM } from './workspace.ts';
import type { Channel, Posted, Workspace } from './workspace.ts';

export type Args = Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>>;

export interface Method {
  readonly scope?: string;
  /** Called with the app-level token, not the bot's. */
  readonly appToken?: true;
  run(args: Args, workspace: Workspace, base: string): Answer;
}

const no = (error: string, more: Answer = {}): Answer => ({ ok: false, error, ...more });
const yes = (more: Answer = {}): Answer => ({ ok: true, ...more });
const words = (value: unknown): string => (typeof value === 'string' ? value : '');

export const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': {
    run: () =>
      yes({
        url: 'https://home.slack.test/',
        team: 'Home',
        user: 'tourniquet',
        team_id: TEAM,
        user_id: BOT,
        bot_id: BOT_ID,
      }),
  },
  'chat.postMessage': {
    scope: 'chat:write',
    run: (args, workspace) => {
      const channel = workspace.channelFor(words(args['channel']));
      const refused = refuseTarget(channel) ?? refuseContent(args, workspace);
      if (refused || !channel) return refused ?? no('channel_not_found');
      const thread = words(args['thread_ts']) || undefined;
      if (thread !== undefined && !/^\d+\.\d{6}$/.test(thread)) return no('invalid_thread_ts');
      const wait = workspace.waitToPost(channel.id);
      if (wait > 0) return { retryAfter: wait };
      const posted = keep(workspace, channel.id, args, thread);
      return yes({ channel: channel.id, ts: posted.ts, message: { text: posted.text, ts: posted.ts } });
    },
  },
  'chat.update': {
    scope: 'chat:write',
    run: (args, workspace) => {
      const found = workspace.posted.find(
        (each) => each.channel === args['channel'] && each.ts === args['ts'] && each.to === undefined,
      );
      if (!found) return no('message_not_found');
      if (found.user !== BOT) return no('cant_update_message');
      const refused = refuseContent(args, workspace);
      if (refused) return refused;
      found.text = words(args['text']);
      found.blocks = list(args['blocks']);
      found.edits += 1;
      return yes({ channel: found.channel, ts: found.ts, text: found.text });
    },
  },
  'chat.postEphemeral': {
    scope: 'chat:write',
    run: (args, workspace) => {
      const channel = workspace.channelFor(words(args['channel']));
      const refused = refuseTarget(channel) ?? refuseContent(args, workspace);
      if (refused || !channel) return refused ?? no('channel_not_found');
      if (!workspace.users.has(words(args['user']))) return no('user_not_in_channel');
      const thread = words(args['thread_ts']) || undefined;
      if (thread !== undefined && !workspace.threads.has(thread)) return yes({ message_ts: workspace.nextTs() });
      const posted = keep(workspace, channel.id, args, thread, words(args['user']));
      return yes({ message_ts: posted.ts });
    },
  },
  'views.open': {
    run: (args, workspace) => {
      const refused = workspace.useTrigger(args['trigger_id']) ?? refuseView(args['view'], 'modal', workspace);
      if (typeof refused === 'string') return no(refused);
      if (refused) return refused;
      const id = workspace.nextId('V');
      workspace.views.push({ id, kind: 'modal', view: record(args['view']) });
      return yes({ view: { ...record(args['view']), id, hash: 'h1' } });
    },
  },
  'views.update': {
    run: (args, workspace) => {
      const found = workspace.views.find((each) => each.id === args['view_id']);
      if (!found) return no('not_found');
      const refused = refuseView(args['view'], 'modal', workspace);
      if (refused) return refused;
      found.view = record(args['view']);
      return yes({ view: { ...found.view, id: found.id } });
    },
  },
  'views.publish': {
    run: (args, workspace) => {
      if (!workspace.users.has(words(args['user_id']))) return no('user_not_found');
      const refused = refuseView(args['view'], 'home', workspace);
      if (refused) return refused;
      workspace.views.push({
        id: workspace.nextId('V'),
        kind: 'home',
        user: words(args['user_id']),
        view: record(args['view']),
      });
      return yes({ view: record(args['view']) });
    },
  },
  'users.info': {
    scope: 'users:read',
    run: (args, workspace) => {
      const user = workspace.users.get(words(args['user']));
      if (!user) return no('user_not_found');
      return yes({
        user: {
          id: user.id,
          team_id: user.team,
          is_restricted: user.kind === 'guest' || user.kind === 'single-channel guest',
          is_ultra_restricted: user.kind === 'single-channel guest',
          is_stranger: user.kind === 'stranger',
          is_bot: user.id === BOT,
        },
      });
    },
  },
  'usergroups.users.list': {
    scope: 'usergroups:read',
    run: (args, workspace) => {
      const users = workspace.groups.get(words(args['usergroup']));
      return users ? yes({ users }) : no('no_such_subteam');
    },
  },
  'conversations.info': {
    scope: 'channels:read',
    run: (args, workspace) => {
      const channel = workspace.channels.get(words(args['channel']));
      if (!channel || (channel.kind === 'private' && !channel.joined)) return no('channel_not_found');
      return yes({
        channel: {
          id: channel.id,
          is_ext_shared: channel.shared === true,
          is_pending_ext_shared: false,
          is_org_shared: false,
          is_member: channel.joined,
        },
      });
    },
  },
  'conversations.replies': {
    scope: 'channels:history',
    run: (args, workspace) => {
      const found = workspace.posted.filter(
        (each) => each.channel === args['channel'] && (each.ts === args['ts'] || each.thread === args['ts']),
      );
      if (found.length === 0) return no('thread_not_found');
      return yes({
        messages: found.map((each) => ({ ts: each.ts, thread_ts: each.thread, text: each.text, user: each.user })),
      });
    },
  },
  'files.getUploadURLExternal': {
    scope: 'files:write',
    run: (args, workspace, base) => {
      const name = words(args['filename']);
      if (name === '' || !(Number(args['length']) > 0)) return no('invalid_arguments');
      const id = workspace.nextId('F');
      const url = `${base}/upload/${id}`;
      workspace.uploads.set(id, { name, url, text: undefined });
      return yes({ file_id: id, upload_url: url });
    },
  },
  'files.completeUploadExternal': {
    scope: 'files:write',
    run: (args, workspace) => {
      const channel = workspace.channelFor(words(args['channel_id']));
      const refused = refuseTarget(channel);
      if (refused || !channel) return refused ?? no('channel_not_found');
      for (const file of list(args['files'])) {
        const upload = workspace.uploads.get(words(record(file)['id']));
        if (upload?.text === undefined) return no('file_not_found');
        const posted = keep(workspace, channel.id, { text: '' }, words(args['thread_ts']) || undefined);
        posted.files.push({ name: upload.name, text: upload.text });
      }
      return yes({ files: args['files'] });
    },
  },
  'apps.connections.open': {
    appToken: true,
    run: (_args, workspace, base) => yes({ url: `${base.replace('http', 'ws')}/link?ticket=${workspace.nextId('L')}` }),
  },
};

function keep(workspace: Workspace, channel: string, args: Args, thread: string | undefined, to?: string): Posted {
  const posted: Posted = {
    channel,
    ts: workspace.nextTs(),
    thread,
    user: BOT,
    text: words(args['text']),
    blocks: list(args['blocks']),
    edits: 0,
    files: [],
    ...(to !== undefined && { to }),
  };
  workspace.posted.push(posted);
  if (thread !== undefined && to === undefined) workspace.threads.add(thread);
  return posted;
}

function refuseTarget(channel: Channel | undefined): Answer | undefined {
  if (!channel) return no('channel_not_found');
  if (!channel.joined) return no(channel.kind === 'private' ? 'channel_not_found' : 'not_in_channel');
  return channel.archived ? no('is_archived') : undefined;
}

function refuseContent(args: Args, workspace: Workspace): Answer | undefined {
  const text = words(args['text']);
  const blocks = list(args['blocks']);
  if (text === '' && blocks.length === 0) return no('no_text');
  if (text === '') return no('text_twin_missing_this_simulator_insists');
  if (text.length > 40_000) return no('msg_too_long');
  const faults = faultsOfBlocks(blocks, 'message', workspace.without);
  return faults.length === 0 ? undefined : no('invalid_blocks', { response_metadata: { messages: faults } });
}

function refuseView(value: unknown, kind: 'modal' | 'home', workspace: Workspace): Answer | undefined {
  const view = record(value);
  if (view['type'] !== kind) return no('invalid_arguments');
  const faults = [...faultsOfBlocks(view['blocks'], kind, workspace.without)];
  for (const field of kind === 'modal' ? ['title', 'submit', 'close'] : []) {
    const text = words(record(view[field])['text']);
    if ((field === 'title' && text === '') || text.length > LIMITS.viewTitle)
      faults.push(`[ERROR] ${field} [json-pointer:/view/${field}]`);
  }
  if (words(view['private_metadata']).length > LIMITS.viewMetadata) faults.push('[ERROR] private_metadata');
  return faults.length === 0 ? undefined : no('invalid_blocks', { response_metadata: { messages: faults } });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
