/**
 * Where something was said, kept whole: what Teams needs to be answered though the process, or a week, is gone by.
 *
 * Rules: the base id of a conversation and the root of a thread are kept apart (the suffix `;messageid=` names the root);
 * a channel's message always belongs to a thread, its own where it begins one.
 */
import { z } from 'zod';
import type { Conversation } from '../../../src/ports/conversation.ts';
import { placeOf } from './activity.ts';
import type { Activity } from './activity.ts';

const named = z.strictObject({ id: z.string(), name: z.string().exactOptional(), aad: z.string().exactOptional() });

const referenceSchema = z.strictObject({
  v: z.literal(1),
  serviceUrl: z.string(),
  channelId: z.string(),
  place: z.enum(['personal', 'group', 'channel']),
  base: z.string(),
  root: z.string().exactOptional(),
  tenant: z.string().exactOptional(),
  team: z.string().exactOptional(),
  bot: named.exactOptional(),
  user: named.exactOptional(),
  locale: z.string().exactOptional(),
});

export type Reference = z.output<typeof referenceSchema>;

/** The conversation an activity came from. */
export function conversationOf(activity: Activity): Conversation {
  const { id } = activity.conversation;
  const place = placeOf(activity);
  const base = baseOf(id);
  const root = rootOf(id) ?? (place === 'channel' ? (activity.replyToId ?? activity.id ?? undefined) : undefined);
  const tenant = activity.conversation.tenantId ?? activity.channelData?.tenant?.id;
  const team = activity.channelData?.team?.id;
  const bot = accountOf(activity.recipient);
  const user = accountOf(activity.from);
  const reference: Reference = {
    v: 1,
    serviceUrl: activity.serviceUrl ?? '',
    channelId: activity.channelId,
    place,
    base,
    ...(root !== undefined && { root }),
    ...(typeof tenant === 'string' && { tenant }),
    ...(typeof team === 'string' && { team }),
    ...(bot && { bot }),
    ...(user && { user }),
    ...(typeof activity.locale === 'string' && { locale: activity.locale }),
  };
  const alone = place === 'personal' ? ({ alone: true } as const) : {};
  return { surface: 'teams', id: addressOf(reference), reference: JSON.stringify(reference), ...alone };
}

/** The id under which Teams takes messages for it: the thread's own where there is one. */
export function addressOf(reference: Pick<Reference, 'base' | 'root'>): string {
  return reference.root === undefined ? reference.base : `${reference.base};messageid=${reference.root}`;
}

/** What was kept, or undefined where the house named the place itself. Throws an Error where it is broken. */
export function readReference(conversation: Conversation): Reference | undefined {
  return conversation.reference === undefined ? undefined : referenceSchema.parse(JSON.parse(conversation.reference));
}

export function baseOf(id: string): string {
  return id.split(';')[0] ?? id;
}

export function rootOf(id: string): string | undefined {
  return /;messageid=([^;]+)/.exec(id)?.[1];
}

function accountOf(account: Activity['from']): Reference['bot'] {
  if (!account) return undefined;
  const { id, name, aadObjectId } = account;
  return {
    id,
    ...(typeof name === 'string' && { name }),
    ...(typeof aadObjectId === 'string' && { aad: aadObjectId }),
  };
}
