/** Blocks as they go over the wire, and the few that everything is made of. */
import type { Phrase } from '../../../../src/domain/foreign.ts';
import { LIMITS } from '../limits.ts';
import { cut, literal, mrkdwn } from './text.ts';

export interface SlackBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The newest blocks, which a workspace may not have yet: each can be said in classic ones. */
export const NATIVE = ['data_table', 'data_visualization', 'plan', 'alert', 'container'] as const;
export type NativeType = (typeof NATIVE)[number];

/** Types that are to be said in classic blocks, because Slack has refused them. */
export type Refused = ReadonlySet<NativeType>;

export const plainText = (phrase: Phrase | string, limit: number) => ({
  type: 'plain_text' as const,
  text: literal(phrase, limit) || '–',
  emoji: false,
});

/** `verbatim`: Slack makes no links, channels or mentions of what merely looks like one. */
export const markup = (text: string) => ({ type: 'mrkdwn' as const, text, verbatim: true });

export function section(text: string): SlackBlock {
  return { type: 'section', text: markup(text === '' ? '–' : text), expand: true };
}

export function sectionOf(phrase: Phrase | string): SlackBlock {
  return section(mrkdwn(phrase, LIMITS.sectionText));
}

export function context(text: string): SlackBlock {
  return { type: 'context', elements: [markup(cut(text, LIMITS.sectionText))] };
}

/** Lines (already mrkdwn) in as few sections as hold them, at most `most` of them; the rest is counted. */
export function sectionsOfLines(lines: readonly string[], most: number): readonly SlackBlock[] {
  const texts: string[] = [];
  let shown = 0;
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= LIMITS.sectionText)
      texts[texts.length - 1] = `${last}\n${line}`;
    else if (texts.length < most) texts.push(line);
    else break;
    shown += 1;
  }
  const rest = lines.length - shown;
  return [...texts.map(section), ...(rest > 0 ? [context(more(rest, 'lines'))] : [])];
}

/** "… 12 more". */
export function more(count: number, what = ''): string {
  return `… ${count.toLocaleString('en')} more${what === '' ? '' : ` ${what}`}`;
}

export function preformatted(lines: readonly string[], limit: number): string {
  const kept: string[] = [];
  let size = 8;
  for (const line of lines) {
    const safe = line.replaceAll('```', 'ˋˋˋ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    if (size + safe.length + 1 > limit) break;
    kept.push(safe);
    size += safe.length + 1;
  }
  const rest = lines.length - kept.length;
  return `\`\`\`${kept.join('\n')}\`\`\`${rest > 0 ? `\n${more(rest, 'lines')}` : ''}`;
}
