/**
 * Words on a card.
 *
 * Owns: that no text is taken for Markdown, a link, a mention or a template function. Does not own: hidden characters
 * (made visible at the door, and here once more).
 * Rules:
 * 1. A TextBlock and a fact read Markdown; only text that is harmless letter by letter goes there.
 * 2. Everything else, and foreign text always, goes into the runs of a RichTextBlock, which read no Markdown; foreign
 *    runs are set in a fixed-width face.
 * 3. `{{` begins a function (DATE, TIME) in every text of a card; it is taken apart.
 */
import { isForeign, plain } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { RichTextBlock, TextBlock, TextLook, TextRun } from './card.ts';

/** Characters and beginnings that Markdown, HTML or a linkifier could take for more than text. */
const MARKUP = /[*_[\]`~\\<>&#{}|@$^=\n]|:\/\/|www\.|^\s*(?:[-+]|\d+[.)])\s/iu;

/** Control, format, private and unassigned characters, line and paragraph separators. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu;

/** Whether the text means nothing but itself where Markdown is read. */
export function isHarmless(text: string): boolean {
  return !MARKUP.test(text) && text.search(HIDDEN) < 0;
}

export type PlacedLook = TextLook & {
  readonly align?: 'Right';
  readonly heading?: true;
  readonly spacing?: 'None' | 'Small' | 'Medium' | 'Large';
};

/** The phrase as an element, at most `limit` characters, cut visibly. */
export function textElement(phrase: Phrase, look: PlacedLook, limit: number): TextBlock | RichTextBlock {
  const { align, heading, spacing, ...runLook } = look;
  const cut = cutPhrase(phrase, limit);
  const placed = {
    ...(align && { horizontalAlignment: align }),
    ...(spacing && { spacing }),
  };
  const own = cut.every((part) => !isForeign(part));
  const text = plain(cut);
  if (own && isHarmless(text)) {
    return { type: 'TextBlock', text, wrap: true, ...runLook, ...(heading && { style: 'heading' }), ...placed };
  }
  return { type: 'RichTextBlock', inlines: runsOf(cut, runLook), ...placed };
}

export function runsOf(phrase: Phrase, look: TextLook): readonly TextRun[] {
  const runs = phrase.map((part): TextRun => {
    const text = harmless(isForeign(part) ? part.foreign : part);
    return { type: 'TextRun', text, ...look, ...(isForeign(part) && { fontType: 'Monospace' }) };
  });
  return runs.length === 0 ? [{ type: 'TextRun', text: ' ', ...look }] : runs;
}

/** Text for places that show it letter by letter (runs, labels, notifications). */
export function harmless(text: string): string {
  return text
    .replace(/\r?\n/g, '\n')
    .replace(HIDDEN, (character) => (character === '\n' ? character : '\u{FFFD}'))
    .replace(/\{(?=\{)/g, '{ ');
}

/** At most `limit` characters (code points); what is cut is cut visibly. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const points = Array.from(text.slice(0, limit * 2 + 2));
  return points.length <= limit ? text : `${points.slice(0, Math.max(1, limit - 1)).join('')}…`;
}

export function cutPhrase(phrase: Phrase, limit: number): Phrase {
  const kept: Phrase[number][] = [];
  let left = limit;
  for (const part of phrase) {
    if (left <= 0) break;
    const text = isForeign(part) ? part.foreign : part;
    const cut = cutText(text, left);
    left -= Array.from(cut).length;
    kept.push(isForeign(part) ? { foreign: cut } : cut);
    if (cut !== text) return kept;
  }
  const whole = phrase.length === kept.length;
  return whole ? kept : [...kept, '…'];
}
