/** The queues of several servers as one: what they hold together. */
import type { Snapshot } from './snapshot.ts';

const TOP = 20;

/** The first gives the name; at least one. */
export function mergeSnapshots(first: Snapshot, others: readonly Snapshot[]): Snapshot {
  if (others.length === 0) return first;
  const all = [first, ...others];
  const sum = (part: (each: Snapshot) => number): number => all.reduce((total, each) => total + part(each), 0);
  return {
    ...first,
    server: all.map((each) => each.server).join(', '),
    messages: sum((each) => each.messages),
    recipients: sum((each) => each.recipients),
    bytes: sum((each) => each.bytes),
    malformed: sum((each) => each.malformed),
    duplicates: sum((each) => each.duplicates),
    about: all.some((each) => each.about),
    byQueue: added(all.flatMap((each) => Object.entries(each.byQueue))),
    oldestSeconds: Math.max(...all.map((each) => each.oldestSeconds)),
    ages: first.ages.map(({ upToMinutes }, index) => ({
      upToMinutes,
      messages: sum((each) => each.ages[index]?.messages ?? 0),
    })),
    nullSender: {
      messages: sum((each) => each.nullSender.messages),
      // Domains may be the same on both: at least the larger number.
      recipientDomains: Math.max(...all.map((each) => each.nullSender.recipientDomains)),
    },
    topSenders: top(all.flatMap((each) => each.topSenders.map((one) => [one.sender, one.messages] as const))).map(
      ([sender, messages]) => ({ sender, messages }),
    ),
    topSenderDomains: top(
      all.flatMap((each) => each.topSenderDomains.map((one) => [one.domain, one.messages] as const)),
    ).map(([domain, messages]) => ({ domain, messages })),
    topRecipientDomains: top(
      all.flatMap((each) => each.topRecipientDomains.map((one) => [one.domain, one.recipients] as const)),
    ).map(([domain, recipients]) => ({ domain, recipients })),
    topReasons: top(all.flatMap((each) => each.topReasons.map((one) => [one.reason, one.recipients] as const))).map(
      ([reason, recipients]) => ({ reason, recipients }),
    ),
    oldest: all
      .flatMap((each) => each.oldest)
      .toSorted((a, b) => b.ageSeconds - a.ageSeconds)
      .slice(0, TOP),
  };
}

function added(pairs: readonly (readonly [string, number])[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [name, count] of pairs) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

function top(pairs: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  return Object.entries(added(pairs))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, TOP);
}
