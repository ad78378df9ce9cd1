/** What `check` refuses before anything is asked: what is wrong, and what is permitted. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseWords } from '../../src/commands/parse.ts';
import { registry } from '../../src/commands/registry.ts';

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `9.${9 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`);

/** Why it was refused, and what is permitted; empty where it was not. */
function refusalOf(...words: readonly string[]): string {
  const heard = parseWords(['check', ...words], registry);
  return heard.kind === 'misheard' ? `${heard.why}; ${heard.remedy}` : '';
}

it.each<readonly [string, readonly string[], RegExp]>([
  ['an octet too large', ['999.1.1.1'], /"999\.1\.1\.1" is not an IPv4 address/],
  ['an address cut short', ['10.1'], /not an IPv4 address/],
  ['an address in octal', ['010.0.0.1'], /not an IPv4 address/],
  ['a private address', ['10.0.0.1'], /10\.0\.0\.1 is a private address.*--any-address/],
  ['a documentation address', ['203.0.113.7'], /documentation address.*--any-address/],
  ['a loopback address of IPv6', ['::1'], /loopback.*--any-address/],
  ['a private address in IPv6 clothes', ['::ffff:10.0.0.1'], /10\.0\.0\.1 is a private address/],
  ['a range with a private address in it', ['10.0.0.0/30'], /private address.*--any-address/],
  ['a range too large', ['9.0.0.0/8'], /more than 256 addresses.*\/24 or longer/],
  ['everything', ['0.0.0.0/0'], /more than 256 addresses/],
  ['a range of IPv6 too large', ['2600::/64'], /more than 256 addresses.*\/120 or longer/],
  ['a range that begins in the middle', ['9.9.9.9/24'], /not the start of its range.*9\.9\.9\.0\/24/],
  ['a prefix that is none', ['9.9.9.0/33'], /no valid prefix length/],
  ['an e-mail address', ['anna@example.com'], /e-mail address.*after the @/],
  ['a URL', ['https://example.com/x'], /is a URL/],
  ['a name with control characters', ['exa\u0007mple.com'], /not a domain name/],
  ['a name with a line end', ['example.com\nevil'], /not a domain name/],
  ['a name with a hidden character', ['exam\u200bple.com'], /not a domain name/],
  ['a name with a space', ['mail example.com'], /not a domain name/],
  ['an empty word', [''], /not a domain name/],
  ['a label too long', [`${'a'.repeat(64)}.com`], /not a domain name/],
  ['a name too long', [`${'a.'.repeat(130)}com`], /longer than 253/],
  ['an address with a zone id', ['fe80::1%eth0'], /zone id/],
  ['5,000 subjects', numbered(5000), /5000 subjects are too many.*at most 1024/],
  [
    'ranges that make too many',
    ['9.0.0.0/24', '9.0.1.0/24', '9.0.2.0/24', '9.0.3.0/24', '9.0.4.0/32'],
    /1025 addresses.*1024/,
  ],
  ['no list', ['9.9.9.9', '--lists', ','], /names no zone/],
  ['days that are none', ['9.9.9.9', '--since', 'monday'], /not a number of days.*1 to 365/],
  ['an option that is none', ['9.9.9.9', '--catalog', 'x'], /did you mean --catalogue/],
])('%s is refused', (_what, words, says) => {
  expect(refusalOf(...words)).toMatch(says);
});

it('names 60 characters of a wrong word at most, and never a control character as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (word) => {
      const refusal = refusalOf('--', word);
      expect(refusal.length).toBeLessThan(700);
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(refusal).not.toMatch(/[\u0000-\u001f]/);
    }),
    { numRuns: 2000 },
  );
});
