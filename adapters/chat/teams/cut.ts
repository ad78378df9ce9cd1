/** Cutting to a card's size, visibly. */
import type { Pen } from './buttons.ts';
import type { Element } from './card.ts';
import { LIMITS } from './limits.ts';
import { textElement } from './text.ts';

/** At most `most` at full size, fewer on a smaller card, and one at least; then how many are missing. */
export function cutList<T>(
  items: readonly T[],
  most: number,
  pen: Pen,
): { readonly shown: readonly T[]; readonly more: readonly Element[] } {
  const shown = items.slice(0, Math.max(1, Math.floor(most * pen.scale)));
  const cut = items.length - shown.length;
  return { shown, more: cut > 0 ? [textElement([`… ${cut} more`], { isSubtle: true, size: 'Small' }, 40)] : [] };
}

/** Characters of one text. */
export function textLimit(pen: Pen): number {
  return Math.max(120, Math.floor(LIMITS.text * pen.scale));
}

/** Characters of one cell of a table. */
export function cellLimit(pen: Pen): number {
  return Math.max(40, Math.floor(LIMITS.cell * pen.scale));
}

export function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
