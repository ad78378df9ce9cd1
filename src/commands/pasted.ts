/**
 * What comes along when a command is copied into a chat: the marks of code around it, and characters that nobody sees.
 *
 * Owns: what every chat has in common. Does not own: links, mentions and escapes, which each chat has its own of.
 */

/** Marks of direction, joiners and breaks without width: copied along from web pages, mail clients and dialogues. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;

/** Without them; a hyphen that keeps a word together is a hyphen. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '').replace(/[\u2010\u2011]/g, '-');
}

/** The sign of a quotation or of a list's item, before the words. */
const ITEM = /^\s*(?:[>•▪◦·]\s*|[-–—*]\s+)(?=[\p{L}\p{N}`/])/u;
const WHOLE = [/^(```|`|\*)\s*([^`*]+?)\s*\1$/, /^([_~])([^_~]+)\1$/];

/** Without the marks that make the whole of it a quotation, code, bold, italic or struck, or a word of it code. */
export function unmarked(said: string): string {
  const text = said.replace(ITEM, '');
  const whole = WHOLE.map((marks) => marks.exec(text)?.[2]).find((each) => each !== undefined);
  return whole ?? text.replace(/(^|\s)`([^`\s]+)`(?=\s|$)/g, '$1$2');
}
