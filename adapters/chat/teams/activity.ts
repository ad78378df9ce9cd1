/**
 * An activity of the Bot Framework, as far as it is read here. Source: "Bot Framework activity" specification; Teams'
 * own parts from "Conversation basics" of the Teams platform documentation.
 */
import { z } from 'zod';

const account = z.looseObject({
  id: z.string().max(400),
  name: z.string().max(400).nullish(),
  aadObjectId: z.string().max(100).nullish(),
  role: z.string().max(40).nullish(),
});

const activitySchema = z.looseObject({
  type: z.string().min(1).max(60),
  id: z.string().min(1).max(400).nullish(),
  name: z.string().max(200).nullish(),
  channelId: z.string().max(100),
  serviceUrl: z.string().max(500).nullish(),
  locale: z.string().max(40).nullish(),
  text: z.string().nullish(),
  replyToId: z.string().max(400).nullish(),
  from: account.nullish(),
  recipient: account.nullish(),
  conversation: z.looseObject({
    id: z.string().min(1).max(400),
    conversationType: z.string().max(40).nullish(),
    tenantId: z.string().max(100).nullish(),
    isGroup: z.boolean().nullish(),
  }),
  channelData: z
    .looseObject({
      tenant: z.looseObject({ id: z.string().max(100) }).nullish(),
      team: z.looseObject({ id: z.string().max(400).nullish() }).nullish(),
      channel: z.looseObject({ id: z.string().max(400).nullish() }).nullish(),
    })
    .nullish(),
  entities: z
    .array(
      z.looseObject({
        type: z.string().max(100).nullish(),
        text: z.string().max(1000).nullish(),
        mentioned: account.partial().nullish(),
      }),
    )
    .max(200)
    .nullish(),
  attachments: z
    .array(
      z.looseObject({
        contentType: z.string().max(200).nullish(),
        name: z.string().max(400).nullish(),
        content: z.unknown().optional(),
      }),
    )
    .max(50)
    .nullish(),
  membersAdded: z
    .array(z.looseObject({ id: z.string().max(400) }))
    .max(1000)
    .nullish(),
  value: z.unknown().optional(),
});

export type Activity = z.output<typeof activitySchema>;

/** The activity of a request's body, or why it is none. */
export function readActivity(
  body: string,
): { readonly kind: 'ok'; readonly activity: Activity } | { readonly kind: 'bad'; readonly why: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { kind: 'bad', why: 'the body is not JSON' };
  }
  const read = activitySchema.safeParse(parsed);
  if (read.success) return { kind: 'ok', activity: read.data };
  const [issue] = read.error.issues;
  return { kind: 'bad', why: `the body is not an activity (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})` };
}

/** Said in private, in a group, or in a channel of a team. */
export function placeOf(activity: Activity): 'personal' | 'group' | 'channel' {
  const { conversationType, isGroup } = activity.conversation;
  if (conversationType === 'channel') return 'channel';
  return conversationType === 'groupChat' || isGroup === true ? 'group' : 'personal';
}
