/**
 * Log events -> what each login and each local program sent, and what the server refused and bounced.
 *
 * Owns: bringing the lines of one message together, counting in bounded memory, the state that is kept between two looks.
 * Does not own: what a line says (postfix-lines, exim-lines, exchange-lines, exchange-tracking), what is usual (evidence.ts).
 * Rules:
 * 1. Counted per hour for the past, and per five minutes with domains and addresses for the last hour or so.
 * 2. Failures before a login: those from the same address; those against the account from elsewhere only where the
 *    login comes from an address outside that this account was never seen at.
 * 3. Recipients are logged when a message is tried, which may be hours after it was taken (Exim queues what comes in large
 *    numbers): how many were tried is counted beside their domains.
 * 4. A stranger's mail is relayed where a client outside, without a login, hands in mail that is passed on away: not to
 *    a domain of one's own, not by an alias. Where one's own domains aren't known, only what is passed on to a public
 *    address counts.
 * 5. A client inside without a login is counted by its address; one on the server itself (a content filter that hands
 *    mail back) is none.
 */
import { domainOfAddress } from '../address/mailbox.ts';
import { isLoopback, isOutside } from '../address/special.ts';
import type { LogEvent, Origin } from './event.ts';
import { emptyLogState } from './state.ts';
import type { LogState, Slot, SlotOf } from './state.ts';

export const SLOT_SECONDS = 300;
/** Slots that are kept: a little more than an hour. */
const SLOTS = 15;
const HOURS = 14 * 24;
const MOST_SENDERS = 400;
const MOST_MESSAGES = 20_000;
const MOST_FAILURES = 20_000;
const MOST_DOMAINS = 500;
const MOST_ADDRESSES = 50;

export interface LogFold {
  event(event: LogEvent): void;
  state(): LogState;
}

/** Goes on from `before`. `ownDomains`: those that the server receives for; empty where they aren't known. */
export function startLogFold(before: LogState | undefined, ownDomains: readonly string[]): LogFold {
  const state = before ?? emptyLogState();
  const own = new Set(ownDomains);
  const slotAt = (at: number): Slot => {
    const number = Math.floor(at / SLOT_SECONDS);
    const known = state.slots.get(number);
    if (known) return known;
    const slot: Slot = { senders: new Map(), unknown: 0, bounces: 0, strangers: 0 };
    state.slots.set(number, slot);
    if (state.slots.size > SLOTS) state.slots.delete(Math.min(...state.slots.keys()));
    return slot;
  };
  return {
    event(event) {
      state.seenFrom = Math.min(state.seenFrom, event.at);
      state.seenTo = Math.max(state.seenTo, event.at);
      switch (event.kind) {
        case 'taken':
          return take(state, slotAt(event.at), event.at, event.id, event.origin);
        case 'passed':
          return pass(state, slotAt(event.at), event, own);
        case 'done':
          state.messages.delete(event.id);
          return undefined;
        case 'login-failed':
          return fail(state, event.address, event.account);
        case 'unknown-recipient':
          slotAt(event.at).unknown += event.count ?? 1;
          return undefined;
        case 'bounce':
          slotAt(event.at).bounces += 1;
          return undefined;
        case 'other':
          return undefined;
        default:
          return event satisfies never;
      }
    },
    state: () => state,
  };
}

function take(state: LogState, slot: Slot, at: number, id: string, origin: Origin): void {
  switch (origin.kind) {
    case 'login':
      note(state, slot, at, id, `login:${origin.account}`, origin.address);
      return succeed(state, origin.account, origin.address);
    case 'local':
      return note(state, slot, at, id, `local:${origin.uid}`, undefined);
    case 'client':
      if (isOutside(origin.address)) return remember(state.messages, id, 'stranger', MOST_MESSAGES);
      return isLoopback(origin.address) ? undefined : note(state, slot, at, id, `client:${origin.address}`, undefined);
    case 'own':
      return undefined;
    default:
      return origin satisfies never;
  }
}

function note(state: LogState, slot: Slot, at: number, id: string, who: string, address: string | undefined): void {
  remember(state.messages, id, who, MOST_MESSAGES);
  const sent = slotOf(slot, who);
  sent.messages += 1;
  if (address !== undefined && sent.addresses.size < MOST_ADDRESSES) sent.addresses.add(address);
  const hour = Math.floor(at / 3600);
  const hours = state.hours.get(who) ?? new Map<number, number>();
  state.hours.set(who, hours);
  hours.set(hour, (hours.get(hour) ?? 0) + 1);
  if (hours.size > HOURS) hours.delete(Math.min(...hours.keys()));
  if (state.hours.size > MOST_SENDERS) forgetSmallest(state.hours);
}

function slotOf(slot: Slot, who: string): SlotOf {
  const known = slot.senders.get(who) ?? {
    messages: 0,
    tried: 0,
    domains: new Set<string>(),
    addresses: new Set<string>(),
  };
  if (slot.senders.size < MOST_SENDERS) slot.senders.set(who, known);
  return known;
}

/** Half of them at once, so that it is seldom done. */
function forgetSmallest(hours: LogState['hours']): void {
  const sums = [...hours].map(
    ([who, each]) => [who, [...each.values()].reduce((sum, count) => sum + count, 0)] as const,
  );
  for (const [who] of sums.toSorted(([, a], [, b]) => a - b).slice(0, MOST_SENDERS / 2)) hours.delete(who);
}

function pass(
  state: LogState,
  slot: Slot,
  event: Extract<LogEvent, { kind: 'passed' }>,
  own: ReadonlySet<string>,
): void {
  const kept = state.messages.get(event.id);
  if (kept === undefined) return;
  const who = kept.replace(/^!/, '');
  const recipients = [event.recipient, ...(event.others ?? [])];
  if (who !== 'stranger') {
    const sent = slotOf(slot, who);
    if (kept === who) {
      sent.tried += 1;
      state.messages.set(event.id, `!${who}`);
    }
    const { domains } = sent;
    for (const each of recipients) {
      const domain = domainOfAddress(each);
      if (domain !== undefined && domains.size < MOST_DOMAINS) domains.add(domain);
    }
    return;
  }
  const isAway = recipients.some((each) => {
    const domain = domainOfAddress(each);
    return domain !== undefined && !own.has(domain);
  });
  if (event.way.kind !== 'away' || event.forwarded || !isAway) return;
  const { relay } = event.way;
  if (own.size === 0 && (relay === undefined || !isOutside(relay))) return;
  state.messages.delete(event.id);
  slot.strangers += 1;
}

function fail(state: LogState, address: string | undefined, account: string | undefined): void {
  if (address !== undefined) countOne(state.failures, `from ${address}`);
  if (account === undefined || account === '') return;
  countOne(state.failures, `for ${account}`);
  if (address !== undefined) countOne(state.failures, `from ${address} for ${account}`);
}

function succeed(state: LogState, account: string, address: string | undefined): void {
  if (address === undefined) return;
  const known = state.seenAt.get(account) ?? new Set<string>();
  if (known.has(address)) return;
  const from = state.failures.get(`from ${address}`) ?? 0;
  const elsewhere =
    (state.failures.get(`for ${account}`) ?? 0) - (state.failures.get(`from ${address} for ${account}`) ?? 0);
  const before = from + (isOutside(address) ? elsewhere : 0);
  if (before > (state.guesses.get(account) ?? 0)) remember(state.guesses, account, before, MOST_SENDERS);
  if (known.size < MOST_ADDRESSES) known.add(address);
  remember(state.seenAt, account, known, MOST_SENDERS);
}

function countOne(counts: Map<string, number>, name: string): void {
  remember(counts, name, (counts.get(name) ?? 0) + 1, MOST_FAILURES);
}

/** What was noted last is kept longest. A quarter goes at once: taking the first of a Map one by one is slow. */
function remember<T>(map: Map<string, T>, name: string, value: T, most: number): void {
  map.delete(name);
  map.set(name, value);
  if (map.size <= most) return;
  let surplus = most / 4;
  for (const oldest of map.keys()) {
    if (surplus <= 0) break;
    surplus -= 1;
    map.delete(oldest);
  }
}
