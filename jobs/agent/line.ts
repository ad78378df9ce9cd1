/**
 * The line between the bot and an agent: one queue per host, a question and its answer.
 *
 * Rules:
 * 1. A question has a deadline; past it the outcome is unknown, and a question that nobody took is withdrawn.
 * 2. A question that is answered twice (the agent died in between) is the same question: its effects carry a fence.
 */
import { randomBytes } from 'node:crypto';
import { Queue, QueueEvents, Worker } from 'bullmq';
import type { ConnectionOptions, Job } from 'bullmq';
import { HostUnknown } from '../../src/ports/host.ts';

export interface Caller {
  /** Asks, and waits for the answer. Throws HostUnknown where none comes within `deadlineMs`. */
  ask(question: unknown, deadlineMs: number): Promise<unknown>;
  close(): Promise<void>;
}

export interface Answerer {
  close(): Promise<void>;
}

/** An agent that listens takes an errand within milliseconds. */
const UNTAKEN_MS = 3000;

interface Asked {
  readonly question: unknown;
  /** Milliseconds since 1970 UTC; later than this it is not begun any more. */
  readonly until: number;
}

export function openCaller(
  producer: ConnectionOptions,
  waiter: ConnectionOptions,
  prefix: string,
  target: string,
): Caller {
  const name = lineOf(target);
  const queue = new Queue<Asked>(name, {
    connection: producer,
    prefix,
    skipWaitingForReady: true,
    // Answers pass through it: a long look must not stay in Redis.
    streams: { events: { maxLen: 100 } },
  });
  const events = new QueueEvents(name, { connection: waiter, prefix });
  queue.on('error', () => {});
  events.on('error', () => {});
  return {
    async ask(question, deadlineMs) {
      try {
        await events.waitUntilReady();
        const until = Date.now() + deadlineMs;
        const job = await queue.add(
          'errand',
          { question, until },
          {
            jobId: `q${randomBytes(12).toString('hex')}`,
            removeOnComplete: { age: 3600 },
            removeOnFail: { age: 3600 },
          },
        );
        const untaken = watchUntaken(queue, job);
        try {
          return await Promise.race([job.waitUntilFinished(events, deadlineMs), untaken.noticed]);
        } catch (error) {
          await job.remove().catch(() => {});
          throw error;
        } finally {
          untaken.stop();
        }
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new HostUnknown(
          `The agent of ${target} did not answer (${why}). Is tq agent running there? What it has done is looked up again.`,
          { cause },
        );
      }
    },
    close: async () => {
      await Promise.all([queue.close(), events.close()]);
    },
  };
}

/** Rejects once it is plain that nobody takes the job: it waits, and no other is being carried out. */
function watchUntaken(queue: Queue<Asked>, job: Job<Asked>): { readonly noticed: Promise<never>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const noticed = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      const look = async (): Promise<void> => {
        const [state, active] = await Promise.all([job.getState(), queue.getActiveCount()]);
        if (state === 'waiting' && active === 0) reject(new Error('nobody took the errand'));
      };
      look().catch(() => {});
    }, UNTAKEN_MS);
  });
  noticed.catch(() => {});
  return { noticed, stop: () => clearInterval(timer) };
}

export function openAnswerer(
  connection: ConnectionOptions,
  prefix: string,
  target: string,
  answer: (question: unknown) => Promise<unknown>,
): Answerer {
  const worker = new Worker<Asked, unknown>(
    lineOf(target),
    async (job) => {
      if (Date.now() > job.data.until) throw new Error('it was asked too long ago and was not begun');
      return answer(job.data.question);
    },
    {
      connection,
      prefix,
      // A look in pieces must not hold up a measure; what touches the host is kept apart by the host's own lock.
      concurrency: 4,
      lockDuration: 5000,
      stalledInterval: 2000,
      maxStalledCount: 1,
      maxStartedAttempts: 3,
      runRetryDelay: 1000,
    },
  );
  worker.on('error', () => {});
  return { close: () => worker.close() };
}

function lineOf(target: string): string {
  return `agent-${target}`;
}
