/**
 * Buttons and the menu that holds those that don't fit.
 *
 * Rules:
 * 1. A value carries the command in words, the nonce and the message's key; nothing of it is believed: the command is
 *    parsed and the role checked again, as if it had been typed.
 * 2. Five buttons in a row, at most two of them coloured; the rest in a menu. What asks before it acts is always a button.
 */
import type { Button } from '../../../../src/messages/message.ts';
import { LIMITS } from '../limits.ts';
import type { SlackBlock } from './block.ts';
import { context, more, plainText } from './block.ts';

const IN_A_ROW = 5;
const COLOURED = 2;

export interface PressedValue {
  readonly command: string;
  readonly key: string;
  readonly nonce?: string;
}

/** Counts the elements of one message: ids are unique in it. */
export interface ButtonPen {
  readonly key: string;
  next: number;
}

export function writeValue(button: Button, key: string): string {
  return JSON.stringify({ c: button.command, k: key, ...(button.nonce !== undefined && { n: button.nonce }) });
}

/** What a pressed element's value says, or undefined where it isn't one of ours. */
export function readValue(value: string): PressedValue | undefined {
  try {
    const read: unknown = JSON.parse(value);
    if (typeof read !== 'object' || read === null || !('c' in read) || typeof read.c !== 'string') return undefined;
    const key = 'k' in read && typeof read.k === 'string' ? read.k : '';
    return { command: read.c, key, ...('n' in read && typeof read.n === 'string' && { nonce: read.n }) };
  } catch {
    return undefined;
  }
}

export const PRESS = 'tq.press';
export const CHOOSE = 'tq.choose';

export function buttonRow(buttons: readonly Button[], pen: ButtonPen): readonly SlackBlock[] {
  if (buttons.length === 0) return [];
  const fits = buttons.filter((button) => writeValue(button, pen.key).length <= LIMITS.buttonValue);
  const inMenu = fits.filter(
    (button, index) => index >= IN_A_ROW - 1 && fits.length > IN_A_ROW && canBeChosen(button, pen.key),
  );
  const inRow = fits.filter((button) => !inMenu.includes(button)).slice(0, LIMITS.actionElements - 1);
  const chosen = inMenu.slice(0, LIMITS.options);
  let coloured = 0;
  const elements: SlackBlock[] = inRow.map((button) => {
    const style = button.style !== 'plain' && (coloured += 1) <= COLOURED ? button.style : undefined;
    return element(button, style, pen);
  });
  if (chosen.length > 0) {
    elements.push({
      type: 'static_select',
      action_id: `${CHOOSE}.${pen.next++}`,
      placeholder: plainText('More …', LIMITS.placeholder),
      options: chosen.map((button) => ({
        text: plainText(button.label, LIMITS.optionText),
        value: writeValue(button, pen.key),
      })),
    });
  }
  const lost = buttons.length - inRow.length - chosen.length;
  return [
    ...(elements.length > 0 ? [{ type: 'actions', elements }] : []),
    ...(lost > 0 ? [context(`${more(lost, 'buttons')}; say help for the words`)] : []),
  ];
}

function canBeChosen(button: Button, key: string): boolean {
  return (
    button.confirm === undefined && button.style !== 'danger' && writeValue(button, key).length <= LIMITS.optionValue
  );
}

function element(button: Button, style: Button['style'] | undefined, pen: ButtonPen): SlackBlock {
  return {
    type: 'button',
    action_id: `${PRESS}.${pen.next++}`,
    text: plainText(button.label, LIMITS.buttonText),
    value: writeValue(button, pen.key),
    ...(style !== undefined && { style }),
    ...(button.confirm !== undefined && {
      confirm: {
        title: plainText(button.label, LIMITS.confirmTitle),
        text: plainText(button.confirm, LIMITS.confirmText),
        confirm: plainText(button.label, LIMITS.confirmButton),
        deny: plainText('No', LIMITS.confirmButton),
        ...(button.style === 'danger' && { style: 'danger' }),
      },
    }),
  };
}
