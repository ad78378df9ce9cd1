/**
 * What comes along when a command is copied into a chat: the marks of code around it, and characters that nobody sees.
 *
 * Owns: what every chat has in common. Does not own: links, mentions and escapes, which each chat has its own of.
 */

/** Marks of direction, joiners and breaks without width: copied along from web pages, mail clients and dialogues. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;

export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** Without the marks that make the whole of it code or bold, or a word of it code. */
export function unmarked(text: string): string {
  const whole = /^(```|`|\*)\s*([^`*]+?)\s*\1$/.exec(text);
  return whole?.[2] ?? text.replace(/(^|\s)`([^`\s]+)`(?=\s|$)/g, '$1$2');
}
