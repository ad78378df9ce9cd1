/**
 * The line to the process that plays a drill: whichever worker gets what is said in it hands it on there.
 *
 * Rules:
 * 1. Each worker's process has a line of its own, open before a drill may begin in it.
 * 2. What comes over it was said in a drill. Where that one is over meanwhile, it is refused, and never taken for real.
 */
import { KEY_PREFIX } from '../../../adapters/redis/connection.ts';
import type { CommandRequest } from '../../../jobs/answer.ts';
import { jobIdOf, openJobQueue } from '../../../jobs/queue.ts';
import type { JobQueue } from '../../../jobs/queue.ts';
import { openWorker } from '../../../jobs/worker.ts';
import type { WorkerPlan } from '../../../jobs/worker.ts';
import type { RedisHouse } from '../redis.ts';

export interface DrillLine {
  /** Hands it on to the process of this name. Throws QueueDown where Redis doesn't take it. */
  handOn(owner: string, request: CommandRequest): Promise<void>;
  close(graceMs: number): Promise<void>;
}

/** `own`: the name of this process. */
export function openDrillLine(redis: RedisHouse, own: string, plan: WorkerPlan): DrillLine {
  const worker = openWorker(redis.waiter(), addressOf(own), plan);
  const queues = new Map<string, Promise<JobQueue>>();
  const queueOf = (owner: string): Promise<JobQueue> => {
    const known = queues.get(owner) ?? redis.producer().then((client) => openJobQueue(client, addressOf(owner)));
    queues.set(owner, known);
    return known;
  };
  return {
    handOn: async (owner, request) => (await queueOf(owner)).submit(request),
    close: async (graceMs) => {
      await worker.close(graceMs);
      for (const queue of queues.values()) await (await queue).close();
    },
  };
}

/** A queue's name may have no colon; a process's name may. */
function addressOf(owner: string) {
  return { name: `drill-${jobIdOf(owner)}`, prefix: KEY_PREFIX };
}
