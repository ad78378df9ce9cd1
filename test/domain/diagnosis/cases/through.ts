/** Cases of the rules about an attack through the server (src/domain/diagnosis/rules/through.ts): evidence, and what the rule says of it. */
import type { Case } from './pieces.ts';
import { bouncing, clear, full, guessed, inside, listed, login, ndr, relay, waiting } from './pieces.ts';

export const throughCases = {
  'a stolen login': [
    [
      'one login, far more than usual, guessed, from outside',
      { ...listed(), ...full, logins: [guessed] },
      [
        [login, 'for', 'odd-login'],
        [login, 'for', 'guessed-password'],
        [login, 'for', 'foreign-address'],
        [login, 'for', 'guessable-account'],
        [login, 'for', 'listed'],
        [login, 'for', 'queues-full'],
      ],
    ],
    [
      'from inside and with no failures it may be a person with much to say',
      { logins: [{ ...guessed, account: 'boss', messages: 400, addresses: ['10.0.0.2'], failuresBefore: 0 }] },
      [
        [login, 'for', 'odd-login'],
        [login, 'against', 'from-inside'],
        [login, 'against', 'nobody-guessed'],
      ],
    ],
    [
      'logins as usual speak against it',
      { logins: [{ account: 'anna', messages: 9, usualPerHour: 8 }] },
      [[login, 'against', 'logins-as-usual']],
    ],
    [
      'a newsletter that always sends so much explains the queue',
      {
        ...full,
        logins: [{ account: 'news', messages: 4100, recipientDomains: 900, usualPerHour: 4000, failuresBefore: 0 }],
      },
      [
        [login, 'against', 'logins-as-usual'],
        [login, 'against', 'usual-sender'],
      ],
    ],
    ['logins that were not looked at say nothing', full, []],
  ],
  'full and listed': [
    ['without logs it is likely a stolen login', { ...listed(), ...full }, [[login, 'for', 'full-and-listed']]],
    ['not where the logs were read', { ...listed(), ...full, logins: [] }, []],
    ['not where what waits is refused for the listing itself', { ...listed(), ...waiting('blocked by spamhaus') }, []],
    ['not where a machine inside sends it', { ...listed(), ...full, insideClients: [inside] }, []],
  ],
  'bounces to forged senders': [
    [
      'null-sender mail to many domains',
      { ...bouncing, ...listed({ causes: [ndr] }), unknownRecipientsPerMinute: 340, bouncesPerMinute: 120 },
      [
        [ndr, 'for', 'null-sender'],
        [login, 'against', 'null-sender'],
        [ndr, 'for', 'bounce-rate'],
        [ndr, 'for', 'unknown-recipients'],
        [ndr, 'for', 'list-hint'],
      ],
    ],
    ['few bounces speak against it', full, [[ndr, 'against', 'few-bounces']]],
    [
      'but not in a queue that is nearly empty, where they are seen to leave',
      { ...clear, unknownRecipientsPerMinute: 340, bouncesPerMinute: 120 },
      [
        [ndr, 'for', 'bounce-rate'],
        [ndr, 'for', 'unknown-recipients'],
      ],
    ],
    [
      'a mailing list’s bounces go to few domains',
      { queue: { messages: 70, nullSender: { messages: 50, recipientDomains: 2 } } },
      [[ndr, 'against', 'few-bounces']],
    ],
    ['a server that makes none speaks against it', { bouncesPerMinute: 0 }, [[ndr, 'against', 'bounce-rate']]],
  ],
  'the server relays for anybody': [
    ['proved by a test from outside', { openRelayTest: 'accepted' }, [[relay, 'for', 'relay-test']]],
    [
      'proved by mail that it relayed for strangers',
      { relayedForStrangers: 200 },
      [
        [relay, 'for', 'strangers'],
        [login, 'against', 'strangers'],
      ],
    ],
    [
      'a refusal and nothing relayed speak against it',
      { openRelayTest: 'refused', relayedForStrangers: 0 },
      [
        [relay, 'against', 'relay-test'],
        [relay, 'against', 'strangers'],
      ],
    ],
    ['is never presumed', { ...listed(), ...full }, []],
  ],
  'clear queues acquit what goes through the server': [
    [
      'bounces, logins and relaying would fill them',
      clear,
      [
        [ndr, 'against', 'queues-clear'],
        [login, 'against', 'queues-clear'],
        [relay, 'against', 'queues-clear'],
      ],
    ],
    [
      'but not bounces that are seen to leave',
      { ...clear, unknownRecipientsPerMinute: 340, bouncesPerMinute: 120 },
      [
        [login, 'against', 'queues-clear'],
        [relay, 'against', 'queues-clear'],
      ],
    ],
    [
      'but not a login that is seen to be stolen: its mail may have left already',
      { ...clear, logins: [guessed] },
      [
        [ndr, 'against', 'queues-clear'],
        [relay, 'against', 'queues-clear'],
      ],
    ],
    ['full ones say nothing', full, []],
  ],
} as const satisfies Readonly<Record<string, readonly Case[]>>;
