/** What every block is written with: the form of the text, its colours, and the numbers of its buttons. */
import type { Button } from '../../../src/messages/message.ts';
import { widthOf } from './layout.ts';
import type { Paint } from './paint.ts';

export interface TextForm {
  readonly colour: boolean;
  /** Columns, 40 or more. */
  readonly width: number;
  /** Evidence is written out rather than counted. */
  readonly unfolded: boolean;
  /** Number of the first button; undefined: buttons are shown as the words to type. */
  readonly firstNumber?: number;
}

export interface Pen {
  readonly paint: Paint;
  readonly form: TextForm;
  readonly buttons: Button[];
}

/** Buttons beside each other, as many as a line holds; one that is longer stays whole, so that it can be copied. */
export function buttonLines(buttons: readonly Button[], lead: string, pen: Pen): readonly string[] {
  const lines: string[] = [];
  for (const offered of buttons.map((each) => number(each, pen))) {
    const beside = `${lines.at(-1)}  ${offered}`;
    if (lines.length > 0 && widthOf(beside) <= pen.form.width) lines.splice(-1, 1, beside);
    else lines.push(lead + offered);
  }
  return lines;
}

/** The button as it is offered: by its number, or as the words to type. */
function number(button: Button, pen: Pen): string {
  const { firstNumber } = pen.form;
  pen.buttons.push(button);
  if (firstNumber === undefined) return pen.paint.dim(`→ ${button.command}`);
  const tone = button.style === 'danger' ? 'critical' : button.style === 'primary' ? 'good' : 'neutral';
  return pen.paint.tone(tone, `[${firstNumber + pen.buttons.length - 1}] ${button.label}`);
}
