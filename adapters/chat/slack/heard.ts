/**
 * From a verified payload to what was said, by whom and where. Pure: nothing is asked, nothing answered.
 *
 * Rules:
 * 1. The id comes from the event's own (event id, trigger, action time stamp): the same event, redelivered by whatever
 *    way, has the same.
 * 2. An answer to a mention or a press goes into the thread of what was said or pressed; that of a slash command, which
 *    has no message, into the channel. In a direct conversation nothing opens a thread.
 * 3. Own words, other bots' and edits are nobody's words.
 */
import { createHash } from 'node:crypto';
import { changes } from '../../../src/messages/spent.ts';
import type { Said } from '../../../src/ports/conversation.ts';
import type { Speaker } from './admission.ts';
import type { DroppedFile } from './files.ts';
import { LIMITS } from './limits.ts';
import type { Place } from './place.ts';
import { fieldsOf, listAt, textAt } from './record.ts';
import type { Field } from './record.ts';
import { readValue } from './render/buttons.ts';
import { cut } from './render/text.ts';
import { mentions, wordsOf } from './words.ts';

export interface Spoken {
  readonly id: string;
  readonly speaker: Speaker;
  /** The workspace that the payload came through. */
  readonly team: string | undefined;
  readonly place: Place;
  /** The thread that it was said in, beneath another message; `place` may name one that only the answer begins. */
  readonly within?: string;
  readonly said: Said;
  /** Said without being addressed: answered only where it is a command beyond doubt. */
  readonly overheard: boolean;
  readonly files: readonly DroppedFile[];
  readonly responseUrl?: string;
}

/** `/tq …`; whoever mentions the bot there as well means no more by it. */
export function hearCommand(body: Field, bot: string | undefined): Spoken | undefined {
  const [user, channel, team] = [textAt(body, 'user_id'), textAt(body, 'channel_id'), textAt(body, 'team_id')];
  if (user === undefined || channel === undefined) return undefined;
  const text = wordsOf(textAt(body, 'text') ?? '', bot ?? '-');
  const enterprise = textAt(body, 'enterprise_id');
  const trigger = textAt(body, 'trigger_id') ?? digest(JSON.stringify(body));
  return {
    id: `slack-command-${trigger}-${digest(`${team}/${channel}/${user}/${text}`)}`,
    speaker: speakerOf(user, team ?? '', enterprise),
    team,
    place: { channel, user },
    said: { kind: 'words', text: text === '' ? 'help' : text },
    overheard: false,
    files: [],
    ...urlOf(body),
  };
}

/** A mention, a direct message, a reply beneath one of ours, a file. `bot`: our own user id, where it is known. */
export function hearMessage(body: Field, bot: string | undefined): Spoken | undefined {
  const event = fieldsOf(body['event']);
  const [user, channel, ts] = [textAt(event, 'user'), textAt(event, 'channel'), textAt(event, 'ts')];
  const subtype = textAt(event, 'subtype');
  if (user === undefined || channel === undefined || ts === undefined) return undefined;
  if (user === bot || textAt(event, 'bot_id') !== undefined || event['bot_profile'] !== undefined) return undefined;
  if (subtype !== undefined && subtype !== 'file_share' && subtype !== 'thread_broadcast') return undefined;
  // A mention that was edited comes under an id of its own: what it said was carried out already.
  if (event['edited'] !== undefined) return undefined;
  const text = textAt(event, 'text') ?? '';
  const direct = textAt(event, 'channel_type') === 'im' || channel.startsWith('D');
  const addressed = textAt(event, 'type') === 'app_mention' || direct;
  const beneathOurs = bot !== undefined && textAt(event, 'parent_user_id') === bot;
  // A mention comes twice, as `app_mention` and as `message`, under two ids: one of them is enough.
  if (!addressed && (!beneathOurs || mentions(text, bot))) return undefined;
  const team = textAt(body, 'team_id');
  const within = textAt(event, 'thread_ts');
  const thread = within ?? (direct ? undefined : ts);
  const words = wordsOf(text, bot);
  return {
    id: `slack-event-${textAt(body, 'event_id') ?? digest(JSON.stringify(event))}`,
    speaker: speakerOf(
      user,
      textAt(event, 'user_team') ?? textAt(event, 'team') ?? team ?? '',
      textAt(body, 'enterprise_id'),
    ),
    team,
    place: { channel, user, ...(thread !== undefined && { thread }) },
    ...(within !== undefined && within !== ts && { within }),
    said: { kind: 'words', text: words },
    overheard: !addressed,
    files: listAt(event, 'files').flatMap(readFile),
  };
}

/** That we were invited: the channel, and the event's id. */
export function hearInvitation(
  body: Field,
  bot: string | undefined,
): { readonly id: string; readonly channel: string } | undefined {
  const event = fieldsOf(body['event']);
  const channel = textAt(event, 'channel');
  if (channel === undefined || bot === undefined || textAt(event, 'user') !== bot) return undefined;
  return { id: `slack-event-${textAt(body, 'event_id') ?? digest(JSON.stringify(event))}`, channel };
}

/** A reaction that puts a message on the timeline: whose, on what. */
export function hearReaction(body: Field): (Omit<Spoken, 'said'> & { readonly ts: string }) | undefined {
  const event = fieldsOf(body['event']);
  const [user, channel, ts] = [textAt(event, 'user'), textAt(event, 'item', 'channel'), textAt(event, 'item', 'ts')];
  if (!/^(stopwatch|timer_clock)$/.test(textAt(event, 'reaction') ?? '')) return undefined;
  if (user === undefined || channel === undefined || ts === undefined) return undefined;
  const team = textAt(body, 'team_id');
  return {
    id: `slack-event-${textAt(body, 'event_id') ?? digest(JSON.stringify(event))}`,
    speaker: speakerOf(user, textAt(event, 'user_team') ?? team ?? '', textAt(body, 'enterprise_id')),
    team,
    place: { channel, user },
    overheard: false,
    files: [],
    ts,
  };
}

/** A pressed button, or a choice from a menu. */
export function hearPress(body: Field): Spoken | undefined {
  const action = fieldsOf(listAt(body, 'actions')[0]);
  const value = readValue(textAt(action, 'value') ?? textAt(action, 'selected_option', 'value') ?? '');
  const common = hearInteraction(
    body,
    `${textAt(action, 'action_ts') ?? ''}-${textAt(action, 'action_id') ?? ''}-${digest(JSON.stringify(action))}`,
  );
  if (!value || !common) return undefined;
  const ts = textAt(body, 'container', 'message_ts') ?? textAt(body, 'message', 'ts');
  const label = textAt(action, 'text', 'text') ?? textAt(action, 'selected_option', 'text', 'text') ?? '';
  return {
    ...common,
    place: {
      ...common.place,
      ...(ts !== undefined &&
        changes(value.command) && { pressed: { event: common.id, ts, label: cut(label, LIMITS.buttonText) } }),
    },
    said: {
      kind: 'pressed',
      command: value.command,
      messageKey: value.key,
      ...(value.nonce !== undefined && { nonce: value.nonce }),
    },
  };
}

/** What every interaction carries; `moment` tells this one from others of the same trigger. */
export function hearInteraction(body: Field, moment: string): Omit<Spoken, 'said'> | undefined {
  const user = textAt(body, 'user', 'id');
  const team = textAt(body, 'team', 'id');
  const channel =
    textAt(body, 'container', 'channel_id') ?? textAt(body, 'channel', 'id') ?? (user === undefined ? undefined : user);
  if (user === undefined || channel === undefined) return undefined;
  const own = textAt(body, 'container', 'message_ts') ?? textAt(body, 'message', 'ts');
  const within = textAt(body, 'container', 'thread_ts') ?? textAt(body, 'message', 'thread_ts');
  const ephemeral = fieldsOf(body['container'])['is_ephemeral'] === true;
  const thread = within ?? (ephemeral || channel.startsWith('D') ? undefined : own);
  const trigger = textAt(body, 'trigger_id') ?? '';
  return {
    id: `slack-action-${digest(`${trigger}/${user}/${channel}/${moment}`)}`,
    speaker: speakerOf(
      user,
      textAt(body, 'user', 'team_id') ?? team ?? '',
      textAt(body, 'enterprise', 'id') ?? textAt(body, 'team', 'enterprise_id'),
    ),
    team,
    place: { channel, user, ...(thread !== undefined && { thread }) },
    ...(within !== undefined && within !== own && { within }),
    overheard: false,
    files: [],
    ...urlOf(body),
  };
}

function speakerOf(user: string, team: string, enterprise: string | undefined): Speaker {
  return { user, team, ...(enterprise !== undefined && { enterprise }) };
}

function urlOf(body: Field): { readonly responseUrl?: string } {
  const responseUrl = textAt(body, 'response_url');
  return responseUrl === undefined ? {} : { responseUrl };
}

function readFile(value: unknown): readonly DroppedFile[] {
  const address = textAt(value, 'url_private_download') ?? textAt(value, 'url_private');
  return address === undefined
    ? []
    : [{ name: textAt(value, 'name') ?? 'file', address, bytes: Number(fieldsOf(value)['size'] ?? 0) }];
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
