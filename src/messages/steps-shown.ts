/**
 * Which steps of a playbook are shown at once where the rest can be folded: a phone at six in the morning holds the one
 * that is next, not fourteen. What is folded away is said, and can be unfolded.
 */
import type { Progress } from './message.ts';

type Step = Progress['steps'][number];

export interface ShownSteps {
  /** Each with its place in the playbook, from 1. */
  readonly shown: readonly { readonly number: number; readonly step: Step }[];
  /** Where it stands: `step 2 of 14`, `14 steps, all over`. */
  readonly where: string;
}

/** So many are shown whole. */
const MOST = 6;
const BEFORE = 1;
const AFTER = 2;
const AT_WORK: ReadonlySet<Step['state']> = new Set(['current', 'working', 'failed']);

/** Undefined: there are so few that all are shown. */
export function stepsAtOnce({ steps }: Progress): ShownSteps | undefined {
  if (steps.length <= MOST) return undefined;
  const numbered = steps.map((step, index) => ({ number: index + 1, step }));
  const here = steps.findIndex((step) => AT_WORK.has(step.state));
  const at = here < 0 ? steps.findIndex((step) => step.state === 'waiting') : here;
  if (at < 0) return { shown: [], where: `${steps.length} steps, all over` };
  const shown = numbered.filter(
    ({ step }, index) =>
      (index >= at - BEFORE && index <= at + AFTER) || AT_WORK.has(step.state) || (step.buttons?.length ?? 0) > 0,
  );
  return { shown: shown.slice(0, MOST * 2), where: `step ${at + 1} of ${steps.length}` };
}
