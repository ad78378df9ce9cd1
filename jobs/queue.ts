/**
 * The way into the queue.
 *
 * Owns: turning a request into exactly one job, quickly or not at all. Does not own: carrying it out (worker.ts).
 * Rules:
 * 1. A job's id comes from the event's id, so that a redelivery adds nothing; finished jobs are kept 24 h and longer.
 * 2. Adding has a deadline of its own (1.5 s): past it the queue counts as down, and the person is told that nothing
 *    was done. (Without `skipWaitingForReady` and `enableOfflineQueue: false`, `add` hangs for ever while Redis is away.)
 */
import { createHash } from 'node:crypto';
import { Queue } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';
import type { CommandRequest } from './answer.ts';

/** Longest that chat waits for Redis to take a job, in milliseconds. */
export const SUBMIT_DEADLINE_MS = 1500;

/** Kept for 25 h: longer than any platform redelivers an event (24 h). */
const KEEP_SECONDS = 25 * 3600;

export interface JobQueue {
  /** Resolves once the job is durable. Throws QueueDown within 1.5 s where it isn't. */
  submit(request: CommandRequest): Promise<void>;
  /** Queue counts, or undefined where Redis does not answer. */
  depth(): Promise<{ waiting: number; active: number; delayed: number; failed: number } | undefined>;
  close(): Promise<void>;
  /** Closes it and takes it away with all its jobs: for a queue that was made for one command. */
  wipe(): Promise<void>;
}

/** The queue did not take the job: nothing was done. */
export class QueueDown extends Error {
  constructor(options?: ErrorOptions) {
    super('The job queue is down; nothing was done. Say it again in a minute, or look at Redis.', options);
    this.name = 'QueueDown';
  }
}

export interface QueueAddress {
  readonly name: string;
  readonly prefix: string;
}

export const MAIN_QUEUE = 'commands';

export function openJobQueue(connection: ConnectionOptions, address: QueueAddress): JobQueue {
  const queue = new Queue(address.name, {
    connection,
    prefix: address.prefix,
    skipWaitingForReady: true,
    defaultJobOptions: {
      removeOnComplete: { age: KEEP_SECONDS },
      removeOnFail: { age: KEEP_SECONDS },
      attempts: 1,
    },
  });
  queue.on('error', () => {});
  return {
    submit: async (request) => {
      await withinDeadline(queue.add(request.command.name, request, { jobId: jobIdOf(request.id) }));
    },
    depth: async () => {
      try {
        const counts = await withinDeadline(queue.getJobCounts('waiting', 'active', 'delayed', 'failed'));
        const of = (state: string): number => counts[state] ?? 0;
        return { waiting: of('waiting'), active: of('active'), delayed: of('delayed'), failed: of('failed') };
      } catch {
        return undefined;
      }
    },
    close: () => queue.close(),
    wipe: async () => {
      await withinDeadline(queue.obliterate({ force: true })).catch(() => {});
      await queue.close();
    },
  };
}

/** BullMQ refuses ids with a colon and ids of digits only; a digest has neither. */
export function jobIdOf(eventId: string): string {
  return `e${createHash('sha256').update(eventId).digest('hex').slice(0, 40)}`;
}

async function withinDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new QueueDown()), SUBMIT_DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw cause instanceof QueueDown ? cause : new QueueDown({ cause });
  } finally {
    clearTimeout(timer);
  }
}
