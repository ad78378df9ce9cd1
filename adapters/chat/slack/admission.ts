/**
 * Who may speak to the bot at all, before any role is looked at.
 *
 * Rules:
 * 1. A person is the user id with the team id (and the enterprise's) of the verified body; names are never read.
 * 2. Members of other organisations, guests, and everybody in channels shared with others are refused, unless they are
 *    named: the person in `people` or `chat.slack.guests`, the channel in `chat.slack.sharedChannels`.
 * 3. Slack is asked what somebody is, at most once a minute and for at most 0.8 s. Where it doesn't answer, people of the
 *    workspace may go on: whom nobody named can only look anyway, and an outage is no time to lock them out. Where it
 *    refuses to tell (`missing_scope`, `user_not_found`), nobody unnamed is let in.
 */
import type { Clock } from '../../../src/ports/clock.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { fieldsOf } from './record.ts';
import type { Field } from './record.ts';
import { SlackTrouble } from './web.ts';
import type { SlackWeb } from './web.ts';

export interface Speaker {
  readonly user: string;
  /** The person's own team. */
  readonly team: string;
  readonly enterprise?: string;
}

/** `team/user`, or `enterprise/team/user`, as in tourniquet.yaml. */
export function identityOf(speaker: Speaker): string {
  const own = `${speaker.team}/${speaker.user}`;
  return speaker.enterprise === undefined ? own : `${speaker.enterprise}/${own}`;
}

export interface AdmissionRules {
  /** Channel ids. */
  readonly sharedChannels: readonly string[];
  /** User ids, or team/user. */
  readonly guests: readonly string[];
  /** Whether tourniquet.yaml names this person. */
  named(identity: string): boolean;
}

export interface Workspace {
  readonly team?: string;
  readonly enterprise?: string;
}

export interface Admission {
  /** Why not, to be told to the person; undefined: come in. */
  refuse(speaker: Speaker, channel: string, workspace: Workspace): Promise<Phrase | undefined>;
}

const KEEP_MS = 60_000;
const KEEP_UNKNOWN_MS = 10_000;
const ASK_MS = 800;
/** Slack can't be asked so (an old or partial API), rather than refusing to tell. */
const CANNOT_ASK = new Set([
  'unknown_method',
  'method_not_supported_for_channel_type',
  'status_404',
  'not_implemented',
]);

type Seen =
  | { readonly kind: 'known'; readonly fields: Field }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'untold'; readonly code: string };

export function openAdmission(web: SlackWeb, rules: AdmissionRules, clock: Clock): Admission {
  const ask = remember(web, clock);
  const allowed = (speaker: Speaker): boolean =>
    rules.named(identityOf(speaker)) ||
    [speaker.user, `${speaker.team}/${speaker.user}`, identityOf(speaker)].some((name) => rules.guests.includes(name));
  return {
    refuse: async (speaker, channel, workspace) => {
      const known = allowed(speaker);
      const nameThem = say`An admin can allow you by name in tourniquet.yaml: ${foreign(identityOf(speaker))} in people or chat.slack.guests.`;
      if (!known && isStranger(speaker, workspace))
        return say`You belong to another organisation; I answer this one’s people. ${nameThem}`;
      const [who, where] = await Promise.all([
        known ? undefined : ask('users.info', 'user', speaker.user),
        channel.startsWith('D') || rules.sharedChannels.includes(channel)
          ? undefined
          : ask('conversations.info', 'channel', channel),
      ]);
      const shared =
        where?.kind === 'known' &&
        ['is_ext_shared', 'is_pending_ext_shared', 'is_org_shared'].some((flag) => where.fields[flag] === true);
      if (shared)
        return say`This channel is shared with others; I answer in our own. An admin can allow it in tourniquet.yaml: ${foreign(channel)} in chat.slack.sharedChannels.`;
      if (who?.kind === 'untold') return say`Slack does not tell me who you are (${foreign(who.code)}). ${nameThem}`;
      if (who?.kind !== 'known') return undefined;
      if (who.fields['is_stranger'] === true)
        return say`You belong to another organisation; I answer this one’s people. ${nameThem}`;
      const guest = who.fields['is_restricted'] === true || who.fields['is_ultra_restricted'] === true;
      return guest ? say`You are a guest here; I answer members. ${nameThem}` : undefined;
    },
  };
}

function isStranger(speaker: Speaker, workspace: Workspace): boolean {
  if (workspace.team === undefined || speaker.team === workspace.team) return false;
  return workspace.enterprise === undefined || speaker.enterprise !== workspace.enterprise;
}

function remember(web: SlackWeb, clock: Clock): (method: string, name: string, id: string) => Promise<Seen> {
  const kept = new Map<string, { readonly until: number; readonly seen: Promise<Seen> }>();
  return (method, name, id) => {
    const now = clock.monotonic();
    const key = `${method} ${id}`;
    const old = kept.get(key);
    if (old && old.until > now) return old.seen;
    const seen = look(web, method, name, id);
    kept.set(key, { until: now + KEEP_MS, seen });
    void seen.then(
      (each) => each.kind === 'known' || kept.set(key, { until: clock.monotonic() + KEEP_UNKNOWN_MS, seen }),
    );
    if (kept.size > 5000) for (const [each, { until }] of kept) if (until < now) kept.delete(each);
    return seen;
  };
}

async function look(web: SlackWeb, method: string, name: string, id: string): Promise<Seen> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Seen>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'unknown' }), ASK_MS);
  });
  try {
    return await Promise.race([
      late,
      web.call(method, { [name]: id }).then((result): Seen => ({ kind: 'known', fields: fieldsOf(result[name]) })),
    ]);
  } catch (error) {
    if (error instanceof SlackTrouble && error.kind === 'never' && !CANNOT_ASK.has(error.code))
      return { kind: 'untold', code: error.code };
    return { kind: 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}
