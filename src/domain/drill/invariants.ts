/**
 * What must hold after every drill, however badly its ports behaved: the devices' own record against the ledger and the
 * audit log.
 *
 * Rules, each with its number as it is told when it is broken:
 * 1. Every measure has ended or stands known; what has ended stands nowhere; every command was answered.
 * 2. No effect happens twice for one measure.
 * 3. No measure is in an unknown state for longer than a minute in which its device, the journal and the audit log (without
 *    which nothing is carried out) could be reached.
 * 4. A leased measure ends by the device's own timer within 5 s of its time.
 * 5. Every effect has its intent in the audit log before it, and the chain is whole.
 * 6. Nobody was told that something is in force, or taken back, that wasn't.
 */
import type { MeasureEvent, MeasureRecord } from '../measures/record.ts';

/** All times in monotonic milliseconds. */
export interface DrillHistory {
  readonly acts: readonly {
    readonly at: number;
    readonly device: string;
    readonly file: string;
    readonly fence: number | undefined;
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly by: 'command' | 'hand' | 'timer';
  }[];
  readonly measures: readonly MeasureRecord[];
  readonly ledger: readonly { readonly at: number; readonly number: number; readonly event: MeasureEvent }[];
  readonly audit: readonly {
    readonly at: number;
    readonly kind: string;
    readonly about: string;
    readonly fence: number | undefined;
  }[];
  readonly isAuditWhole: boolean;
  readonly unanswered: readonly string[];
  readonly away: readonly { readonly from: number; readonly to: number }[];
  /** What was said of a measure: when, and as what. */
  readonly told: readonly { readonly at: number; readonly number: number; readonly as: 'in-force' | 'taken-back' }[];
  readonly end: number;
}

const MOST_UNKNOWN_MS = 60_000;

export function brokenInvariants(history: DrillHistory): readonly string[] {
  return [
    ...endings(history),
    ...leftBehind(history),
    ...effectsTwice(history),
    ...unknownTooLong(history),
    ...leases(history),
    ...intents(history),
    ...untruths(history),
  ];
}

function endings({ measures, unanswered }: DrillHistory): readonly string[] {
  return [
    ...measures
      .filter(({ state }) => state === 'approved' || state === 'engaging' || state === 'releasing')
      .map(({ number, state }) => `1: measure ${number} was left ${state}`),
    ...unanswered.map((line) => `1: ${JSON.stringify(line)} was never answered`),
  ];
}

/** As the devices are at the end; what was cleaned out of a queue lies in a file and changes nothing. */
function leftBehind({ acts, measures }: DrillHistory): readonly string[] {
  const last = new Map(acts.map((act) => [`${act.file} on ${act.device}`, act]));
  return measures.flatMap(({ number, state, order }) => {
    const isOver = state === 'failed' || state === 'released' || state === 'denied' || state === 'expired';
    if (!isOver || order.kind === 'clean-queue') return [];
    return [...last].flatMap(([where, { after, by }]) =>
      by === 'command' && carries(after, number) ? [`1: measure ${number} is ${state}, and stands in ${where}`] : [],
    );
  });
}

const carries = (text: string | undefined, number: number): boolean => new RegExp(`# tq${number}\\b`).test(text ?? '');

function effectsTwice({ acts, measures }: DrillHistory): readonly string[] {
  return measures.flatMap(({ number }) => {
    const mine = acts.filter((act) => act.by === 'command');
    const laid = mine.filter((act) => !carries(act.before, number) && carries(act.after, number)).length;
    const taken = mine.filter((act) => carries(act.before, number) && !carries(act.after, number)).length;
    // What a hand or the lease took away may be laid again.
    const lost = acts.filter((act) => act.by !== 'command' && carries(act.before, number)).length;
    return [
      ...(laid > 1 + lost ? [`2: measure ${number} was laid ${laid} times`] : []),
      ...(taken > 1 + lost ? [`2: measure ${number} was taken back ${taken} times`] : []),
    ];
  });
}

function unknownTooLong({ ledger, measures, away, end }: DrillHistory): readonly string[] {
  return measures.flatMap(({ number }) => {
    const mine = ledger.filter((each) => each.number === number);
    let since: number | undefined;
    let worst = 0;
    const close = (at: number): void => {
      if (since !== undefined) worst = Math.max(worst, at - since - awayBetween(away, since, at));
      since = undefined;
    };
    for (const { at, event } of mine) {
      const opens = event.kind === 'engaging' || event.kind === 'releasing';
      const isUnknown = event.kind === 'observed' && event.seen === 'unknown';
      if (opens || isUnknown) since ??= at;
      else if (event.kind !== 'told' && event.kind !== 'asked') close(at);
    }
    close(end);
    const seconds = Math.round(worst / 1000);
    return worst > MOST_UNKNOWN_MS ? [`3: measure ${number} was in an unknown state for ${seconds} s`] : [];
  });
}

/** Spans that overlap count once. */
function awayBetween(away: DrillHistory['away'], from: number, to: number): number {
  let sum = 0;
  let until = from;
  for (const each of away.toSorted((a, b) => a.from - b.from)) {
    const end = Math.min(to, each.to);
    sum += Math.max(0, end - Math.max(until, each.from));
    until = Math.max(until, end);
  }
  return sum;
}

function leases({ acts, measures }: DrillHistory): readonly string[] {
  return measures.flatMap(({ number, order }) => {
    const minutes = order.kind === 'unplug' ? order.leaseMinutes : undefined;
    if (minutes === undefined) return [];
    const laid = acts.findLast((act) => act.by === 'command' && carries(act.after, number));
    const ended = acts.find(
      (act) => act.at > (laid?.at ?? Infinity) && carries(act.before, number) && !carries(act.after, number),
    );
    const late = ended && laid ? ended.at - laid.at - minutes * 60_000 : 0;
    return ended?.by === 'timer' && Math.abs(late) > 5000
      ? [`4: measure ${number} ended ${Math.round(late / 1000)} s off its lease`]
      : [];
  });
}

function intents({ acts, audit, isAuditWhole }: DrillHistory): readonly string[] {
  const bare = acts.filter(
    (act) =>
      act.by === 'command' &&
      !audit.some((entry) => entry.kind === 'intent' && entry.fence === act.fence && entry.at <= act.at),
  );
  return [
    ...bare.map(
      (act) => `5: ${act.device} ${act.file} was changed at ${Math.round(act.at / 1000)} s without an intent before it`,
    ),
    ...(isAuditWhole ? [] : ['5: the audit log is not whole']),
  ];
}

/** A word is true if it was so when it was last looked, which the word itself says; another's hand since is no lie. */
function untruths({ told, acts }: DrillHistory): readonly string[] {
  return told.flatMap(({ at, number, as }) => {
    const before = acts.filter((act) => act.at <= at && (carries(act.before, number) || carries(act.after, number)));
    const last = before.at(-1);
    const stands = carries(last?.after, number);
    const byOthers = last !== undefined && last.by !== 'command';
    const seconds = Math.round(at / 1000);
    if (as === 'in-force' && !stands && !byOthers)
      return [`6: measure ${number} was told to be in force at ${seconds} s, and was not`];
    if (as === 'taken-back' && stands)
      return [`6: measure ${number} was told to be taken back at ${seconds} s, and was not`];
    return [];
  });
}
