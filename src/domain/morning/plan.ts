/**
 * When a site is looked at before people come in, and again during the day.
 *
 * Rules:
 * 1. A time is what the clock shows at the site. One that a clock change skips is that much later; one that comes twice
 *    counts once.
 * 2. What was missed is made up for once, with the newest time that has passed on that day; older ones are dropped.
 * 3. A slot is named by site, date and time as the clock there shows them: whoever looks at the calendar again, after a
 *    restart, a clock that jumped or a lost Redis, finds the same name.
 */
import { dateAfter, instantOf, wallTime } from '../calendar/zone.ts';

export interface MorningPlan {
  readonly site: string;
  readonly timezone: string;
  /** In order; the first is the morning's own. */
  readonly times: readonly string[];
  /** 0 Sunday to 6 Saturday. */
  readonly days: readonly number[];
}

export interface MorningSlot {
  readonly site: string;
  /** `2026-11-25`, as the calendar there shows it. */
  readonly date: string;
  /** `07:30` */
  readonly time: string;
  /** When it was due, milliseconds since 1970 UTC. */
  readonly at: number;
}

/** The newest slot of this day that has passed; undefined where none has. */
export function dueSlot(plan: MorningPlan, now: number): MorningSlot | undefined {
  const { date, weekday } = wallTime(now, plan.timezone);
  if (!plan.days.includes(weekday)) return undefined;
  return plan.times
    .map((time) => ({ site: plan.site, date, time, at: instantOf(date, time, plan.timezone) }))
    .findLast((slot) => slot.at <= now);
}

/** The next slot after this instant; undefined where the plan has no day. */
export function nextSlot(plan: MorningPlan, now: number): MorningSlot | undefined {
  const today = wallTime(now, plan.timezone).date;
  for (let days = 0; days <= 8; days += 1) {
    const date = dateAfter(today, days);
    if (!plan.days.includes(new Date(`${date}T12:00:00Z`).getUTCDay())) continue;
    const slot = plan.times
      .map((time) => ({ site: plan.site, date, time, at: instantOf(date, time, plan.timezone) }))
      .find((each) => each.at > now);
    if (slot) return slot;
  }
  return undefined;
}
