/**
 * Alarms for many questions by one timer: 50,000 questions in a second would else set and clear 100,000 timers.
 *
 * Rules:
 * 1. Alarms ring in steps of 10 ms, never early. What was read meanwhile is heard first: after a pause of the process
 *    (its event loop stood still) a reply that is already here counts, not the deadline.
 * 2. Each has one moment: setting it again moves it, dropping it forgets it, so that nothing is kept for what is over.
 */
export interface Alarm<A> {
  /** The step in which it rings, kept by the alarms; at first 0: none. */
  step: number;
  /** Its neighbours in that step, kept by the alarms. */
  before: A | undefined;
  after: A | undefined;
}

export interface Alarms<A extends Alarm<A>> {
  /** `at`: in milliseconds of performance.now(). */
  set(alarm: A, at: number): void;
  drop(alarm: A): void;
  close(): void;
}

const STEP_MS = 10;

/** `ring`: called for each alarm that is due, with the moment. */
export function openAlarms<A extends Alarm<A>>(ring: (alarm: A, now: number) => void): Alarms<A> {
  /** The first alarm of each step that has any. */
  const steps = new Map<number, A>();
  let timer: NodeJS.Timeout | undefined;
  let rung = 0;
  const ringDue = (): void => {
    const now = performance.now();
    const until = Math.floor(now / STEP_MS);
    while (rung < until) {
      rung += 1;
      for (let due = steps.get(rung); due; due = steps.get(rung)) {
        drop(due);
        ring(due, now);
      }
    }
    timer = steps.size === 0 ? undefined : setTimeout(afterReading, STEP_MS);
  };
  const afterReading = (): void => {
    setImmediate(ringDue);
  };
  const drop = (alarm: A): void => {
    const { step, before, after } = alarm;
    if (step === 0) return;
    if (before) before.after = after;
    else if (after) steps.set(step, after);
    else steps.delete(step);
    if (after) after.before = before;
    alarm.step = 0;
    alarm.before = undefined;
    alarm.after = undefined;
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
      const first = steps.get(step);
      alarm.after = first;
      if (first) first.before = alarm;
      steps.set(step, alarm);
    },
    drop,
    close() {
      clearTimeout(timer);
      steps.clear();
    },
  };
}
