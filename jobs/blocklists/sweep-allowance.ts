/**
 * One list's allowance in one sweep: its operator's pace, and what is left of the day's questions.
 *
 * A question that isn't permitted is not asked; its verdict is unknown (`query-limit`), never a guess.
 */
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import { operatorOf } from '../../src/domain/blocklists/operator.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Manners } from '../../src/ports/manners.ts';

export interface Allowance {
  /** Waits for the operator's next moment; `false`: it may not be asked. undefined: there is no rule, nothing to wait for. */
  readonly permit: (() => Promise<boolean>) | undefined;
  /** Gives back what was not used. */
  close(): Promise<void>;
}

/** `questions`: how many may be needed; `left`: milliseconds until the sweep is over. */
export async function openAllowance(
  list: Blocklist,
  questions: number,
  world: { readonly manners: Manners; readonly clock: Clock },
  left: () => number,
): Promise<Allowance> {
  const { everyMs, perDay } = list.manners;
  if (everyMs === 0 && perDay === Infinity) return { permit: undefined, close: () => Promise.resolve() };
  const operator = operatorOf(list);
  let granted = perDay === Infinity ? Infinity : await world.manners.take(operator, perDay, questions);
  return {
    permit: async () => {
      if (granted < 1) return false;
      granted -= 1;
      if (everyMs === 0) return true;
      const wait = await world.manners.nextMoment(operator, everyMs, left());
      if (wait === undefined) {
        granted += 1;
        return false;
      }
      if (wait > 0) await world.clock.wait(wait);
      return true;
    },
    close: async () => {
      if (granted > 0 && granted < Infinity) await world.manners.giveBack(operator, granted);
    },
  };
}
