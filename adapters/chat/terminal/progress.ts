/**
 * A playbook's steps as lines. Where somebody sits at it and it is long, those around the one that is next have a line
 * each, and the others share one: fourteen lines at each step are a screen of the same.
 */
import type { Block } from '../../../src/messages/message.ts';
import { stepsAtOnce } from '../../../src/messages/steps-shown.ts';
import { widthOf, wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import { buttonLines } from './pen.ts';
import type { Pen } from './pen.ts';

type Progress = Extract<Block, { kind: 'progress' }>;
type Step = Progress['steps'][number];

interface Numbered {
  readonly number: number;
  readonly step: Step;
}

export function progressLines(block: Progress, pen: Pen): readonly string[] {
  const all = block.steps.map((step, index): Numbered => ({ number: index + 1, step }));
  const atOnce = pen.form.firstNumber === undefined ? undefined : stepsAtOnce(block);
  const shown = new Set((atOnce?.shown ?? all).map((each) => each.number));
  const lines: string[] = [pen.paint.bold(block.title)];
  let aside: Numbered[] = [];
  for (const each of all) {
    if (!shown.has(each.number)) {
      aside.push(each);
      continue;
    }
    lines.push(...asideLines(aside, pen), ...stepLines(each, pen));
    aside = [];
  }
  return [...lines, ...asideLines(aside, pen)];
}

function stepLines({ number: place, step }: Numbered, pen: Pen): readonly string[] {
  const { paint, form } = pen;
  const name = `  ${stepSign(step.state, paint)} ${place}. ${step.name}`;
  const note = step.note ? paint.dim(paint.phrase(step.note)) : '';
  const beside = `${name}  ${note}`;
  const isNarrow = widthOf(beside) > form.width;
  return [
    ...(note === '' || isNarrow ? [name] : [beside]),
    ...(isNarrow ? wrap(`       ${note}`, form.width, '       ') : []),
    ...buttonLines(step.buttons ?? [], '       ', pen),
  ];
}

/** Steps in a row that are over, or far ahead: those that are alike share a line. */
function asideLines(steps: readonly Numbered[], { paint, form }: Pen): readonly string[] {
  const alike: Numbered[][] = [];
  for (const each of steps) {
    const row = alike.at(-1);
    if (row?.[0]?.step.state === each.step.state) row.push(each);
    else alike.push([each]);
  }
  return alike.flatMap((row) => {
    const [first] = row;
    if (!first) return [];
    const places = row.length === 1 ? `${first.number}.` : `${first.number}–${first.number + row.length - 1}.`;
    const names = row.map(({ step }) => step.name).join(', ');
    return wrap(`  ${stepSign(first.step.state, paint)} ${paint.dim(`${places} ${names}`)}`, form.width, '       ');
  });
}

function stepSign(state: Step['state'], paint: Paint): string {
  switch (state) {
    case 'waiting':
      return paint.dim('○');
    case 'current':
      return paint.tone('neutral', '▶');
    case 'working':
      return paint.tone('neutral', '…');
    case 'done':
      return paint.tone('good', '✔');
    case 'skipped':
      return paint.dim('–');
    case 'failed':
      return paint.tone('critical', '✖');
    case 'undone':
      return paint.dim('↶');
    default:
      return state satisfies never;
  }
}
