/**
 * The one clock of a drill: a line of events, carried out in the order of their times.
 *
 * Rules:
 * 1. Time stands while anything can still go on by itself, and then goes to the next event; so a run takes as long as
 *    its work, whatever it simulates, and is the same each time.
 * 2. Two events of the same moment come in the order in which they were laid.
 * 3. Whoever waits for the real world (a file, a socket) would see time run away; in a drill nobody does.
 */
import type { Clock } from '../../src/ports/clock.ts';

export interface VirtualClock extends Clock {
  /** Lays an event at a moment of the monotonic time; one of the past comes at once. */
  at(monotonic: number, event: () => void): void;
  /** Again and again, first after `ms`. */
  every(ms: number, event: () => void): void;
  /** Lets time pass until `work` is settled. */
  carry<T>(work: Promise<T>): Promise<T>;
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>;
  /** The wall clock is set forward or back; the monotonic time isn't. */
  jump(ms: number): void;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A single piece of work that takes longer than this has lost its way. Milliseconds of simulated time. */
const LONGEST_WORK_MS = 48 * 3_600_000;

/** `start`: the wall clock at the beginning, milliseconds since 1970 UTC. */
export function makeVirtualClock(start: number): VirtualClock {
  const line = makeLine();
  let monotonic = 0;
  let offset = start;
  const at = (moment: number, run: () => void): void => line.add(Math.max(moment, monotonic), run);
  const step = async (until: number): Promise<boolean> => {
    const event = line.takeUntil(until);
    if (!event) return false;
    monotonic = Math.max(monotonic, event.at);
    event.run();
    await settle();
    return true;
  };
  return {
    now: () => offset + monotonic,
    monotonic: () => monotonic,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        const refuse = (): void =>
          reject(signal?.reason instanceof Error ? signal.reason : new Error('It was aborted.'));
        if (signal?.aborted) {
          refuse();
          return;
        }
        signal?.addEventListener('abort', refuse, { once: true });
        at(monotonic + Math.max(0, ms), () => {
          signal?.removeEventListener('abort', refuse);
          resolve();
        });
      }),
    at,
    every: (ms, run) => {
      const again = (): void => {
        run();
        at(monotonic + ms, again);
      };
      at(monotonic + ms, again);
    },
    carry: async (work) => {
      let isOver = false;
      const over = (): void => {
        isOver = true;
      };
      work.then(over, over);
      const end = monotonic + LONGEST_WORK_MS;
      await settle();
      while (!isOver) {
        if (!(await step(end)))
          throw new Error(
            'Nothing more happens in this drill, but something is still waited for: a port waits outside it.',
          );
      }
      return work;
    },
    pass: async (ms) => {
      const until = monotonic + ms;
      await settle();
      while (await step(until)) {
        // Each step is one event.
      }
      monotonic = Math.max(monotonic, until);
    },
    jump: (ms) => {
      offset += ms;
    },
  };
}

/** Until nothing can go on by itself: all promises that are due have been carried on when the next turn begins. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Events by time, then by order of laying: a binary heap. */
function makeLine() {
  const heap: Event[] = [];
  let count = 0;
  const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  const isAbove = (a: number, b: number): boolean => {
    const [one, other] = [heap[a], heap[b]];
    return one !== undefined && (other === undefined || isBefore(one, other));
  };
  return {
    add: (at: number, run: () => void): void => {
      heap.push({ at, order: (count += 1), run });
      for (let index = heap.length - 1; index > 0;) {
        const parent = (index - 1) >> 1;
        if (isAbove(parent, index)) break;
        swap(parent, index);
        index = parent;
      }
    },
    /** The next event, where it is due by then. */
    takeUntil: (until: number): Event | undefined => {
      const first = heap[0];
      if (!first || first.at > until) return undefined;
      const last = heap.pop();
      if (last && heap.length > 0) {
        heap[0] = last;
        for (let index = 0; ;) {
          const left = index * 2 + 1;
          const child = isAbove(left, left + 1) ? left : left + 1;
          if (child >= heap.length || isAbove(index, child)) break;
          swap(index, child);
          index = child;
        }
      }
      return first;
    },
  };
}
