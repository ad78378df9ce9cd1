/**
 * Has the leak stopped, after all that was done?
 *
 * Owns: what the looks at both ways out (past the mail servers, through them) come to. Does not own: taking them
 * (jobs/incidents/leak-look.ts), what the playbook makes of it.
 * Rules:
 * 1. What is seen goes on, however short the look was.
 * 2. It has stopped where both ways were looked at, nothing goes out that should not, and the last thing was changed (or
 *    taken back) at least a quarter of an hour ago: a machine that wakes later, or a password that is known elsewhere too,
 *    shows itself only once everything is open again.
 * 3. A way that could not be looked at makes it unknown, never stopped.
 * 4. For three minutes a firewall may remember connections that are over; they accuse nobody so soon after a change.
 */
import type { CauseId } from '../causes.ts';
import type { Evidence } from '../diagnosis/evidence.ts';
import { readSigns } from '../diagnosis/signs.ts';
import { foreign, say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';

const MINUTE_MS = 60_000;
/** So long must nothing be seen after the last change. */
export const QUIET_MS = 15 * MINUTE_MS;
const REMEMBERED_MS = 3 * MINUTE_MS;
/** A machine that writes to so many mail servers outside has an engine of its own; a scanner that mails has one. */
const MANY_DESTINATIONS = 3;
const MANY_STRANGERS = 20;
const MANY_BOUNCES = 20;

export interface LeakLooks {
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly now: number;
  /** When something was changed, taken back or done by hand last; undefined: nothing was. */
  readonly changedAt: number | undefined;
  /** Machines inside, other than mail servers and declared scanners, that reach port 25 outside. Undefined: not seen. */
  readonly past: readonly { readonly who: Phrase; readonly destinations: number }[] | undefined;
  /** What the mail servers' logs show since then. Undefined: not seen. */
  readonly through: Pick<Evidence, 'logins' | 'localSenders' | 'bouncesPerMinute' | 'relayedForStrangers'> | undefined;
  /** What could not be looked at, and why. */
  readonly blind: readonly Phrase[];
}

export type LeakFinding =
  | { readonly kind: 'goes-on'; readonly cause: CauseId; readonly by: readonly Phrase[] }
  /** Nothing was seen, but not for long enough; `doubt`: but for what may be from before the change. */
  | {
      readonly kind: 'quiet';
      readonly since: number;
      readonly enoughAt: number;
      readonly doubt: readonly Phrase[];
    }
  | { readonly kind: 'stopped'; readonly since: number }
  | { readonly kind: 'unknown'; readonly why: readonly Phrase[] };

export function judgeLeak(looks: LeakLooks): LeakFinding {
  const { now, changedAt, blind } = looks;
  const past = pastTheServers(looks);
  const mayBeOld = changedAt !== undefined && now - changedAt < REMEMBERED_MS;
  const seen = [...(mayBeOld ? [] : past), ...throughTheServers(looks.through)];
  const [first] = seen;
  if (first) return { kind: 'goes-on', cause: first.cause, by: seen.map(({ by }) => by) };
  if (blind.length > 0 || !looks.past || !looks.through) return { kind: 'unknown', why: blind };
  const since = Math.min(changedAt ?? now - QUIET_MS, now);
  const doubt = mayBeOld ? past.map(({ by }) => by) : [];
  const enoughAt = since + (doubt.length > 0 ? REMEMBERED_MS : QUIET_MS);
  return enoughAt > now ? { kind: 'quiet', since, enoughAt, doubt } : { kind: 'stopped', since };
}

interface Going {
  readonly cause: CauseId;
  readonly by: Phrase;
}

function pastTheServers({ past }: LeakLooks): readonly Going[] {
  return (past ?? [])
    .filter(({ destinations }) => destinations >= MANY_DESTINATIONS)
    .map(({ who, destinations }) => ({
      cause: 'compromised-workstation' as const,
      by: say`${who} reaches port 25 of ${destinations} hosts outside, past the mail server`,
    }));
}

function throughTheServers(through: LeakLooks['through']): readonly Going[] {
  if (!through) return [];
  const { oddLogins, oddLocals } = readSigns(through);
  const { relayedForStrangers = 0, bouncesPerMinute = 0 } = through;
  return [
    ...oddLogins.map(({ login }) => ({
      cause: 'authenticated-relay' as const,
      by: say`${foreign(login.account, 60)} sent ${login.messages} messages since the last change, far more than usual`,
    })),
    ...oddLocals.map(({ uid, messages }) => ({
      cause: 'compromised-server' as const,
      by: say`${foreign(uid, 60)} on the mail server sent ${messages} messages since the last change, far more than usual`,
    })),
    ...(relayedForStrangers >= MANY_STRANGERS
      ? [
          {
            cause: 'open-relay' as const,
            by: say`${relayedForStrangers} mails were relayed for strangers since the last change`,
          },
        ]
      : []),
    ...(bouncesPerMinute >= MANY_BOUNCES
      ? [{ cause: 'ndr-attack' as const, by: say`the server still makes ${bouncesPerMinute} bounces a minute` }]
      : []),
  ];
}
