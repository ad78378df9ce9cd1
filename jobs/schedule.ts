/**
 * What the house does at its times.
 *
 * Rules:
 * 1. The configuration is the truth: schedulers are laid again at start, whenever Redis comes back, and every minute
 *    (a Redis that lost its data has lost them silently). Laying one again changes nothing where it is the same.
 * 2. Missed while down: run once, late, never replayed.
 * 3. Times are cron patterns with a time zone; `every` would drift with the moment of its first laying.
 */
import { Queue } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';
import type { QueueAddress } from './queue.ts';
import { CHORE } from './worker.ts';

export interface Slot {
  /** Unique name of the slot; also its scheduler's id. */
  readonly id: string;
  /** The chore of jobs/catalogue.ts. */
  readonly chore: string;
  /** Cron pattern, with seconds where it has six fields. */
  readonly pattern: string;
  readonly timezone: string;
}

/** The slots of the house itself. */
export const HOUSE_SLOTS: readonly Slot[] = [
  { id: 'canary', chore: 'canary', pattern: '*/15 * * * * *', timezone: 'UTC' },
  // Calls are due to the second; a tick that finds nothing due costs one read.
  { id: 'escalate', chore: 'escalate', pattern: '* * * * * *', timezone: 'UTC' },
  // What a morning's own slot has missed.
  { id: 'mornings', chore: 'morning', pattern: '40 * * * * *', timezone: 'UTC' },
  { id: 'watch', chore: 'watch', pattern: '50 * * * * *', timezone: 'UTC' },
  { id: 'rotas', chore: 'rotas', pattern: '25 */5 * * * *', timezone: 'UTC' },
  { id: 'shift', chore: 'shift', pattern: '10 * * * * *', timezone: 'UTC' },
  { id: 'reconcile', chore: 'reconcile', pattern: '20,50 * * * * *', timezone: 'UTC' },
  // What is half done or not known doesn't wait for the half minute.
  { id: 'settle', chore: 'settle', pattern: '5,35 * * * * *', timezone: 'UTC' },
  // Never at the moment of `reconcile`, which looks for it too.
  { id: 'late', chore: 'late', pattern: '2-57/5 * * * * *', timezone: 'UTC' },
  { id: 'unknown', chore: 'unknown', pattern: '*/5 * * * * *', timezone: 'UTC' },
];

const RELAY_EVERY_MS = 60_000;

export interface Schedule {
  close(): Promise<void>;
}

/** A connection that says when it is there (again). */
export type ReadyingConnection = ConnectionOptions & {
  on(event: 'ready', listener: () => void): unknown;
  off(event: 'ready', listener: () => void): unknown;
};

export function startSchedule(
  connection: ReadyingConnection,
  address: QueueAddress,
  slots: readonly Slot[],
  failed: (error: Error) => void,
): Schedule {
  const queue = new Queue(address.name, { connection, prefix: address.prefix, skipWaitingForReady: true });
  queue.on('error', () => {});
  const lay = async (): Promise<void> => {
    for (const slot of slots) {
      await queue.upsertJobScheduler(
        slot.id,
        { pattern: slot.pattern, tz: slot.timezone },
        {
          name: `${CHORE}${slot.chore}`,
          data: {},
          opts: { removeOnComplete: { age: 3600, count: 20 }, removeOnFail: { age: 86_400, count: 50 } },
        },
      );
    }
  };
  const layQuietly = (): void => {
    lay().catch((error: unknown) => failed(error instanceof Error ? error : new Error(String(error))));
  };
  layQuietly();
  connection.on('ready', layQuietly);
  const timer = setInterval(layQuietly, RELAY_EVERY_MS);
  return {
    close: async () => {
      clearInterval(timer);
      connection.off('ready', layQuietly);
      await queue.close();
    },
  };
}
