/**
 * Takes jobs from the queue and has them carried out.
 *
 * Rules:
 * 1. A lock of 5 s and a stalled check of 2 s: a job of a killed worker goes on elsewhere after about 6 s, not 60.
 * 2. At most one restart after a stall; a job that kills its worker twice is failed and told, not tried for ever.
 * 3. What a job gives back to the queue is its message: its JSON and its document are for whoever carried it out, and
 *    nobody reads them from Redis.
 * 4. Closing lets running jobs finish, for at most the given time.
 */
import { Worker } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';
import type { Answer, CommandRequest } from './answer.ts';
import { readAnswer, readRequest } from './catalogue.ts';
import type { QueueAddress } from './queue.ts';

/** Jobs of the house itself begin so; a command's job has the command's name. */
export const CHORE = 'chore-';

export interface JobWorker {
  /** Stops taking jobs and waits for the running ones, `graceMs` at most. */
  close(graceMs: number): Promise<void>;
}

export interface WorkerPlan {
  readonly concurrency: number;
  carryOut(request: CommandRequest): Promise<Answer>;
  /** A scheduled chore of the house (jobs/schedule.ts). */
  chore(name: string): Promise<undefined>;
  /** A job that was given up (it threw, or its worker died twice). */
  givenUp(request: CommandRequest | undefined, why: Error): void;
}

export function openWorker(connection: ConnectionOptions, address: QueueAddress, plan: WorkerPlan): JobWorker {
  const worker = new Worker<unknown, Answer | undefined>(
    address.name,
    async (job) => {
      const chore = job.name.startsWith(CHORE) ? job.name.slice(CHORE.length) : undefined;
      if (chore !== undefined) return plan.chore(chore);
      const { data: _data, file: _file, ...kept } = readAnswer(await plan.carryOut(readRequest(job.data)));
      return kept;
    },
    {
      connection,
      prefix: address.prefix,
      concurrency: plan.concurrency,
      lockDuration: 5000,
      stalledInterval: 2000,
      maxStalledCount: 1,
      maxStartedAttempts: 3,
      runRetryDelay: 1000,
    },
  );
  worker.on('error', () => {});
  worker.on('failed', (job, error) => {
    plan.givenUp(job === undefined ? undefined : tryRead(job.data), error);
  });
  return {
    close: async (graceMs) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), graceMs);
      });
      const outcome = await Promise.race([worker.close().then(() => 'closed' as const), late]);
      clearTimeout(timer);
      if (outcome === 'late') await worker.close(true);
    },
  };
}

function tryRead(data: unknown): CommandRequest | undefined {
  try {
    return readRequest(data);
  } catch {
    return undefined;
  }
}
