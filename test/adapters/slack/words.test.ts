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
  ['check 9.9.9.9 <@U0BOT>', 'check 9.9.9.9'],
  ['hey <@U0BOT|tq> check 9.9.9.9', 'hey   check 9.9.9.9'],
  ['<@U0BOT> <@U0BOT>: status', 'status'],
  ['\u200B<@U0BOT> status', 'status'],
  ['check <tel:9999|9.9.9.9>', 'check 9.9.9.9'],
  ['`check 9.9.9.9`', 'check 9.9.9.9'],
  ['<@U0BOT> ```queue mx1```', 'queue mx1'],
  [':wave: status', ':wave: status'],
  ['<@U0BOT> :wave: status', ':wave: status'],
  ['<@U0BOT>: status', 'status'],
  ['_check 9.9.9.9_', 'check 9.9.9.9'],
  ['~check 9.9.9.9~', 'check 9.9.9.9'],
  ['note _a_ and _b_', 'note _a_ and _b_'],
  ['&gt; check 9.9.9.9', 'check 9.9.9.9'],
  ['• check 9.9.9.9', 'check 9.9.9.9'],
  ['<@U0BOT> – status', 'status'],
  ['do freeze\u2011outbound', 'do freeze-outbound'],
  ['*status*', 'status'],
  ['check `9.9.9.9`', 'check 9.9.9.9'],
  ['check \u202A9.9.9.9\u202C', 'check 9.9.9.9'],
  ['note *.example.com and *.example.net*', 'note *.example.com and *.example.net*'],
])('%j was typed as %j', (text, words) => {
  expect(wordsOf(text, 'U0BOT')).toBe(words);
});
