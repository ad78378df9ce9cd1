/**
 * Alarms for many questions by one timer: 50,000 questions in a second would else set and clear 100,000 timers.
 *
 * Rules:
 * 1. Alarms ring in steps of 10 ms, never early. What was read meanwhile is heard first: after a pause of the process
 *    (its event loop stood still) a reply that is already here counts, not the deadline.
 * 2. Each has one moment: setting it again moves it, dropping it forgets it, so that nothing is kept for what is over.
 */
export interface Alarm {
  /** The step in which it rings, kept by the alarms; at first 0: none. */
  step: number;
}

export interface Alarms<A extends Alarm> {
  /** `at`: in milliseconds of performance.now(). */
  set(alarm: A, at: number): void;
  drop(alarm: A): void;
  close(): void;
}

const STEP_MS = 10;

/** `ring`: called for each alarm that is due, with the moment. */
export function openAlarms<A extends Alarm>(ring: (alarm: A, now: number) => void): Alarms<A> {
  const steps = new Map<number, Set<A>>();
  let timer: NodeJS.Timeout | undefined;
  let rung = 0;
  const ringDue = (): void => {
    const now = performance.now();
    const until = Math.floor(now / STEP_MS);
    while (rung < until) {
      rung += 1;
      const due = steps.get(rung);
      if (due === undefined) continue;
      steps.delete(rung);
      for (const alarm of due) {
        alarm.step = 0;
        ring(alarm, now);
      }
    }
    timer = steps.size === 0 ? undefined : setTimeout(afterReading, STEP_MS);
  };
  const afterReading = (): void => {
    setImmediate(ringDue);
  };
  const drop = (alarm: A): void => {
    if (alarm.step > 0) steps.get(alarm.step)?.delete(alarm);
    alarm.step = 0;
  };
  return {
    set(alarm, at) {
      if (timer === undefined) {
        rung = Math.floor(performance.now() / STEP_MS);
        timer = setTimeout(afterReading, STEP_MS);
      }
      const step = Math.max(Math.ceil(at / STEP_MS), rung + 1);
      if (step === alarm.step) return;
      drop(alarm);
      alarm.step = step;
      const set = steps.get(step);
      if (set) set.add(alarm);
      else steps.set(step, new Set([alarm]));
    },
    drop,
    close() {
      clearTimeout(timer);
      steps.clear();
    },
  };
}
