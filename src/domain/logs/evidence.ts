/**
 * What the log shows of the last hour, against the past of each account.
 *
 * Rules:
 * 1. What is usual for an account is the median, over the days before the last 24 hours, of the busiest hour of each day
 *    (none counts as 0). With less than three such days it isn't known. A flood that began today can't become usual.
 * 2. Rates are those of the busiest five minutes of the last hour, per minute: a wave stays visible for an hour.
 * 3. How many domains a sender reaches is told where at least half of its messages were tried.
 * 4. A log whose last line is more than an hour old says nothing about now. One with lines from the future (its clock was
 *    set back) says nothing about what came since a moment: old mail would count as new.
 */
import type { Evidence, InsideClientEvidence, LocalSenderEvidence, LoginEvidence } from '../diagnosis/evidence.ts';
import { SLOT_SECONDS } from './fold.ts';
import type { LogState, Slot } from './state.ts';

const WINDOW = 3600;
const DAY = 86_400;
const DAYS_NEEDED = 3;
/** Accounts that are told, those with the most messages. */
const MOST_TOLD = 50;
const MOST_ADDRESSES_TOLD = 20;

export type LogEvidence = Required<
  Pick<
    Evidence,
    | 'logins'
    | 'localSenders'
    | 'insideClients'
    | 'unknownRecipientsPerMinute'
    | 'bouncesPerMinute'
    | 'relayedForStrangers'
  >
>;

/**
 * `now`: the host's own time, seconds since 1970 UTC. `since`: only what came from then on, in place of the last hour, to
 * the five minutes. A text instead: why the log says nothing.
 */
export function evidenceOfLog(state: LogState, now: number, since?: number): LogEvidence | string {
  if (state.seenTo === -Infinity) return 'no line of a mail server is in it';
  const age = now - state.seenTo;
  if (age > WINDOW) return `its last line is ${Math.round(age / 3600)} h old`;
  if (since !== undefined && -age > SLOT_SECONDS)
    return `a line of it is from ${Math.round(-age / 60)} min in the future: the clock was set back, and until then what came since is not told from what came before`;
  const slots = [...state.slots]
    .filter(([number]) =>
      since === undefined ? (number + 1) * SLOT_SECONDS > now - WINDOW : number * SLOT_SECONDS >= since,
    )
    .map(([, slot]) => slot);
  const rate = (part: (slot: Slot) => number): number =>
    Math.round(slots.reduce((most, slot) => Math.max(most, part(slot)), 0) / (SLOT_SECONDS / 60));
  return {
    logins: sendersOf(slots, 'login:').map((sent): LoginEvidence => {
      const { who, messages, addresses } = sent;
      const usual = usualPerHour(state, who, now);
      const account = who.slice('login:'.length);
      return {
        account,
        messages,
        ...domainsOf(sent),
        ...(addresses.size > 0 && { addresses: [...addresses].slice(0, MOST_ADDRESSES_TOLD) }),
        ...(usual !== undefined && { usualPerHour: usual }),
        ...failuresBefore(state, account, now),
      };
    }),
    localSenders: sendersOf(slots, 'local:').map((sent): LocalSenderEvidence => {
      const { who, messages } = sent;
      const usual = usualPerHour(state, who, now);
      return {
        uid: who.slice('local:'.length),
        messages,
        ...domainsOf(sent),
        ...(usual !== undefined && { usualPerHour: usual }),
      };
    }),
    insideClients: sendersOf(slots, 'client:').map((sent): InsideClientEvidence => {
      const { who, messages } = sent;
      const usual = usualPerHour(state, who, now);
      return {
        address: who.slice('client:'.length),
        messages,
        ...domainsOf(sent),
        ...(usual !== undefined && { usualPerHour: usual }),
      };
    }),
    unknownRecipientsPerMinute: rate((slot) => slot.unknown),
    bouncesPerMinute: rate((slot) => slot.bounces),
    relayedForStrangers: slots.reduce((sum, slot) => sum + slot.strangers, 0),
  };
}

function domainsOf({ messages, tried, domains }: Sent): { readonly recipientDomains?: number } {
  return tried * 2 >= messages ? { recipientDomains: domains.size } : {};
}

/** That nobody tried before is known only where the log goes back a day. */
function failuresBefore(state: LogState, account: string, now: number): { readonly failuresBefore?: number } {
  const seen = state.guesses.get(account);
  if (seen !== undefined) return { failuresBefore: seen };
  return now - state.seenFrom >= DAY ? { failuresBefore: 0 } : {};
}

interface Sent {
  readonly who: string;
  messages: number;
  tried: number;
  readonly domains: Set<string>;
  readonly addresses: Set<string>;
}

function sendersOf(slots: readonly Slot[], prefix: string): readonly Sent[] {
  const sums = new Map<string, Sent>();
  for (const slot of slots)
    for (const [who, each] of slot.senders) {
      if (!who.startsWith(prefix)) continue;
      const sum = sums.get(who) ?? {
        who,
        messages: 0,
        tried: 0,
        domains: new Set<string>(),
        addresses: new Set<string>(),
      };
      sums.set(who, sum);
      sum.messages += each.messages;
      sum.tried += each.tried;
      for (const domain of each.domains) sum.domains.add(domain);
      for (const address of each.addresses) sum.addresses.add(address);
    }
  return [...sums.values()]
    .filter((sum) => sum.messages > 0)
    .toSorted((a, b) => b.messages - a.messages || (a.who < b.who ? -1 : 1))
    .slice(0, MOST_TOLD);
}

function usualPerHour(state: LogState, who: string, now: number): number | undefined {
  const days = Math.floor((now - state.seenFrom) / DAY) - 1;
  if (days < DAYS_NEEDED) return undefined;
  const peaks = Array.from({ length: days }, () => 0);
  for (const [hour, count] of state.hours.get(who) ?? []) {
    const index = Math.floor((now - hour * 3600) / DAY) - 1;
    const peak = peaks[index];
    if (peak !== undefined) peaks[index] = Math.max(peak, count);
  }
  return peaks.toSorted((a, b) => a - b)[Math.floor((peaks.length - 1) / 2)];
}
