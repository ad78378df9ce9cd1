/**
 * Buttons on a card.
 *
 * Rules:
 * 1. `Action.Execute` with `Action.Submit` for clients that don't know it; both bring back the same data.
 * 2. At most two stand in the row, one above the other where their labels are long; the others fold into its menu.
 * 3. A button that asks first opens the question beneath the row; only the button in there acts.
 */
import type { Button } from '../../../src/messages/message.ts';
import type { Action, ActionData, ActionSet, Element, SubmitAction, ToggleAction } from './card.ts';
import { LIMITS } from './limits.ts';
import { cutText, harmless, textElement } from './text.ts';

/** The verb of every `Action.Execute`: what is meant stands in its data. */
export const VERB = 'tourniquet.say';

export interface Pen {
  readonly key: string;
  readonly buttonless: boolean;
  /** What the card's head says already. */
  readonly said: string;
  /** 1: all limits as they are; smaller: the card was too large. */
  readonly scale: number;
  /** Counts the ids that were given on this card. */
  next: number;
}

/** A row of buttons with the questions they open; nothing where there are none. */
export function buttonRow(buttons: readonly Button[], pen: Pen): readonly Element[] {
  if (buttons.length === 0 || pen.buttonless) return [];
  const questions: Element[] = [];
  const shown = buttons.slice(0, pen.scale < 0.1 ? LIMITS.primaryButtons : LIMITS.buttonsPerRow);
  const actions = shown.map((button, index): Action => {
    const folded = index >= LIMITS.primaryButtons ? ({ mode: 'secondary' } as const) : {};
    if (button.confirm === undefined) return { ...act(button, pen.key), ...folded };
    const id = freshId(pen, 'ask');
    questions.push(question(button, id, pen.key));
    return { type: 'Action.ToggleVisibility', ...titled(button), targetElements: [id], ...folded };
  });
  const cut = buttons.length - shown.length;
  const more = cut > 0 ? [textElement([`… ${cut} more: say help`], { isSubtle: true, size: 'Small' }, 80)] : [];
  return [...setsOf(actions), ...questions, ...more];
}

/** Teams and its renderer cut off what doesn't fit beside each other. */
function setsOf(actions: readonly Action[]): readonly ActionSet[] {
  const [first, second, ...folded] = actions;
  if (!first || !second || first.title.length + second.title.length <= LIMITS.rowLetters) return [actionSet(actions)];
  return [actionSet([first]), actionSet([second, ...folded])];
}

/** Shows or hides the elements of these ids. */
export function toggle(title: string, ids: readonly string[]): ToggleAction {
  return { type: 'Action.ToggleVisibility', title: cutText(title, 60), targetElements: ids };
}

export function actionSet(actions: readonly Action[]): ActionSet {
  return { type: 'ActionSet', actions };
}

export function freshId(pen: Pen, stem: string): string {
  pen.next += 1;
  return `${stem}${pen.next}`;
}

function question(button: Button, id: string, key: string): Element {
  return {
    type: 'Container',
    id,
    isVisible: false,
    style: 'attention',
    items: [
      textElement([button.confirm ?? ''], { weight: 'Bolder' }, 400),
      actionSet([act(button, key), toggle('Not now', [id])]),
    ],
  };
}

function act(button: Button, key: string): Action {
  const data = dataOf(button, key);
  const fallback: SubmitAction = { type: 'Action.Submit', ...titled(button), data };
  return { type: 'Action.Execute', ...titled(button), verb: VERB, data, fallback };
}

function titled(button: Button): Pick<SubmitAction, 'title' | 'style'> {
  const title = cutText(harmless(button.label), 40);
  switch (button.style) {
    case 'primary':
      return { title, style: 'positive' };
    case 'danger':
      return { title, style: 'destructive' };
    case 'plain':
      return { title };
    default:
      return button.style satisfies never;
  }
}

function dataOf(button: Button, key: string): ActionData {
  const { nonce } = button;
  return {
    tq: { command: button.command, key, label: cutText(button.label, 40), ...(nonce !== undefined && { nonce }) },
  };
}
