/** What is remembered of a look at a queue, and what changed since the last one. */
import type { Snapshot } from './snapshot.ts';

export type QueueLook = {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly messages: number;
  /** This and what follows: left out where the messages were only counted, not listed. */
  readonly nulls?: number;
  readonly oldestSeconds?: number;
  readonly byQueue?: Readonly<Record<string, number>>;
};

export interface QueueTrend {
  readonly secondsAgo: number;
  readonly messages: number;
  readonly nulls: number;
  /** Only the queues that changed. */
  readonly byQueue: Readonly<Record<string, number>>;
  /** Messages per minute since then; negative: it drains. */
  readonly perMinute: number;
}

/** What is remembered of a listing; `at`: milliseconds since 1970 UTC. */
export function lookOf(snapshot: Snapshot, at: number): QueueLook {
  return {
    at,
    messages: snapshot.messages,
    nulls: snapshot.nullSender.messages,
    oldestSeconds: snapshot.oldestSeconds,
    byQueue: snapshot.byQueue,
  };
}

/** What has changed between two looks; what came within a second counts as a second. */
export function trendSince(before: QueueLook, now: QueueLook): QueueTrend {
  const [was, is] = before.byQueue && now.byQueue ? [before.byQueue, now.byQueue] : [{}, {}];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  const changed = names
    .map((name) => [name, (is[name] ?? 0) - (was[name] ?? 0)] as const)
    .filter(([, change]) => change !== 0);
  const minutes = Math.max(1 / 60, (now.at - before.at) / 60_000);
  const messages = now.messages - before.messages;
  return {
    secondsAgo: Math.max(0, Math.round((now.at - before.at) / 1000)),
    messages,
    nulls: before.nulls === undefined || now.nulls === undefined ? 0 : now.nulls - before.nulls,
    byQueue: Object.fromEntries(changed),
    perMinute: Math.round((messages / minutes) * 10) / 10,
  };
}

/** At most `most` looks, evenly by time: of each stretch its deepest, so that no wave is smoothed away. */
export function thinLooks(looks: readonly QueueLook[], most: number): readonly QueueLook[] {
  const [first] = looks;
  const last = looks.at(-1);
  if (!first || !last || looks.length <= most) return looks;
  const stretch = Math.max(1, (last.at - first.at) / (most - 1));
  const deepest = new Map<number, QueueLook>();
  for (const look of looks.slice(0, -1)) {
    const index = Math.min(most - 2, Math.floor((look.at - first.at) / stretch));
    const known = deepest.get(index);
    if (!known || look.messages > known.messages) deepest.set(index, look);
  }
  return [...deepest.values(), last];
}
