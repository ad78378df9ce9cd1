/**
 * Text that somebody outside wrote: envelope senders, delay reasons, TXT records, host names, chat words.
 *
 * Owns: making such text harmless to look at, once, at the door. Does not own: a platform's own syntax (`<!channel>`,
 * Markdown, HTML); each renderer escapes that for itself and knows foreign text by its type.
 * Rules:
 * 1. Control, bidirectional, zero-width and other format characters are shown as `<U+202E>`, never emitted.
 * 2. The text is in Unicode NFC and bounded; what is cut is cut visibly.
 * 3. A program's own words are plain strings; foreign text is never concatenated into them.
 */
export interface Foreign {
  readonly foreign: string;
}

/** Words of ours with foreign text in between, in reading order. */
export type Phrase = readonly (string | Foreign)[];

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu;

/** Marks text from outside as such. `limit` is in characters (code points), 1 to 10,000. */
export function foreign(text: string, limit = 200): Foreign {
  const bounded = text.length > limit * 2 ? text.slice(0, limit * 2 + 2) : text;
  const points = Array.from(bounded.normalize('NFC'));
  const kept = points.length > limit ? [...points.slice(0, Math.max(1, limit - 1)), '…'] : points;
  return { foreign: kept.join('').replace(HIDDEN, (character) => `<U+${hex(character)}>`) };
}

/** JSON in which such characters are written as escapes: the same value, and harmless to look at. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

export function isForeign(part: string | Foreign): part is Foreign {
  return typeof part !== 'string';
}

/** Template tag: say`held for ${foreign(sender)}` keeps the foreign part apart; numbers become text. */
export function say(words: TemplateStringsArray, ...values: readonly (string | number | Foreign | Phrase)[]): Phrase {
  const parts: (string | Foreign)[] = [];
  words.forEach((word, index) => {
    if (word !== '') parts.push(word);
    const value = values[index];
    if (value === undefined) return;
    if (typeof value === 'number') parts.push(String(value));
    else if (typeof value === 'string') parts.push(value);
    else if ('foreign' in value) parts.push(value);
    else parts.push(...value);
  });
  return parts;
}

/** The phrase as bare text, for places without any syntax of their own (logs, JSON, a terminal's plain text). */
export function plain(phrase: Phrase | string): string {
  if (typeof phrase === 'string') return phrase;
  return phrase.map((part) => (typeof part === 'string' ? part : part.foreign)).join('');
}
