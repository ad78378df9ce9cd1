/**
 * Alarms for many questions by one timer: 50,000 questions in a second would else set and clear 100,000 timers.
 *
 * Rules:
 * 1. Alarms ring in steps of 10 ms, never early. What was read meanwhile is heard first: after a pause of the process
 *    (its event loop stood still) a reply that is already here counts, not the deadline.
 * 2. What was set later for an earlier moment rings then; what is over does not ring.
 */
export interface Alarm {
  /** When it rings, in milliseconds of performance.now(); kept by `Alarms.set`. */
  ringsAt: number;
  over: boolean;
}

export interface Alarms<A extends Alarm> {
  set(alarm: A, at: number): void;
  close(): void;
}

const STEP_MS = 10;

/** `ring`: called for each alarm that is due, with the moment. */
export function openAlarms<A extends Alarm>(ring: (alarm: A, now: number) => void): Alarms<A> {
  const steps = new Map<number, A[]>();
  let timer: NodeJS.Timeout | undefined;
  let rung = stepOf(performance.now());
  const ringDue = (): void => {
    const now = performance.now();
    const until = Math.floor(now / STEP_MS);
    for (; rung < until; rung += 1) {
      const due = steps.get(rung + 1);
      if (due === undefined) continue;
      steps.delete(rung + 1);
      for (const alarm of due) if (!alarm.over && alarm.ringsAt <= now) ring(alarm, now);
    }
    timer = steps.size === 0 ? undefined : setTimeout(afterReading, STEP_MS);
  };
  const afterReading = (): void => {
    setImmediate(ringDue);
  };
  return {
    set(alarm, at) {
      alarm.ringsAt = at;
      if (timer === undefined) {
        rung = Math.max(rung, Math.floor(performance.now() / STEP_MS));
        timer = setTimeout(afterReading, STEP_MS);
      }
      const step = Math.max(stepOf(at), rung + 1);
      const alarms = steps.get(step);
      if (alarms) alarms.push(alarm);
      else steps.set(step, [alarm]);
    },
    close() {
      clearTimeout(timer);
      steps.clear();
    },
  };
}

function stepOf(at: number): number {
  return Math.ceil(at / STEP_MS);
}
