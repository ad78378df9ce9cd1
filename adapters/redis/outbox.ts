/**
 * What is to be said, kept in Redis until a surface has said it.
 *
 * Owns: order per conversation, one pending version per message, the platform's ids of what was posted. Does not own:
 * how a platform is spoken to (each chat adapter's `deliver`).
 * Rules:
 * 1. `put` resolves once Redis has it. A later version under the same key takes the place of a pending one (edits
 *    coalesce), or its own where that one is being said; a loud one never does.
 * 2. One deliverer at a time per conversation (a lease of 8 s, renewed while it speaks, so that the messages of a killed
 *    one soon go on); a conversation told to wait (429) holds up no other.
 * 3. A message is removed only after the surface has returned its id: a crash in between says it twice rather than
 *    never, and the second is an edit where the platform's id was kept.
 */
import type { Utterance } from '../../src/ports/conversation.ts';
import { KEY_PREFIX } from './connection.ts';
import type { RedisClient } from './connection.ts';

/** Who delivers it: a platform, one console (its rooms are CONSOLE/ROOM), or one terminal. */
export function outboxAddress(conversation: Utterance['conversation']): string {
  switch (conversation.surface) {
    case 'slack':
    case 'teams':
      return conversation.surface;
    case 'web':
      return `web/${conversation.id.split('/')[0]}`;
    case 'terminal':
    case 'shell':
      return `${conversation.surface}/${conversation.id}`;
    default:
      return conversation.surface satisfies never;
  }
}

/** Gives the slot a place after the first `first - 1`, where a version of it waits that has none there. */
const PLACE = `
local function place(first)
  if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return end
  local queue = redis.call('LRANGE', KEYS[1], first - 1, -1)
  for _, slot in ipairs(queue) do if slot == ARGV[1] then return end end
  redis.call('RPUSH', KEYS[1], ARGV[1])
end`;

/** What stands first may be on its way to the surface: a later version of it gets a place of its own. */
const PUT = `${PLACE}
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
place(2)
if not redis.call('ZSCORE', KEYS[3], ARGV[3]) then redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3]) end
for _, key in ipairs({KEYS[1], KEYS[2]}) do redis.call('PEXPIRE', key, 604800000) end
return 1`;

/** Takes a due conversation's oldest message under a lease: moves its due time ahead by the lease. */
const TAKE = `
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)
if #due == 0 then return nil end
redis.call('ZADD', KEYS[1], ARGV[2], due[1])
return due[1]`;

const DONE = `${PLACE}
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('LREM', KEYS[1], 0, ARGV[1])
else
  redis.call('LREM', KEYS[1], 1, ARGV[1])
  place(1)
end
if redis.call('LLEN', KEYS[1]) == 0 then redis.call('ZREM', KEYS[3], ARGV[3])
else redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3]) end
return 1`;

export interface PendingUtterance {
  readonly utterance: Utterance;
  readonly raw: string;
  readonly slot: string;
}

export interface RedisOutbox {
  put(utterance: Utterance): Promise<void>;
  /** The next message that is due at this address, or undefined. `now` in milliseconds since 1970 UTC. */
  take(address: string, now: number): Promise<PendingUtterance | undefined>;
  /** Keeps the lease while a surface takes its time. */
  renew(address: string, pending: PendingUtterance, now: number): Promise<void>;
  done(address: string, pending: PendingUtterance, now: number): Promise<void>;
  /** Puts this conversation off until `until`. */
  later(address: string, pending: PendingUtterance, until: number): Promise<void>;
  /** The platform's id of what was posted under this key (kept 60 days). */
  posted(address: string, utterance: Utterance): Promise<string | undefined>;
  keepPosted(address: string, utterance: Utterance, id: string): Promise<void>;
  /** The key of what was posted under this platform's id (kept as long). */
  keyOf(address: string, id: string): Promise<string | undefined>;
}

const KEEP_POSTED_SECONDS = 60 * 86_400;
const LEASE_MS = 8000;
/** A lease is renewed this often, in milliseconds. */
export const RENEW_MS = 2500;

/** `changed` is told the address of each new message, so that a deliverer needn't poll. */
export function openOutbox(redis: RedisClient, changed: (address: string) => void = () => {}): RedisOutbox {
  const base = `${KEY_PREFIX}:outbox`;
  const keys = (address: string, conversation: string) => ({
    queue: `${base}:${address}:q:${conversation}`,
    versions: `${base}:${address}:m:${conversation}`,
    due: `${base}:${address}:due`,
    posted: `${base}:${address}:posted:${conversation}`,
  });
  return {
    async put(utterance) {
      const address = outboxAddress(utterance.conversation);
      const key = keys(address, utterance.conversation.id);
      const slot = utterance.loud
        ? `${utterance.key}#${Date.now()}-${Math.round(performance.now() * 1000)}`
        : utterance.key;
      const due = String(Date.now());
      await redis.eval(
        PUT,
        3,
        key.queue,
        key.versions,
        key.due,
        slot,
        JSON.stringify(utterance),
        utterance.conversation.id,
        due,
      );
      await redis.publish(`${base}:changed`, address);
      changed(address);
    },
    async take(address, now) {
      const conversation = await redis.eval(TAKE, 1, `${base}:${address}:due`, String(now), String(now + LEASE_MS));
      if (typeof conversation !== 'string') return undefined;
      const key = keys(address, conversation);
      const slot = await redis.lindex(key.queue, 0);
      const raw = slot === null ? null : await redis.hget(key.versions, slot);
      if (slot === null || raw === null) {
        await redis.zrem(key.due, conversation);
        if (slot !== null) await redis.lpop(key.queue);
        return undefined;
      }
      const utterance: Utterance = JSON.parse(raw);
      return { utterance, raw, slot };
    },
    async renew(address, pending, now) {
      const { id } = pending.utterance.conversation;
      await redis.zadd(keys(address, id).due, 'XX', now + LEASE_MS, id);
    },
    async done(address, pending, now) {
      const { id } = pending.utterance.conversation;
      const key = keys(address, id);
      await redis.eval(DONE, 3, key.queue, key.versions, key.due, pending.slot, pending.raw, id, String(now));
    },
    async later(address, pending, until) {
      const { id } = pending.utterance.conversation;
      await redis.zadd(keys(address, id).due, until, id);
    },
    async posted(address, utterance) {
      return (await redis.get(`${keys(address, utterance.conversation.id).posted}:${utterance.key}`)) ?? undefined;
    },
    async keepPosted(address, utterance, id) {
      const { posted } = keys(address, utterance.conversation.id);
      await redis.set(`${posted}:${utterance.key}`, id, 'EX', KEEP_POSTED_SECONDS);
      await redis.set(`${base}:${address}:key:${id}`, utterance.key, 'EX', KEEP_POSTED_SECONDS);
    },
    async keyOf(address, id) {
      return (await redis.get(`${base}:${address}:key:${id}`)) ?? undefined;
    },
  };
}

export const OUTBOX_CHANNEL = `${KEY_PREFIX}:outbox:changed`;
