/**
 * What a person typed, out of what Teams sends.
 *
 * Mail text is full of `@`, so nothing is ever looked for by that sign: a mention is what the activity's entities name,
 * letter by letter. Our own is taken out, another's leaves the name. Source: "Channel and group conversations" of the
 * Teams documentation; Teams sends text with HTML's character references though it calls it plain.
 */
import { unmarked, withoutInvisible } from '../../../src/commands/pasted.ts';
import type { Activity } from './activity.ts';

export interface Spoken {
  readonly words: string;
  /** Whether the bot itself was mentioned. */
  readonly mentioned: boolean;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

export function wordsOf(activity: Activity): Spoken {
  const ours = activity.recipient?.id;
  let text = activity.text ?? '';
  let mentioned = false;
  for (const entity of activity.entities ?? []) {
    if (entity.type !== 'mention' || typeof entity.text !== 'string' || entity.text === '') continue;
    const own = ours !== undefined && entity.mentioned?.id === ours;
    mentioned ||= own;
    text = text.replaceAll(entity.text, own ? ' ' : ` ${entity.mentioned?.name ?? ''} `);
  }
  // The place of a quoted message in the text; what was quoted are somebody else's words.
  if (activity.entities?.some(({ type }) => type === 'quotedReply') === true)
    text = text.replace(/<quoted\s[^>]*>(?:<\/quoted>)?/g, ' ');
  const plain = text
    .replace(/&(?:nbsp|lt|gt|quot|#39|amp);/g, (each) => REFERENCES[each] ?? each)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n');
  return { words: unmarked(withoutInvisible(plain).trim()), mentioned };
}
