/** Reading a message as a person does: its buttons, and what a menu offers. */
import { readValue } from '../../../adapters/chat/slack/render/buttons.ts';
import { record } from './methods.ts';
import type { Posted } from './workspace.ts';

export interface ShownButton {
  readonly label: string;
  readonly command: string;
  /** `menu` for what a menu offers; plain buttons have none. */
  readonly style: string | undefined;
}

export function buttonsOf(posted: Posted): readonly ShownButton[] {
  return elementsIn(posted.blocks).flatMap((element) => {
    if (element['type'] === 'button') return [shown(element, element['style'])];
    const options: readonly unknown[] = Array.isArray(element['options']) ? element['options'] : [];
    return options.map((option) => shown(record(option), 'menu'));
  });
}

function shown(element: Readonly<Record<string, unknown>>, style: unknown): ShownButton {
  return {
    label: String(record(element['text'])['text']),
    command: readValue(String(element['value']))?.command ?? '',
    style: typeof style === 'string' ? style : undefined,
  };
}

function elementsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(elementsIn);
  if (typeof value !== 'object' || value === null) return [];
  const fields = record(value);
  const own = fields['type'] === 'button' || fields['type'] === 'static_select' ? [fields] : [];
  return [...own, ...Object.values(fields).flatMap(elementsIn)];
}
