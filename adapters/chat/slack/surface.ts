/**
 * Says in Slack what the outbox holds.
 *
 * Rules:
 * 1. The first message under a key is posted, the next edits it; a loud one is posted in the thread beneath it.
 * 2. One post a second and channel, one edit a second and message, kept here before Slack has to ask for it; what it
 *    asks for (429, Retry-After) is kept to the second, by the whole channel and by all edits.
 * 3. Blocks that Slack refuses are said in classic ones, the refused types from then on; at the last in plain words.
 * 4. Where the bot isn't in the channel, who asked is answered directly, and told why.
 * 5. What a final answer has settled is seen on the messages above it (settle.ts).
 * 6. A file that can't be put beneath its message is told there: the message itself stands.
 */
import { foreign, say } from '../../../src/domain/foreign.ts';
import { message, notice } from '../../../src/messages/message.ts';
import type { MentionOf, Message } from '../../../src/messages/message.ts';
import { DeliveryLater, DeliveryNever } from '../../../src/ports/conversation.ts';
import type { Outbox, Surface, Utterance } from '../../../src/ports/conversation.ts';
import type { Recall } from '../../../src/ports/recall.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { QUIET } from './answer.ts';
import { LIMITS } from './limits.ts';
import { messageId, placeOf, readMessageId } from './place.ts';
import type { Place } from './place.ts';
import { textAt } from './record.ts';
import type { Field } from './record.ts';
import { NATIVE } from './render/block.ts';
import type { NativeType } from './render/block.ts';
import { renderSlack } from './render/render.ts';
import { uploadFile } from './files.ts';
import { openSettle } from './settle.ts';
import { SlackTrouble } from './web.ts';
import type { SlackWeb } from './web.ts';

/** The bot can't write there, but may be able to reach the person. */
const OUTSIDE = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
]);
/** Nothing can be said in that thread (any more), but in its channel. */
const THREADLESS = new Set([
  'thread_not_found',
  'message_not_found',
  'cannot_reply_to_message',
  'restricted_action_thread_locked',
  'restricted_action_non_threadable_channel',
]);
/** What stood there can't be edited any more: said anew. */
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found']);
const REMEDIES: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the bot into it',
  channel_not_found: 'invite the bot into it, or mend the channel id',
  is_archived: 'unarchive it, or name another channel',
  restricted_action: 'let the app post there, or name another channel',
  restricted_action_read_only_channel: 'let the app post there, or name another channel',
  restricted_action_thread_only_channel: 'let the app post there, or name another channel',
  messages_tab_disabled: 'switch on the Messages tab of the app’s Home',
  missing_scope: 'install the app again with the scopes of tq slack manifest',
};

export interface SurfaceNeeds {
  readonly web: SlackWeb;
  readonly clock: Clock;
  readonly mentionOf: MentionOf;
  readonly outbox: Outbox;
  readonly recall: Recall;
}

export function openSurface({ web, clock, mentionOf, outbox, recall }: SurfaceNeeds): Surface {
  const refused = new Set<NativeType>();
  const next = new Map<string, number>();
  const pace = (name: string, ...also: readonly string[]): void => {
    const now = clock.monotonic();
    const due = Math.max(...[name, ...also].map((each) => next.get(each) ?? 0));
    if (due > now) throw new DeliveryLater('one message a second', Math.ceil(due - now));
    next.set(name, now + LIMITS.postEveryMs);
    if (next.size > 2000) for (const [each, at] of next) if (at < now) next.delete(each);
  };
  /** Slack's own wait, for all that it holds for. */
  const heed = (name: string, error: unknown): unknown => {
    if (error instanceof SlackTrouble && error.code === 'ratelimited')
      next.set(name, clock.monotonic() + error.afterMs);
    return error;
  };
  const send = async (method: string, utterance: Utterance, args: Field): Promise<Field> => {
    for (;;) {
      const { text, blocks } = renderSlack(utterance.message, utterance.key, { refused, mentionOf });
      try {
        return await web.call(method, { ...args, ...QUIET, text, blocks });
      } catch (error) {
        if (!(error instanceof SlackTrouble) || error.kind !== 'content') throw error;
        const named = refusedTypes(error, blocks).filter((type) => !refused.has(type));
        const more = named.length > 0 ? named : NATIVE.filter((type) => !refused.has(type));
        if (more.length === 0) return web.call(method, { ...args, ...QUIET, text, blocks: [] });
        for (const type of more) refused.add(type);
      }
    }
  };
  const post = async (utterance: Utterance, place: Place): Promise<string> => {
    pace(`post ${place.channel}`);
    try {
      const sent = await send('chat.postMessage', utterance, {
        channel: place.channel,
        ...(place.thread !== undefined && { thread_ts: place.thread }),
      });
      // Slack counts from when it has it, which is later than when it was sent.
      next.set(`post ${place.channel}`, clock.monotonic() + LIMITS.postEveryMs);
      return messageId(textAt(sent, 'channel') ?? place.channel, textAt(sent, 'ts') ?? '');
    } catch (error) {
      if (error instanceof SlackTrouble && THREADLESS.has(error.code) && place.thread !== undefined) {
        const { thread: _thread, ...channel } = place;
        next.delete(`post ${place.channel}`);
        return post(utterance, channel);
      }
      if (!(error instanceof SlackTrouble) || !OUTSIDE.has(error.code) || place.user === undefined)
        throw heed(`post ${place.channel}`, error);
      const directly = { ...utterance, message: saidDirectly(utterance.message, place.channel, error.code) };
      const sent = await send('chat.postMessage', directly, { channel: place.user });
      return messageId(textAt(sent, 'channel') ?? place.user, textAt(sent, 'ts') ?? '');
    }
  };
  const editAt = async (utterance: Utterance, id: string): Promise<string> => {
    const at = readMessageId(id);
    if (!at) return id;
    pace(`edit ${id}`, 'edits');
    try {
      await send('chat.update', utterance, at);
      return id;
    } catch (error) {
      throw heed('edits', error);
    }
  };
  const settle = openSettle(outbox, recall);
  const deliver = async (utterance: Utterance, previous: string | undefined): Promise<string> => {
    const place = placeOf(utterance.conversation);
    const standing = previous === undefined ? undefined : readMessageId(previous);
    if (utterance.loud) {
      const thread = threadOfLoud(place, standing);
      return post(utterance, { ...place, ...(thread !== undefined && { thread }) });
    }
    if (!standing) return post(utterance, place);
    try {
      return await editAt(utterance, messageId(standing.channel, standing.ts));
    } catch (error) {
      if (error instanceof SlackTrouble && GONE.has(error.code)) return post(utterance, place);
      throw error;
    }
  };
  const attach = async (file: NonNullable<Utterance['file']>, place: Place): Promise<void> => {
    try {
      await uploadFile(web, file, place);
    } catch (error) {
      if (!(error instanceof SlackTrouble) || error.kind === 'later') throw error;
      const words = say`${foreign(file.name, 80)} could not be put here: ${withRemedy(error)}. In the shell, tq report prints it.`;
      const { text, blocks } = renderSlack(message('warning', words, notice('warning', words)), '', { refused });
      await web.call('chat.postMessage', { channel: place.channel, thread_ts: place.thread, ...QUIET, text, blocks });
    }
  };
  /** Posted, but its file is not yet beneath it: only the file is tried once more. */
  const unfinished = new Map<string, string>();
  return {
    name: 'slack',
    deliver: async (utterance, previous) => {
      const name = `${utterance.conversation.id} ${utterance.key}`;
      try {
        const half = unfinished.get(name);
        const id = half ?? (await deliver(utterance, previous));
        next.set(`edit ${id}`, clock.monotonic() + LIMITS.postEveryMs);
        if (utterance.file) {
          unfinished.set(name, id);
          await attach(utterance.file, threadUnder(id, utterance, previous));
        }
        unfinished.delete(name);
        await settle.said(utterance, id);
        return id;
      } catch (error) {
        throw deliveryTrouble(error, placeOf(utterance.conversation));
      }
    },
  };
}

/** A loud message is said beneath what stands under its key. */
function threadOfLoud(place: Place, standing: { readonly channel: string; readonly ts: string } | undefined) {
  return place.thread ?? (standing?.channel === place.channel ? standing.ts : undefined);
}

/** The thread in which a file belongs: that of its message, by the thread's first one. */
function threadUnder(id: string, { conversation, loud }: Utterance, previous: string | undefined): Place {
  const place = placeOf(conversation);
  const posted = readMessageId(id);
  if (!posted) return place;
  const standing = loud && previous !== undefined ? readMessageId(previous) : undefined;
  const own = posted.channel === place.channel ? threadOfLoud(place, standing) : undefined;
  return { channel: posted.channel, thread: own ?? posted.ts };
}

function deliveryTrouble(error: unknown, place: Place): unknown {
  if (!(error instanceof SlackTrouble)) return error;
  if (error.kind === 'later') return new DeliveryLater(error.message, error.afterMs, { cause: error });
  return new DeliveryNever(`${place.channel}: ${withRemedy(error)}`, { cause: error });
}

function withRemedy(error: SlackTrouble): string {
  const remedy = REMEDIES[error.code];
  return `${error.message}${remedy === undefined ? '' : `; ${remedy}`}`;
}

/** The types at fault, from `[json-pointer:/blocks/3/…]`; none where Slack doesn't say. */
function refusedTypes(error: SlackTrouble, blocks: readonly { readonly type: string }[]): readonly NativeType[] {
  return error.details.flatMap((detail) => {
    const index = /json-pointer:\/blocks\/(\d+)/.exec(detail)?.[1];
    const type = index === undefined ? undefined : blocks[Number(index)]?.type;
    return NATIVE.filter((native) => native === type);
  });
}

function saidDirectly(said: Message, channel: string, code: string): Message {
  const why = channel.startsWith('D')
    ? say`Said here because others’ direct messages are closed to me.`
    : say`Said here because I can’t write in ${foreign(channel)} (${foreign(code)}): ${REMEDIES[code] ?? 'ask an admin'}.`;
  return { ...said, blocks: [...said.blocks, notice('neutral', why)] };
}
