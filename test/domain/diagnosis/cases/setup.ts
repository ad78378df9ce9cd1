/** Cases of the rules about the set-up (src/domain/diagnosis/rules/setup.ts): evidence, and what the rule says of it. */
import type { Case } from './pieces.ts';
import { error, waiting } from './pieces.ts';

export const setupCases = {
  'wrong records': [
    [
      'no reverse name, a wrong greeting and a wrong SPF record are reasons to be refused',
      {
        dns: {
          reverse: [{ address: '203.0.113.7', state: 'missing' }],
          helo: { name: 'mail.example.com', state: 'mismatch' },
          domains: [{ domain: 'example.com', spf: 'lacks-address' }],
        },
      },
      [
        [error, 'for', 'reverse-dns'],
        [error, 'for', 'helo-name'],
        [error, 'for', 'spf'],
      ],
    ],
    ['records that are right say nothing', { dns: { reverse: [{ address: '203.0.113.7', state: 'ok' }] } }, []],
  ],
  'a wrong clock': [
    ['an hour off breaks logins and signatures', { clockSkewSeconds: 3600 }, [[error, 'for', 'clock']]],
    ['a minute is none', { clockSkewSeconds: 60 }, []],
  ],
  'held by a freeze': [
    ['that it waits says nothing about the cause', waiting('deferred transport'), [[error, 'against', 'frozen']]],
    ['so it says where Exim is frozen', waiting('outbound mail is frozen (tq7)'), [[error, 'against', 'frozen']]],
    [
      'so it says where Sendmail is frozen',
      waiting('makeconnection_ds: unsafe domain socket /run/tourniquet-frozen'),
      [[error, 'against', 'frozen']],
    ],
    ['nothing is frozen', waiting('connection timed out'), []],
  ],
} as const satisfies Readonly<Record<string, readonly Case[]>>;
