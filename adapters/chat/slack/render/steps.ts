/** A playbook's progress, and evidence that is folded away until somebody wants it. */
import type { Evidence, Progress } from '../../../../src/messages/message.ts';
import { stepsAtOnce } from '../../../../src/messages/steps-shown.ts';
import { LIMITS } from '../limits.ts';
import type { SlackBlock } from './block.ts';
import { context, more, plainText, sectionsOfLines } from './block.ts';
import type { ButtonPen } from './buttons.ts';
import { buttonRow } from './buttons.ts';
import { literal, mrkdwn } from './text.ts';

type StepState = Progress['steps'][number]['state'];

/** Steps that are shown; a playbook has seldom more than ten. */
const MOST_STEPS = 20;
const STEP_TITLE = 150;
const STEP_NOTE = 300;
const SIDES = ['for', 'against', 'missing', 'neutral'] as const;
const SIDE_NAMES = { for: 'For', against: 'Against', missing: 'Not known yet', neutral: 'Beside' } as const;

type Step = Progress['steps'][number];

/** `folds`: what isn't next may be folded away. */
export function nativeSteps(progress: Progress, pen: ButtonPen, folds: boolean): readonly SlackBlock[] {
  const few = folds ? stepsAtOnce(progress) : undefined;
  if (!few) {
    const all = progress.steps.slice(0, MOST_STEPS).map((step, index) => ({ number: index + 1, step }));
    return [plan(progress.title, all), ...rest(progress), ...stepButtons(progress, pen)];
  }
  return [
    ...(few.shown.length === 0 ? [] : [plan(`${progress.title}: ${few.where}`, few.shown)]),
    ...stepButtons(progress, pen),
    {
      type: 'container',
      title: plainText(
        few.shown.length === 0 ? `${progress.title}: ${few.where}` : `All ${progress.steps.length} steps`,
        LIMITS.containerTitle,
      ),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: [...sectionsOfLines(linesOf(progress), LIMITS.containerBlocks - 2), ...rest(progress)],
    },
  ];
}

function plan(title: string, steps: readonly { readonly number: number; readonly step: Step }[]): SlackBlock {
  return {
    type: 'plan',
    title: literal(title, STEP_TITLE),
    tasks: steps.map(({ number, step }) => ({
      type: 'task_card',
      task_id: `step-${number}`,
      title: literal(`${number}. ${step.name}${wordOf(step.state)}`, STEP_TITLE),
      status: statusOf(step.state),
      ...(step.note && {
        details: {
          type: 'rich_text',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: literal(step.note, STEP_NOTE) || '–' }] },
          ],
        },
      }),
    })),
  };
}

export function classicSteps(progress: Progress, pen: ButtonPen): readonly SlackBlock[] {
  return [
    ...sectionsOfLines([`*${mrkdwn(progress.title, STEP_TITLE)}*`, ...linesOf(progress)], 3),
    ...rest(progress),
    ...stepButtons(progress, pen),
  ];
}

function linesOf(progress: Progress): readonly string[] {
  return progress.steps.slice(0, MOST_STEPS).map((step, index) => {
    const note = step.note ? `  —  ${mrkdwn(step.note, STEP_NOTE)}` : '';
    return `${signOf(step.state)} ${index + 1}. ${mrkdwn(step.name, STEP_TITLE)}${wordOf(step.state)}${note}`;
  });
}

function rest(progress: Progress): readonly SlackBlock[] {
  const count = progress.steps.length - MOST_STEPS;
  return count > 0 ? [context(more(count, 'steps'))] : [];
}

/** A plan's cards hold no buttons: those of the steps that can be acted upon stand beneath it. */
function stepButtons(progress: Progress, pen: ButtonPen): readonly SlackBlock[] {
  return buttonRow(
    progress.steps.flatMap((step) => step.buttons ?? []),
    pen,
  );
}

export function nativeEvidence(evidence: Evidence): readonly SlackBlock[] {
  const blocks = evidenceLines(evidence, LIMITS.containerBlocks - 1);
  return [
    {
      type: 'container',
      title: plainText(`${evidence.title} (${evidence.items.length})`, LIMITS.containerTitle),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: blocks,
    },
  ];
}

export function classicEvidence(evidence: Evidence): readonly SlackBlock[] {
  return [...sectionsOfLines([`*${mrkdwn(evidence.title, STEP_TITLE)}*`], 1), ...evidenceLines(evidence, 2)];
}

function evidenceLines(evidence: Evidence, most: number): readonly SlackBlock[] {
  const lines = SIDES.flatMap((side) => {
    const items = evidence.items.filter((item) => item.side === side);
    return items.length === 0
      ? []
      : [`*${SIDE_NAMES[side]}*`, ...items.map((item) => `•  ${mrkdwn(item.text, STEP_NOTE)}`)];
  });
  return sectionsOfLines(lines.length === 0 ? ['nothing yet'] : lines, most);
}

/** Slack's four states; what they don't tell apart is said in words. */
function statusOf(state: StepState): 'pending' | 'in_progress' | 'complete' | 'error' {
  switch (state) {
    case 'waiting':
      return 'pending';
    case 'current':
    case 'working':
      return 'in_progress';
    case 'done':
    case 'skipped':
    case 'undone':
      return 'complete';
    case 'failed':
      return 'error';
    default:
      return state satisfies never;
  }
}

export function wordOf(state: StepState): string {
  switch (state) {
    case 'waiting':
    case 'done':
      return '';
    case 'current':
      return ' (now)';
    case 'working':
      return ' (working)';
    case 'skipped':
      return ' (skipped)';
    case 'undone':
      return ' (undone)';
    case 'failed':
      return ' (failed)';
    default:
      return state satisfies never;
  }
}

export function signOf(state: StepState): string {
  switch (state) {
    case 'waiting':
      return '○';
    case 'current':
      return '▶';
    case 'working':
      return '◌';
    case 'done':
      return '✔';
    case 'skipped':
      return '–';
    case 'failed':
      return '✖';
    case 'undone':
      return '↶';
    default:
      return state satisfies never;
  }
}
