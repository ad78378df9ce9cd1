/**
 * Folds a listing into a snapshot as it arrives, in memory that does not grow with its length.
 *
 * Rules:
 * 1. A listing is no snapshot: a message that moved while it was read is there twice. It is counted once, as it was
 *    listed last.
 * 2. A message whose arrival lies in the future counts as just arrived.
 * 3. Names are cut to what such a name may have, so that a hostile one takes no more memory than another.
 * 4. A message without recipients (a leftover of a delivery) is a message all the same.
 */
import { domainOfAddress } from '../address/mailbox.ts';
import { BoundedCounter, FingerprintSet } from './counter.ts';
import type { Malformed, QueuedMessage } from './message.ts';
import { holdLatest } from './latest.ts';
import { mergeReason, withoutHosts } from './reason.ts';
import { AGE_CLASSES } from './snapshot.ts';
import { startSample } from './sample.ts';
import type { Mta, OldMessage, Snapshot } from './snapshot.ts';

const TOP = 20;
const NAMED_FAULTS = 5;
/** Distinct senders, and domains, that are counted exactly. */
const MOST_NAMES = 60_000;

/** Address literals (RFC 5321, 4.1.3) and names that no host may have are destinations all the same. */
const DESTINATION = /^(?:\[[0-9A-Za-z:.]+\]|[0-9A-Za-z_.-]+)$/;
/** An address has 254 characters at most (RFC 5321, 4.5.3.1.3). */
const LONGEST_NAME = 320;
const MOST_QUEUES = 60;

export interface QueueFold {
  message(message: QueuedMessage): void;
  malformed(fault: Malformed): void;
  /** Ids of at most 60 messages, spread evenly over the listing. */
  sample(): readonly string[];
  /** The first few faults, to be named. */
  readonly faults: readonly Malformed[];
  snapshot(server: string, mta: Mta): Snapshot;
}

/** `now`: seconds since 1970 UTC at which the listing was taken. */
export function startFold(now: number): QueueFold {
  const ids = new FingerprintSet();
  const nullDomains = new FingerprintSet(1_000_000);
  const senders = new BoundedCounter(MOST_NAMES);
  const senderDomains = new BoundedCounter(MOST_NAMES);
  const recipientDomains = new BoundedCounter(MOST_NAMES);
  const reasons = new BoundedCounter(5000);
  const merged = new Map<string, string>();
  const domains = new Map<string, string>();
  const byQueue = new Map<string, number>();
  const ages = AGE_CLASSES.map(() => 0);
  const faults: Malformed[] = [];
  const sample = startSample(60);
  let oldest: { readonly arrival: number; readonly shown: OldMessage }[] = [];
  let youngestOfThem = Infinity;
  const sums = { messages: 0, recipients: 0, bytes: 0, malformed: 0, duplicates: 0, oldest: 0, nulls: 0 };
  const domainOf = (address: string): string => {
    const at = address.lastIndexOf('@');
    const raw = at < 0 ? '' : address.slice(at + 1);
    if (raw.length > LONGEST_NAME) return '';
    const known = domains.get(raw);
    if (known !== undefined) return known;
    const domain = domainOfAddress(address) ?? (DESTINATION.test(raw) ? raw.toLowerCase() : '');
    if (domains.size > 20_000) domains.clear();
    domains.set(raw, domain);
    return domain;
  };
  const reasonOf = (reason: string): string => {
    const rough = withoutHosts(reason);
    const known = merged.get(rough);
    if (known !== undefined) return known;
    if (merged.size > 5000) merged.clear();
    const shown = mergeReason(rough);
    merged.set(rough, shown);
    return shown;
  };
  const latest = holdLatest((each) => {
    sums.messages += 1;
    sums.bytes += each.bytes;
    sums.recipients += each.recipients.length;
    const named = cut(each.queue, 60);
    const queue = byQueue.has(named) || byQueue.size < MOST_QUEUES ? named : 'other';
    byQueue.set(queue, (byQueue.get(queue) ?? 0) + 1);
    const age = Math.max(0, now - each.arrival);
    sums.oldest = Math.max(sums.oldest, age);
    if (each.arrival < youngestOfThem || oldest.length < TOP) {
      oldest = [...oldest, { arrival: each.arrival, shown: oldMessage(each, age) }]
        .toSorted((a, b) => a.arrival - b.arrival)
        .slice(0, TOP);
      youngestOfThem = oldest.at(-1)?.arrival ?? Infinity;
    }
    const index = AGE_CLASSES.findIndex((upTo) => upTo === null || age <= upTo * 60);
    ages[index] = (ages[index] ?? 0) + 1;
    senders.add(cut(each.sender, LONGEST_NAME));
    if (each.sender === '') sums.nulls += 1;
    else {
      const domain = domainOf(each.sender);
      if (domain !== '') senderDomains.add(domain);
    }
    for (const recipient of each.recipients) {
      const domain = domainOf(recipient.address);
      if (domain !== '') {
        recipientDomains.add(domain);
        if (each.sender === '') nullDomains.add(domain);
      }
      if (recipient.reason !== undefined) reasons.add(reasonOf(recipient.reason));
    }
  });
  return {
    faults,
    sample: () => sample.ids(),
    message(each) {
      const isKnown = latest.replace(each);
      if (isKnown || !ids.add(each.id)) {
        sums.duplicates += 1;
        return;
      }
      sample.add(each.id);
      latest.hold(each);
    },
    malformed(fault) {
      sums.malformed += 1;
      if (faults.length < NAMED_FAULTS) faults.push(fault);
    },
    snapshot(server, mta) {
      latest.settle();
      return {
        server,
        mta,
        takenAt: new Date(now * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
        messages: sums.messages,
        recipients: sums.recipients,
        bytes: sums.bytes,
        malformed: sums.malformed,
        duplicates: sums.duplicates,
        about:
          sums.duplicates > 0 ||
          ids.full ||
          [senders, senderDomains, recipientDomains, reasons].some((counter) => counter.about),
        byQueue: Object.fromEntries([...byQueue].toSorted(([a], [b]) => (a < b ? -1 : 1))),
        oldestSeconds: Math.round(sums.oldest),
        ages: AGE_CLASSES.map((upToMinutes, index) => ({ upToMinutes, messages: ages[index] ?? 0 })),
        nullSender: { messages: sums.nulls, recipientDomains: nullDomains.size },
        topSenders: senders.top(TOP).map(({ name, count }) => ({ sender: name, messages: count })),
        topSenderDomains: senderDomains.top(TOP).map(({ name, count }) => ({ domain: name, messages: count })),
        topRecipientDomains: recipientDomains.top(TOP).map(({ name, count }) => ({ domain: name, recipients: count })),
        topReasons: reasons.top(TOP).map(({ name, count }) => ({ reason: name, recipients: count })),
        oldest: oldest.map((each) => each.shown),
      };
    },
  };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function oldMessage(each: QueuedMessage, age: number): OldMessage {
  const reason = each.recipients.find((recipient) => recipient.reason !== undefined)?.reason?.slice(0, 300);
  return {
    id: each.id,
    queue: cut(each.queue, 60),
    ageSeconds: Math.round(age),
    sender: cut(each.sender, LONGEST_NAME),
    recipients: each.recipients.length,
    ...(reason !== undefined && { reason }),
  };
}
