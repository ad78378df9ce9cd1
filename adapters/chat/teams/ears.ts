/**
 * What comes in from Teams, verified, and what is answered at once.
 *
 * Owns: the order of the checks, one hearing per activity, the acknowledgement. Does not own: the checks themselves
 * (admission.ts), what a press or a form means (invokes.ts).
 * Rules:
 * 1. Nothing is parsed as a command before the sender is verified; a refusal says why in one line, without details of ours.
 * 2. Teams sends again what was not answered in 15 s: the same activity is heard once and gets the same answer.
 * 3. It is acknowledged once the gateway has it, in well under a second.
 */
import { rm } from 'node:fs/promises';
import { createHash, randomUUID } from 'node:crypto';
import { foreign, say } from '../../../src/domain/foreign.ts';
import { worded } from '../../../src/domain/worded.ts';
import { isMeantUnasked } from '../../../src/commands/overheard.ts';
import { registry } from '../../../src/commands/registry.ts';
import { message, notice } from '../../../src/messages/message.ts';
import type { Message } from '../../../src/messages/message.ts';
import { DeliveryLater } from '../../../src/ports/conversation.ts';
import { sayHello } from '../../../src/messages/welcome.ts';
import type {
  Actor,
  Conversation,
  Gateway,
  Heard,
  HeardFile,
  HearResult,
  Outbox,
  Said,
  Surface,
  Utterance,
} from '../../../src/ports/conversation.ts';
import { placeOf, readActivity } from './activity.ts';
import type { Activity } from './activity.ts';
import { readClaims, refuseClaims, refuseSender, refusal } from './admission.ts';
import type { Door, DoorHeaders } from './admission.ts';
import { fetchDropped } from './files-in.ts';
import { answerInvoke, hearPress, pressOf } from './invokes.ts';
import type { InvokeNeeds } from './invokes.ts';
import type { Membership } from './membership.ts';
import { conversationOf, rootOf } from './reference.ts';
import { put } from './shown.ts';
import { wordsOf } from './words.ts';

export interface EarsNeeds extends Omit<InvokeNeeds, 'hear' | 'activity' | 'event'> {
  readonly door: Door;
  /** Checks a token's signature; absent in local mode. */
  readonly authenticate?: (activity: Activity, authorization: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly gateway: Gateway;
  readonly surface: Surface;
  /** Takes what can't be said at once. */
  readonly outbox: Outbox;
  readonly membership: Membership;
  /** Dropped files are fetched into it. */
  readonly inbox: string;
  readonly now: () => number;
  /** Told of each refused request. */
  readonly refused: (why: string) => void;
  readonly firstTime: (id: string) => Promise<boolean>;
  /** The key of the message that was posted under this id of Teams. */
  readonly keyOf: (id: string) => Promise<string | undefined>;
  /** Told where Teams speaks from. */
  readonly spokenFrom: (serviceUrl: string) => void;
}

export interface Reply {
  readonly status: number;
  readonly body?: object;
}

export interface Ears {
  receive(headers: DoorHeaders, body: string): Promise<Reply>;
}

const TAKEN: Reply = { status: 200 };

export function openEars(needs: EarsNeeds): Ears {
  const seen = new Map<string, Promise<Reply>>();
  return {
    async receive(headers, body) {
      const admitted = await admit(headers, body, needs);
      if (admitted.kind === 'out') return admitted.reply;
      const { activity } = admitted;
      needs.spokenFrom(activity.serviceUrl ?? '');
      const event = eventOf(activity);
      const before = seen.get(event);
      if (before) return before;
      const reply = hearActivity(activity, event, needs);
      put(seen, event, reply);
      return reply;
    },
  };
}

type Admitted = { readonly kind: 'in'; readonly activity: Activity } | { readonly kind: 'out'; readonly reply: Reply };

async function admit(headers: DoorHeaders, body: string, needs: EarsNeeds): Promise<Admitted> {
  const { door } = needs;
  const refuse = (status: number, why: string): Admitted => {
    needs.refused(why);
    return { kind: 'out', reply: { status, body: { error: { code: 'Refused', message: why } } } };
  };
  const sender = refuseSender(headers, door);
  if (sender !== undefined) return refuse(door.kind === 'teams' ? 401 : 403, sender);
  const read = readActivity(body);
  if (read.kind === 'bad') return refuse(400, read.why);
  const { activity } = read;
  const why = refusal(activity, door);
  if (why !== undefined) return refuse(403, why);
  if (door.kind === 'local') return { kind: 'in', activity };
  const authorization = headers.authorization ?? '';
  const serviceUrl = activity.serviceUrl ?? '';
  const claimed = refuseClaims(readClaims(authorization), serviceUrl, door.appId);
  if (claimed !== undefined) return refuse(401, claimed);
  if (!needs.authenticate) return refuse(401, 'tokens can not be checked here');
  try {
    const verified = refuseClaims(await needs.authenticate(activity, authorization), serviceUrl, door.appId);
    return verified === undefined ? { kind: 'in', activity } : refuse(401, verified);
  } catch {
    return refuse(401, 'its token is not valid');
  }
}

/** The same for each delivery of the same activity. */
function eventOf(activity: Activity): string {
  const id = activity.id ?? randomUUID();
  const digest = createHash('sha256').update(`${activity.type} ${activity.conversation.id} ${id}`).digest('hex');
  return `teams-${digest.slice(0, 40)}`;
}

async function hearActivity(activity: Activity, event: string, needs: EarsNeeds): Promise<Reply> {
  const { from, recipient } = activity;
  if (!from || from.id === recipient?.id || from.role === 'bot')
    return activity.type === 'conversationUpdate' ? greet(activity, event, needs) : TAKEN;
  switch (activity.type) {
    case 'message':
      return hearMessage(activity, event, needs);
    case 'invoke':
      return answerInvoke({
        ...needs,
        activity,
        event,
        hear: (said, conversation) => hear(activity, event, said, conversation, needs),
      });
    case 'conversationUpdate':
      return greet(activity, event, needs);
    default:
      return TAKEN;
  }
}

async function hearMessage(activity: Activity, event: string, needs: EarsNeeds): Promise<Reply> {
  const conversation = conversationOf(activity);
  const press = pressOf(activity.value);
  if (press) {
    const { result } = await hearPress(press, {
      activity,
      event,
      memory: needs.memory,
      hear: (said, where) => hear(activity, event, said, where, needs),
    });
    if (result.kind === 'refused') await tell(result.message, conversation, `refused-${event}`, needs);
    return TAKEN;
  }
  const { words, mentioned } = wordsOf(activity);
  if (placeOf(activity) !== 'personal' && !mentioned && !isCommandInThread(activity, words)) return TAKEN;
  let files: readonly HeardFile[];
  try {
    files = await fetchDropped(activity, needs.door, needs.inbox);
  } catch (error) {
    const why = worded(error instanceof Error ? error.message : String(error), 300);
    await tell(message('warning', why, notice('warning', why)), conversation, `refused-${event}`, needs);
    return TAKEN;
  }
  const text = words === '' ? (files.length > 0 ? 'queue' : 'help') : words;
  const said: Said = { kind: 'words', text, ...(files.length > 0 && { files }) };
  const result = await hear(activity, event, said, conversation, needs);
  // Nobody will read it: the job of a redelivered drop has the file of the first.
  if (result.kind !== 'taken') await Promise.all(files.map((file) => rm(file.path, { force: true })));
  if (result.kind === 'refused') await tell(result.message, conversation, `refused-${event}`, needs);
  return TAKEN;
}

/** With the permission to read a channel everything arrives: only a command within a thread is meant for us unasked. */
function isCommandInThread(activity: Activity, words: string): boolean {
  const inThread = (activity.replyToId ?? '') !== '' || activity.conversation.id.includes(';messageid=');
  return inThread && isMeantUnasked(words, registry);
}

async function hear(
  activity: Activity,
  event: string,
  said: Said,
  conversation: Conversation,
  needs: EarsNeeds,
): Promise<HearResult> {
  const actor = actorOf(activity, needs.door);
  const outside = await needs.membership.refuse(activity, actor.id);
  if (outside !== undefined) {
    const words = say`${outside}`;
    return { kind: 'refused', message: message('warning', words, notice('warning', words)) };
  }
  const above = await beneath(conversation, needs);
  const heard: Heard = { id: event, at: needs.now(), conversation: { ...conversation, ...above }, actor, said };
  return needs.gateway.hear(heard);
}

/** Tenant and object id, as verified; an emulator's people have what it calls them. */
function actorOf(activity: Activity, door: Door): Actor {
  const tenant = activity.conversation.tenantId ?? activity.channelData?.tenant?.id ?? 'local';
  const object = activity.from?.aadObjectId ?? (door.kind === 'local' ? activity.from?.id : undefined) ?? '';
  return {
    surface: 'teams',
    id: `${tenant}/${object}`.toLowerCase().slice(0, 200),
    shown: foreign(activity.from?.name ?? object, 80),
  };
}

/** Which message of ours the thread hangs beneath; where that can't be found out, it is a thread like any other. */
async function beneath(conversation: Conversation, needs: EarsNeeds): Promise<Pick<Conversation, 'beneath'>> {
  const root = rootOf(conversation.id);
  const key = root === undefined ? undefined : await needs.keyOf(root).catch(() => undefined);
  return key === undefined ? {} : { beneath: key };
}

/**
 * Says it at once, past the outbox (which may be what is down), and leaves to it what Teams does not take now. A failure is
 * no failure of the hearing.
 */
async function tell(words: Message, conversation: Conversation, key: string, needs: EarsNeeds): Promise<void> {
  if (!(await needs.firstTime(key).catch(() => true))) return;
  const utterance: Utterance = { conversation, key, message: words };
  try {
    await needs.surface.deliver(utterance, undefined);
  } catch (error) {
    if (error instanceof DeliveryLater) await needs.outbox.put(utterance).catch(() => {});
  }
}

async function greet(activity: Activity, event: string, needs: EarsNeeds): Promise<Reply> {
  const added = activity.membersAdded?.some((member) => member.id === activity.recipient?.id) ?? false;
  if (added) await tell(sayHello(), conversationOf(activity), `hello-${event}`, needs);
  return TAKEN;
}
