/**
 * Words for Slack. Text from outside can become no mention, no link, no markup, and hides nothing.
 *
 * Rules:
 * 1. mrkdwn: `& < >` are escaped in every part; a foreign part is inline code, so that its own `*_~` stay signs.
 *    (docs.slack.dev/messaging/formatting-message-text: `<!…>`, `<@…>`, `<#…>` and links all begin with `<`.)
 * 2. Literal places (plain_text, table cells, rich text) have no markup; there `<` and `>` become ‹ and ›, so that no
 *    client can read one into them.
 * 3. Every cut is seen: it ends in "…".
 */
import { isForeign } from '../../../../src/domain/foreign.ts';
import type { Phrase } from '../../../../src/domain/foreign.ts';
import type { Tone } from '../../../../src/messages/message.ts';

/** A sign per tone, so that no meaning hangs on colour alone in the text twin. */
export const SIGNS: Readonly<Record<Tone, string>> = {
  good: '🟢',
  warning: '🟡',
  critical: '🔴',
  unknown: '⚪',
  neutral: '🔵',
};

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A phrase in mrkdwn of at most `limit` characters as Slack counts them (escaped). Links of our own stay links. */
export function mrkdwn(phrase: Phrase | string, limit: number): string {
  const parts = typeof phrase === 'string' ? [phrase] : phrase;
  let written = '';
  for (const part of parts) {
    const outside = isForeign(part);
    const words = outside ? disarmed(visible(part.foreign)).replaceAll('`', 'ˋ') : part;
    if (words === '' || (outside && words.trim() === '')) continue;
    const frame = outside ? '`' : '';
    const room = limit - written.length - frame.length * 2;
    const { text, whole } = outside ? escaped(words, room) : ourOwn(words, room);
    if (text !== '') written += `${frame}${text}${frame}`;
    if (!whole) return written;
  }
  return written;
}

/** Slack draws `:100:` and `:1234:` as pictures, in an IPv6 address too; in code it draws nothing. */
const PICTURED = /[0-9a-f:]*:(?:100|1234):[0-9a-f:]*/gi;

function ourOwn(words: string, room: number): Fitted {
  const fitted = escaped(words, room);
  if (!fitted.whole) return fitted;
  const safe = fitted.text.replace(PICTURED, (each) => `\`${each}\``);
  const linked = safe.replace(/https:\/\/[^\s<>|`*,;)]+[^\s<>|`*,;).:]/g, (url) => `<${url}>`);
  return linked.length <= room ? { text: linked, whole: true } : fitted;
}

interface Fitted {
  readonly text: string;
  /** Nothing had to be cut. */
  readonly whole: boolean;
}

function escaped(words: string, room: number): Fitted {
  const pieces = Array.from(words, (character) => ESCAPES[character] ?? character);
  const all = pieces.join('');
  if (all.length <= room) return { text: all, whole: true };
  let text = '';
  for (const piece of pieces) {
    if (text.length + piece.length > room - 1) break;
    text += piece;
  }
  return { text: room < 1 ? '' : `${text}…`, whole: false };
}

/** A phrase as bare text for places without markup, of at most `limit` characters. */
export function literal(phrase: Phrase | string, limit: number): string {
  const parts = typeof phrase === 'string' ? [phrase] : phrase;
  const words = parts.map((part) => (isForeign(part) ? visible(part.foreign) : part)).join('');
  return cut(words.replaceAll('<', '‹').replaceAll('>', '›'), limit);
}

/** Cuts visibly, never inside a character. */
export function cut(words: string, limit: number): string {
  if (words.length <= limit) return words;
  const kept = words.slice(0, Math.max(0, limit - 1));
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/**
 * What would be a mention or a link, had it not been escaped: clients have been seen to unescape before they parse (the
 * gallery's renderer does), so it loses its angle brackets altogether.
 */
function disarmed(words: string): string {
  return /<(?=[!@#]|[a-z][a-z0-9+.-]*:)/i.test(words) ? words.replaceAll('<', '‹').replaceAll('>', '›') : words;
}

/** What was made visible at the door is checked again here. */
function visible(words: string): string {
  return words.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}

/** "2026-11-24 07:30 UTC". */
export function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
