/** Cases of the rules about what is no attack (src/domain/diagnosis/rules/no-attack.ts): evidence, and what the rule says of it. */
import type { Case } from './pieces.ts';
import {
  bouncing,
  clear,
  error,
  guessed,
  healthy,
  inside,
  listed,
  policy,
  refusal,
  script,
  unlisted,
  waiting,
  watched,
} from './pieces.ts';

export const noAttackCases = {
  'only policy lists': [
    [
      'bounces for users that do not exist are more than a range',
      { ...listed({ nature: 'policy' }), unknownRecipientsPerMinute: 340, bouncesPerMinute: 120 },
      [
        [policy, 'for', 'policy-only'],
        [policy, 'against', 'it-goes-out'],
      ],
    ],
    [
      'the range must not send directly; receivers refuse for it',
      { ...listed({ nature: 'policy' }), ...waiting('550 5.7.1 blocked using zen.spamhaus.org') },
      [
        [policy, 'for', 'policy-only'],
        [policy, 'for', 'refused-for-it'],
      ],
    ],
    ['a listing for abuse beside it is another thing', listed(), []],
  ],
  'the smart host says no': [
    [
      'it may well have a reason where one sender fills the queue and nobody looked who that is',
      {
        smartHost: { configured: true, answer: '550 5.7.1 sending blocked' },
        queue: { messages: 900, topSenders: [{ sender: 'lottery@win.example', messages: 800 }] },
      },
      [
        [refusal, 'for', 'smart-host-answer'],
        [refusal, 'against', 'one-sender'],
      ],
    ],
    [
      'the ISP blocks though no list does',
      { ...unlisted, smartHost: { configured: true, answer: '550 5.7.1 sending blocked, contact abuse desk' } },
      [
        [refusal, 'for', 'smart-host-answer'],
        [refusal, 'for', 'lists-clear'],
      ],
    ],
    [
      'it has a reason where the address is listed and the queues are clear',
      { ...listed(), queue: { messages: 3 }, smartHost: { configured: true, answer: '550 blocked' } },
      [
        [refusal, 'for', 'smart-host-answer'],
        [refusal, 'against', 'listed'],
      ],
    ],
    [
      'it has a reason where a password was guessed',
      { smartHost: { answer: '550 blocked' }, logins: [guessed] },
      [
        [refusal, 'for', 'smart-host-answer'],
        [refusal, 'against', 'a-reason'],
      ],
    ],
    [
      'it has a reason where a machine, a program, bounces and an open relay are seen',
      {
        ...bouncing,
        smartHost: { answer: '550 blocked' },
        openRelayTest: 'accepted',
        localSenders: [script],
        ...watched([{ address: '10.0.0.23', attempts: 480, destinations: 200 }]),
      },
      [
        [refusal, 'for', 'smart-host-answer'],
        [refusal, 'against', 'a-reason'],
        [refusal, 'against', 'a-reason'],
        [refusal, 'against', 'a-reason'],
        [refusal, 'against', 'a-reason'],
      ],
    ],
    [
      'a refused login is an error of one’s own',
      { smartHost: { configured: true, answer: '535 5.7.8 authentication failed' } },
      [[error, 'for', 'smart-host-login']],
    ],
    ['it accepts', { smartHost: { configured: true, answer: '250 ok' } }, [[refusal, 'against', 'smart-host-answer']]],
    ['nobody asked it', { site: { smartHost: true } }, []],
  ],
  'one reason for everything': [
    [
      'it lies on this side, nothing is listed, something was changed',
      { ...unlisted, ...waiting('Name service error: Host not found'), changes: [{ what: 'main.cf', ageHours: 3 }] },
      [
        [error, 'for', 'one-reason'],
        [error, 'for', 'lists-clear'],
        [error, 'for', 'recent-change'],
      ],
    ],
    [
      'reasons that differ, a listing, bounces and a guessed login speak against it',
      {
        ...listed(),
        queue: { ...bouncing.queue, topReasons: [{ reason: 'mailbox is full, please retry', recipients: 800 }] },
        logins: [guessed],
      },
      [
        [error, 'against', 'many-reasons'],
        [error, 'against', 'listed'],
        [error, 'against', 'bounces'],
        [error, 'against', 'odd-login'],
      ],
    ],
    [
      'by the hundred from one sender, with nobody having looked who that is, it may hide an attack',
      {
        queue: {
          messages: 900,
          topSenders: [{ sender: 'lottery@win.example', messages: 800 }],
          topReasons: [{ reason: 'Name service error: Host not found', recipients: 890 }],
        },
      },
      [
        [error, 'for', 'one-reason'],
        [error, 'against', 'one-sender'],
      ],
    ],
    [
      'what one receiver alone keeps waiting is that receiver’s trouble',
      {
        queue: {
          messages: 600,
          topRecipientDomains: [{ domain: 'big.example', recipients: 590 }],
          topReasons: [{ reason: 'connect to mx: Connection timed out', recipients: 590 }],
        },
      },
      [
        [error, 'for', 'one-reason'],
        [error, 'against', 'one-receiver'],
      ],
    ],
    [
      'what two receivers alone keep waiting is theirs, though one of them has three domains',
      {
        queue: {
          messages: 600,
          topRecipientDomains: [
            { domain: 'big.example', recipients: 250 },
            { domain: 'hotmail.com', recipients: 150 },
            { domain: 'outlook.de', recipients: 100 },
            { domain: 'live.co.uk', recipients: 80 },
            { domain: 'small.example', recipients: 20 },
          ],
          topReasons: [{ reason: 'connect to mx: Connection timed out', recipients: 590 }],
        },
      },
      [
        [error, 'for', 'one-reason'],
        [error, 'against', 'two-receivers'],
      ],
    ],
    [
      'what waits for a smart host waits for no receiver',
      {
        site: { smartHost: true },
        queue: {
          messages: 600,
          topRecipientDomains: [{ domain: 'big.example', recipients: 590 }],
          topReasons: [{ reason: 'connect to relay: Connection timed out', recipients: 590 }],
        },
      },
      [[error, 'for', 'one-reason']],
    ],
    ['a change two weeks ago is none', { changes: [{ what: 'main.cf', ageHours: 336 }] }, []],
  ],
  'broken parts': [
    [
      'the resolver fails, the disk is full, the certificate has ended',
      { resolver: 'failing', diskFreePercent: 1, certificates: [{ name: 'mx1', daysLeft: -2 }] },
      [
        [error, 'for', 'resolver'],
        [error, 'for', 'disk'],
        [error, 'for', 'certificate'],
      ],
    ],
    [
      'what works says little',
      { resolver: 'ok', diskFreePercent: 41, certificates: [{ name: 'mx1', daysLeft: 40 }] },
      [[error, 'against', 'resolver']],
    ],
  ],
  'nothing wrong that can be seen': [
    ['both looks were taken and are clear', { ...unlisted, ...clear }, [[healthy, 'for', 'both-clear']]],
    ['a look that is missing never makes health', clear, []],
    [
      'a listing of which much could not be read is half a look',
      { ...unlisted, queue: { messages: 3, malformed: 2 } },
      [
        [healthy, 'for', 'both-clear'],
        [healthy, 'against', 'unread'],
      ],
    ],
    [
      'a domain that is listed is trouble, though the address is not',
      { ...clear, listings: [...(unlisted.listings ?? []), { subject: 'example.com', state: 'listed', lists: [] }] },
      [
        [healthy, 'for', 'both-clear'],
        [healthy, 'against', 'domain-listed'],
      ],
    ],
    [
      'little waits, but all of it for one reason and many receivers',
      { ...unlisted, ...waiting('connect to <host>: Connection timed out', 20) },
      [
        [healthy, 'for', 'both-clear'],
        [healthy, 'against', 'one-reason'],
      ],
    ],
    [
      'a handful of dead addresses',
      { ...unlisted, ...waiting('connect to <host>: Connection timed out', 9) },
      [[healthy, 'for', 'both-clear']],
    ],
    [
      'every other sign of trouble speaks against it',
      {
        ...unlisted,
        ...clear,
        ...watched([{ address: '10.0.0.23', attempts: 480, destinations: 200 }]),
        site: { smartHost: true },
        logins: [guessed],
        localSenders: [script],
        insideClients: [inside],
        bouncesPerMinute: 30,
        unknownRecipientsPerMinute: 340,
        relayedForStrangers: 5,
        openRelayTest: 'accepted',
        certificates: [{ name: 'mx1', daysLeft: -2 }],
        diskFreePercent: 1,
        resolver: 'failing',
      },
      [
        [healthy, 'for', 'both-clear'],
        [healthy, 'against', 'certificate'],
        [healthy, 'against', 'disk'],
        [healthy, 'against', 'resolver'],
        [healthy, 'against', 'harvest'],
        [healthy, 'against', 'smart-host'],
        [healthy, 'against', 'odd-login'],
        [healthy, 'against', 'local-program'],
        [healthy, 'against', 'inside-client'],
        [healthy, 'against', 'bounce-rate'],
        [healthy, 'against', 'strangers'],
        [healthy, 'against', 'relay-test'],
        [healthy, 'against', 'attempts'],
      ],
    ],
  ],
} as const satisfies Readonly<Record<string, readonly Case[]>>;
