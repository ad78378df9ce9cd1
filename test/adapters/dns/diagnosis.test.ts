import type { Answer } from 'dns-packet';
import { expect, it } from 'vitest';
import { diagnoseResolver } from '../../../adapters/dns/diagnosis.ts';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';
import { a, reply, startMisbehaving } from '../../support/misbehaving-dns.ts';
import type { Behaviour } from '../../support/misbehaving-dns.ts';

const zen =
  (...codes: readonly string[]): Behaviour =>
  (asked) => [
    reply(
      asked,
      codes.map((code) => a(asked.name, code)),
    ),
  ];
const txt =
  (words: string): Behaviour =>
  (asked) => [reply(asked, [{ type: 'TXT', name: asked.name, ttl: 1, data: words } satisfies Answer])];
const nothing: Behaviour = (asked) => [reply(asked)];

it.each<readonly [string, Record<string, Behaviour>, string, RegExp]>([
  [
    'answers rightly',
    {
      invalid: nothing,
      'zen.spamhaus.org': zen('127.0.0.2', '127.0.0.4'),
      'multi.uribl.com': txt('permanent testpoint'),
    },
    'answers',
    /^$/,
  ],
  [
    'is refused by Spamhaus',
    {
      invalid: nothing,
      'zen.spamhaus.org': zen('127.255.255.254'),
      'multi.uribl.com': txt(
        '127.0.0.1 -> Query Refused. See http://uribl.com/refused.shtml [Your DNS IP: 192.0.2.53]',
      ),
    },
    'answers',
    /Spamhaus refuses it \(127\.255\.255\.254\); it is seen as 192\.0\.2\.53: use a recursive resolver of your own/,
  ],
  [
    'rewrites answers',
    { invalid: zen('198.51.100.7'), 'zen.spamhaus.org': zen('127.0.0.2'), 'multi.uribl.com': nothing },
    'answers',
    /it rewrites answers .*198\.51\.100\.7/,
  ],
  [
    'says that nothing exists',
    { invalid: nothing, 'zen.spamhaus.org': nothing, 'multi.uribl.com': nothing },
    'answers',
    /not even Spamhaus’ test entry/,
  ],
  [
    'is silent',
    { invalid: () => [], 'zen.spamhaus.org': () => [], 'multi.uribl.com': () => [] },
    'fails',
    /does not answer \(timeout\)/,
  ],
])('a resolver that %s is told apart', async (_what, zones, state, note) => {
  const server = await startMisbehaving(zones, true);
  const resolver = openResolver([readServer(server.address)]);
  const found = await diagnoseResolver(resolver, 'abcdef');
  expect(found.state).toBe(state);
  expect(found.note).toMatch(note);
  resolver.close();
  await server.stop();
});
