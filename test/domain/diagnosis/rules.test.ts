import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CauseId } from '../../../src/domain/causes.ts';
import type { Evidence, ListingEvidence } from '../../../src/domain/diagnosis/evidence.ts';
import type { Point } from '../../../src/domain/diagnosis/rule.ts';
import { RULES } from '../../../src/domain/diagnosis/rules/all.ts';
import { readSigns } from '../../../src/domain/diagnosis/signs.ts';
import { plain } from '../../../src/domain/foreign.ts';

/** Cause, side, the point's own name; an empty list: the rule says nothing here. */
type Told = readonly (readonly [CauseId, Point['side'], string])[];
type Case = readonly [what: string, evidence: Evidence, told: Told];

const [workstation, server, login, ndr, relay] = [
  'compromised-workstation',
  'compromised-server',
  'authenticated-relay',
  'ndr-attack',
  'open-relay',
] as const;
const [error, refusal, policy, healthy] = [
  'configuration-error',
  'smart-host-refusal',
  'policy-listing',
  'healthy',
] as const;

function listed(over: Partial<ListingEvidence['lists'][number]> = {}): Pick<Evidence, 'listings'> {
  const lists = [{ zone: 'listing.bl.test', state: 'listed', nature: 'abuse', ...over } as const];
  return { listings: [{ subject: '203.0.113.7', state: over.nature === 'policy' ? 'clear' : 'listed', lists }] };
}
const unlisted: Pick<Evidence, 'listings'> = {
  listings: [{ subject: '203.0.113.7', state: 'clear', lists: [{ zone: 'clear.bl.test', state: 'clear' }] }],
};
const clear = { queue: { messages: 3 } };
const domains = (many: number) =>
  Array.from({ length: many }, (_, index) => ({ domain: `d${index}.example`, recipients: 20 }));
const full = { queue: { messages: 4000, topRecipientDomains: domains(20) } };
const waiting = (reason: string, many = 600): Evidence => ({
  queue: { messages: many, topRecipientDomains: domains(20), topReasons: [{ reason, recipients: many }] },
});
const bouncing = { queue: { messages: 900, nullSender: { messages: 880, recipientDomains: 700 } } };
const guessed = {
  account: 'administrator',
  messages: 4100,
  recipientDomains: 1900,
  addresses: ['198.51.100.7'],
  usualPerHour: 3,
  failuresBefore: 220,
};
const asEver = { account: 'anna', messages: 12, recipientDomains: 8, usualPerHour: 14 };
const script = { uid: 'www-data', messages: 900, recipientDomains: 700, usualPerHour: 2 };
const inside = { address: '10.0.0.23', messages: 900, recipientDomains: 700, usualPerHour: 2 };
const watched = (
  sources: NonNullable<Evidence['blockedAttempts']>['sources'],
  outboundFrozen = true,
  watchedSeconds = 600,
): Evidence => ({ blockedAttempts: { watchedSeconds, outboundFrozen, sources } });

const CASES: Readonly<Record<keyof typeof RULES, readonly Case[]>> = {
  'listed though the queues are clear': [
    [
      'behind a shared address it is most likely a workstation, and may be the server',
      { ...listed({ causes: [workstation] }), ...clear, site: { sharedAddress: true } },
      [
        [workstation, 'for', 'listed-but-clear'],
        [server, 'for', 'listed-but-clear'],
        [workstation, 'for', 'shared-address'],
        [workstation, 'for', 'list-hint'],
      ],
    ],
    [
      'with an address of its own it is the server, whatever a list hints',
      { ...listed({ causes: [workstation] }), ...clear, site: { sharedAddress: false } },
      [
        [server, 'for', 'listed-but-clear'],
        [server, 'for', 'own-address'],
        [workstation, 'against', 'own-address'],
        [server, 'for', 'list-hint'],
      ],
    ],
    [
      'a mailing that goes out as usual may have got it listed',
      {
        ...listed(),
        queue: { messages: 3000 },
        logins: [{ account: 'news', messages: 2800, recipientDomains: 900, usualPerHour: 2500 }],
        site: { sharedAddress: true },
      },
      [
        [workstation, 'for', 'listed-but-clear'],
        [server, 'for', 'listed-but-clear'],
        [workstation, 'for', 'shared-address'],
        [workstation, 'against', 'mailing'],
        [server, 'against', 'mailing'],
      ],
    ],
    [
      'bounces that leave as fast as they are made get it listed as well',
      { ...listed(), ...clear, unknownRecipientsPerMinute: 400, bouncesPerMinute: 200 },
      [
        [workstation, 'for', 'listed-but-clear'],
        [server, 'for', 'listed-but-clear'],
        [workstation, 'against', 'bounces-made'],
        [server, 'against', 'bounces-made'],
      ],
    ],
    ['says nothing where the queues are full', { ...listed(), ...full }, []],
    ['says nothing where the queues were not looked at', listed(), []],
  ],
  'full queues acquit a workstation': [
    ['its own mail engine would leave them clear', full, [[workstation, 'against', 'queues-full']]],
    ['but not one that sends through the server', { ...full, insideClients: [inside] }, []],
    ['nor one that was seen trying', { ...full, ...watched([{ address: '10.0.0.23', attempts: 480 }]) }, []],
  ],
  'refused for the listing': [
    [
      'ordinary mail that waits for it says nothing of the server',
      { ...listed(), ...waiting('554 blocked using zen.test'), logins: [asEver], site: { sharedAddress: true } },
      [
        [workstation, 'for', 'refused-for-it'],
        [server, 'for', 'refused-for-it'],
      ],
    ],
    [
      'with an address of its own it is the server that sends past its queues',
      { ...listed(), ...waiting('554 blocked using zen.test'), logins: [asEver], site: { sharedAddress: false } },
      [[server, 'for', 'refused-for-it']],
    ],
    ['says nothing where nobody looked at who sends', { ...listed(), ...waiting('554 blocked using zen.test') }, []],
    ['nor where a login stands out', { ...listed(), ...waiting('554 blocked using zen.test'), logins: [guessed] }, []],
  ],
  'not listed': [
    [
      'nobody outside has noticed a machine that sends',
      unlisted,
      [
        [workstation, 'against', 'not-listed'],
        [server, 'against', 'not-listed'],
      ],
    ],
    ['unknown is not clear', { listings: [{ subject: '203.0.113.7', state: 'unknown', lists: [] }] }, []],
  ],
  'attempts at port 25': [
    [
      'with outbound mail frozen, whoever tries is guilty',
      watched([{ address: '10.0.0.23', attempts: 480, destinations: 200 }]),
      [
        [workstation, 'for', 'workstation-attempts'],
        [server, 'against', 'workstation-attempts'],
      ],
    ],
    [
      'attempts of the mail server mean the server itself',
      watched([{ address: '10.0.0.13', attempts: 320, destinations: 150, mailServer: true }]),
      [
        [server, 'for', 'server-attempts'],
        [workstation, 'against', 'server-attempts'],
      ],
    ],
    [
      'those of a server that was not frozen say nothing',
      watched([{ address: '10.0.0.13', attempts: 320, mailServer: true }], false),
      [],
    ],
    [
      'silence while watched speaks against both',
      watched([]),
      [
        [workstation, 'against', 'silence'],
        [server, 'against', 'silence'],
      ],
    ],
    ['a minute of silence says nothing', watched([], true, 60), []],
  ],
  'a program on the server sends': [
    ['a web script that hands in far more than usual', { localSenders: [script] }, [[server, 'for', 'local-program']]],
    ['what is usual is no sign', { localSenders: [{ ...script, usualPerHour: 880 }] }, []],
  ],
  'a machine inside sends through the server': [
    ['far more than usual without a login', { insideClients: [inside] }, [[workstation, 'for', 'inside-client']]],
    [
      'and the address is listed',
      { ...listed(), insideClients: [inside] },
      [
        [workstation, 'for', 'inside-client'],
        [workstation, 'for', 'inside-client-listed'],
      ],
    ],
    ['a scanner that mails to few domains is no sign', { insideClients: [{ ...inside, recipientDomains: 2 }] }, []],
  ],
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
  'only policy lists': [
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
      'the ISP blocks though no list does',
      { ...unlisted, smartHost: { configured: true, answer: '550 5.7.1 sending blocked, contact abuse desk' } },
      [
        [refusal, 'for', 'smart-host-answer'],
        [refusal, 'for', 'lists-clear'],
      ],
    ],
    [
      'it has a reason where a password was guessed',
      { smartHost: { answer: '550 blocked' }, logins: [guessed] },
      [
        [refusal, 'for', 'smart-host-answer'],
        [refusal, 'against', 'guessed-login'],
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
        [error, 'against', 'guessed-login'],
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
    ['nothing is frozen', waiting('connection timed out'), []],
  ],
};

describe.each(Object.entries(RULES))('the rule "%s"', (name, rule) => {
  const cases = CASES[name as keyof typeof RULES];

  it('has a test where it speaks and one where it is silent or speaks otherwise', () => {
    expect(cases.some(([, , told]) => told.length > 0)).toBe(true);
    expect(cases.length).toBeGreaterThanOrEqual(2);
  });

  it.each(cases)('%s', (_what, evidence, told) => {
    const points = rule(evidence, readSigns(evidence)).filter((point) => point.strength > 0);
    const shown = points.map((point) => plain(point.text)).join('\n');
    expect(
      points.map((point) => [point.cause, point.side, point.rule]),
      shown,
    ).toEqual(told);
    for (const point of points) {
      expect(point.strength).toBeLessThanOrEqual(1);
      expect(plain(point.text).length).toBeGreaterThan(10);
    }
  });
});

describe('the rules', () => {
  const folder = join(import.meta.dirname, '../../../src/domain/diagnosis/rules');
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));

  it('are all in the list: a rule that is exported and not listed would never be asked', () => {
    const written = sources.flatMap((text) =>
      [...text.matchAll(/^export const (\w+): Rule\b/gm)].map((each) => each[1]),
    );
    const listing = readFileSync(join(folder, 'all.ts'), 'utf8');
    expect(written.length).toBe(Object.keys(RULES).length);
    for (const name of written) expect(listing).toMatch(new RegExp(`': ${name},`));
  });

  it('make no point that no test by name expects', () => {
    const names = sources.flatMap((text) =>
      [...text.matchAll(/\b(supports|opposes)\(\s*'([\w-]+)'/g)].map((each) => `${each[1]} ${each[2]}`),
    );
    const tested = new Set(
      Object.values(CASES).flatMap((cases) =>
        cases.flatMap(([, , told]) =>
          told.map(([, side, name]) => `${side === 'for' ? 'supports' : 'opposes'} ${name}`),
        ),
      ),
    );
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !tested.has(name))).toEqual([]);
  });

  it('stand in the documentation by their names', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/triage.md'), 'utf8');
    expect(Object.keys(RULES).filter((name) => !guide.includes(`| ${name} |`))).toEqual([]);
  });
});
