/**
 * What a person typed, out of what Slack made of it.
 *
 * Slack turns addresses into links and mentions into ids: `<http://mx1.example.com|mx1.example.com>`,
 * `<mailto:a@example.com|a@example.com>`, `<@U123>`, `<#C1|ops>`, and escapes `& < >`
 * (docs.slack.dev/messaging/formatting-message-text). For a bot about mail every second message holds one.
 */
import { unmarked, withoutInvisible } from '../../../src/commands/pasted.ts';

/** `bot`: the bot's own user id, whose mention addresses it and is no word, wherever it stands. */
export function wordsOf(text: string, bot?: string): string {
  const seen = withoutInvisible(text).trimStart();
  const first = bot === undefined ? '<@[A-Z0-9]+(\\|[^>]*)?>' : ownMention(bot).source;
  const spoken = seen.replace(new RegExp(`^(${first}(?:[\\s,]|:(?![\\w+-]+:))*)+`), '');
  const addressed = bot === undefined ? spoken : spoken.replace(ownMention(bot, 'g'), ' ');
  return unmarked(
    addressed
      .replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, target: string, label: string | undefined) =>
        unlinked(target, label),
      )
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
      .replace(/[\u00A0\u2007\u202F]/g, ' ')
      .trim(),
  );
}

export function mentions(text: string, bot: string | undefined): boolean {
  return bot !== undefined && ownMention(bot).test(text);
}

function ownMention(bot: string, flags = ''): RegExp {
  return new RegExp(`<@${bot}(\\|[^>]*)?>`, flags);
}

function unlinked(target: string, label: string | undefined): string {
  if (/^[@#!]/.test(target))
    return label === undefined
      ? target.replace(/^!/, '@')
      : `${target.startsWith('#') ? '#' : '@'}${label.replace(/^[@#]/, '')}`;
  // Digits that look like a telephone number, which an address may.
  if (target.startsWith('tel:')) return label ?? target.slice('tel:'.length);
  if (target.startsWith('mailto:')) return target.slice('mailto:'.length);
  const bare = target.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return label !== undefined && bare === label.replace(/\/$/, '') ? label : target;
}
