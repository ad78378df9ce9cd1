/** Whether a queue asks for somebody between the mornings. */
import { foreign, say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';
import type { LogEvidence } from '../logs/evidence.ts';
import type { QueueLook } from '../queues/trend.ts';

export interface Thresholds {
  /** Waiting messages on one server. */
  readonly queue: number;
  /** Waiting messages more than an hour ago. */
  readonly growthPerHour: number;
  /** Null-sender messages, where they are at least half of what waits. */
  readonly nullSender: number;
  /** Messages that one login has sent within an hour, and at least five times its usual. */
  readonly loginPerHour: number;
  /** Bounces that the server makes in a minute. */
  readonly bouncesPerMinute: number;
}

const HOUR_MS = 3_600_000;

/** What is exceeded, each in words; empty where nothing is. `before`: the looks of the last hour, oldest first. */
export function exceeded(
  server: string,
  now: QueueLook,
  before: readonly QueueLook[],
  limits: Thresholds,
): readonly Phrase[] {
  const grown = growth(now, before);
  return [
    ...(now.messages >= limits.queue ? [say`${server} has ${now.messages} messages waiting`] : []),
    ...(grown >= limits.growthPerHour ? [say`${server} has ${grown} more waiting than within the last hour`] : []),
    ...(now.nulls !== undefined && now.nulls >= limits.nullSender && now.nulls * 2 >= now.messages
      ? [say`${server} has ${now.nulls} bounces waiting, at least half of its queue`]
      : []),
  ];
}

/** A newsletter's login sends much every week; a stolen one sends much for once. */
const TIMES_USUAL = 5;

/** What a server's log of the last hour exceeds, each in words. */
export function exceededInLog(server: string, evidence: LogEvidence, limits: Thresholds): readonly Phrase[] {
  const { logins, bouncesPerMinute } = evidence;
  return [
    ...logins
      .filter(
        ({ messages, usualPerHour = 0 }) => messages >= limits.loginPerHour && messages >= TIMES_USUAL * usualPerHour,
      )
      .map(
        ({ account, messages, usualPerHour }) =>
          say`${foreign(account, 80)} has sent ${messages} messages through ${server} within an hour${usualPerHour === undefined ? '' : `, usually ${Math.round(usualPerHour)}`}`,
      ),
    ...(bouncesPerMinute >= limits.bouncesPerMinute
      ? [say`${server} makes ${Math.round(bouncesPerMinute)} bounces a minute`]
      : []),
  ];
}

/** Whether a mere count leaves it possible that a threshold is passed, so that the queue has to be listed. */
export function mayExceed(now: QueueLook, before: readonly QueueLook[], limits: Thresholds): boolean {
  return (
    now.messages >= limits.queue || now.messages >= limits.nullSender || growth(now, before) >= limits.growthPerHour
  );
}

function growth(now: QueueLook, before: readonly QueueLook[]): number {
  const earliest = before.find((look) => now.at - look.at <= HOUR_MS);
  return earliest ? now.messages - earliest.messages : 0;
}
