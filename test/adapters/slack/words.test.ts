import { expect, it } from 'vitest';
import { wordsOf } from '../../../adapters/chat/slack/words.ts';

it.each([
  ['<@U0BOT> check 9.9.9.9', 'check 9.9.9.9'],
  ['<@U0BOT|tq>, check mx1', 'check mx1'],
  ['check <http://mx1.example.com|mx1.example.com>', 'check mx1.example.com'],
  ['check <https://mx1.example.com/>', 'check https://mx1.example.com/'],
  ['note <mailto:anna@example.com|anna@example.com> is away', 'note anna@example.com is away'],
  ['note see <https://wiki.example.com/x?a=1|our wiki>', 'note see https://wiki.example.com/x?a=1'],
  ['note <@U0BEN|ben> and <@U0EVE> in <#C0OPS|ops>, <!here>', 'note @ben and @U0EVE in #ops, @here'],
  ['note a &lt;b&gt; &amp; c', 'note a <b> & c'],
  ['check\u00A09.9.9.9\u200B', 'check 9.9.9.9'],
  ['check <@U0BOT>', 'check @U0BOT'],
])('%j was typed as %j', (text, words) => {
  expect(wordsOf(text, 'U0BOT')).toBe(words);
});
