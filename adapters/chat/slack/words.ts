/**
 * What a person typed, out of what Slack made of it.
 *
 * Slack turns addresses into links and mentions into ids: `<http://mx1.example.com|mx1.example.com>`,
 * `<mailto:a@example.com|a@example.com>`, `<@U123>`, `<#C1|ops>`, and escapes `& < >`
 * (docs.slack.dev/messaging/formatting-message-text). For a bot about mail every second message holds one.
 */

/** `bot`: the bot's own user id, whose mention at the beginning is taken away. */
export function wordsOf(text: string, bot?: string): string {
  const addressed = text
    .trimStart()
    .replace(bot === undefined ? /^<@[A-Z0-9]+(\|[^>]*)?>[\s,:]*/ : new RegExp(`^<@${bot}(\\|[^>]*)?>[\\s,:]*`), '');
  return addressed
    .replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, target: string, label: string | undefined) =>
      unlinked(target, label),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/[\u00A0\u2007\u202F]/g, ' ')
    .replace(/[\u200B-\u200F\u2060\uFEFF]/g, '')
    .trim();
}

export function mentions(text: string, bot: string | undefined): boolean {
  return bot !== undefined && new RegExp(`<@${bot}[|>]`).test(text);
}

function unlinked(target: string, label: string | undefined): string {
  if (/^[@#!]/.test(target))
    return label === undefined
      ? target.replace(/^!/, '@')
      : `${target.startsWith('#') ? '#' : '@'}${label.replace(/^[@#]/, '')}`;
  if (target.startsWith('mailto:')) return target.slice('mailto:'.length);
  const bare = target.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return label !== undefined && bare === label.replace(/\/$/, '') ? label : target;
}
