/**
 * A document of ours as the elements of a card, where a file can't be sent: its headings, lists, tables and commands as a
 * reader sees them, not as Markdown is written.
 */
import type { Element } from './card.ts';
import { LIMITS, bytesOf } from './limits.ts';
import { cutText, textElement } from './text.ts';
import type { PlacedLook } from './text.ts';

type Document = { readonly type: 'text/markdown' | 'text/plain'; readonly text: string };

/** Half of what Teams takes: the rest of the message needs some, too. */
const MOST_BYTES = LIMITS.messageBytes / 2;
const MOST_LETTERS = 2000;
const CODE: PlacedLook = { fontType: 'Monospace', spacing: 'None' };

/** What fits, and how many lines don't. */
export function documentAsCard({ type, text }: Document): {
  readonly elements: readonly Element[];
  readonly left: number;
} {
  const lines = text.replace(/\n+$/, '').split('\n');
  const elements: Element[] = [];
  let bytes = 0;
  let fenced = type === 'text/plain';
  for (const [index, line] of lines.entries()) {
    if (type === 'text/markdown' && line.startsWith('```')) {
      fenced = !fenced;
      continue;
    }
    const element = fenced ? textElement([cutText(line, MOST_LETTERS)], CODE, MOST_LETTERS) : lineAsElement(line);
    if (!element) continue;
    bytes += bytesOf(element) + 2;
    if (bytes > MOST_BYTES) return { elements, left: lines.length - index };
    elements.push(element);
  }
  return { elements, left: 0 };
}

function lineAsElement(line: string): Element | undefined {
  if (line === '' || /^\|[-|: ]+\|$/.test(line)) return undefined;
  const words = (text: string, look: PlacedLook): Element => textElement([unescaped(text)], look, MOST_LETTERS);
  const heading = /^(#{1,4}) (.*)$/.exec(line);
  if (heading)
    return words(heading[2] ?? '', {
      weight: 'Bolder',
      ...(heading[1]?.length === 1 && { size: 'Medium' as const }),
      spacing: 'Medium',
    });
  const bold = /^(- )?\*\*(.*)\*\*$/.exec(line);
  if (bold)
    return words(`${bold[1] === undefined ? '' : '• '}${bold[2] ?? ''}`, { weight: 'Bolder', spacing: 'Small' });
  if (line.startsWith('- ')) return words(`• ${line.slice(2)}`, { spacing: 'Small' });
  if (line.startsWith('| ')) return words(cellsOf(line).join('  '), { spacing: 'Small' });
  return words(line, { spacing: 'Small' });
}

/** A bar within a cell is written with a backslash before it. */
function cellsOf(row: string): readonly string[] {
  return row
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function unescaped(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}
