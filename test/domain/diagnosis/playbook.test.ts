/** The playbook's own table, row by row, through the whole diagnosis. */
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/domain/causes.ts';
import type { CauseId } from '../../../src/domain/causes.ts';
import { diagnose } from '../../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../../src/domain/diagnosis/evidence.ts';
import type { StepId } from '../../../src/domain/diagnosis/next-step.ts';
import { plain } from '../../../src/domain/foreign.ts';

const lists = (state: 'listed' | 'clear', nature: 'abuse' | 'policy' = 'abuse'): Pick<Evidence, 'listings'> => ({
  listings: [
    {
      subject: '203.0.113.7',
      state: nature === 'policy' ? 'clear' : state,
      lists: [{ zone: 'one.bl.test', state, ...(state === 'listed' && { nature }) }],
    },
  ],
});
const CLEAR = { queue: { messages: 2 } };
const FULL = {
  messages: 4000,
  topRecipientDomains: Array.from({ length: 20 }, (_, index) => ({ domain: `d${index}.example`, recipients: 200 })),
};
const STOLEN = {
  account: 'administrator',
  messages: 4100,
  recipientDomains: 1900,
  addresses: ['198.51.100.7'],
  usualPerHour: 3,
  failuresBefore: 220,
};
const BOUNCES = { messages: 4000, nullSender: { messages: 3900, recipientDomains: 2100 } };
const ONE_REASON = { ...FULL, topReasons: [{ reason: 'Name service error: Host not found', recipients: 4000 }] };
const SILENT_ISP = { site: { smartHost: true }, smartHost: { configured: true } };

const ROWS: readonly (readonly [row: string, evidence: Evidence, verdict: CauseId, step: StepId])[] = [
  [
    'queues clear, listed, one address shared by the LAN: a workstation with its own mail engine',
    { ...lists('listed'), ...CLEAR, site: { sharedAddress: true } },
    'compromised-workstation',
    'freeze-outbound',
  ],
  [
    'queues clear, listed, and attempts come from the server’s own address while it is frozen: the server itself',
    {
      ...lists('listed'),
      ...CLEAR,
      site: { sharedAddress: true },
      blockedAttempts: {
        watchedSeconds: 600,
        outboundFrozen: true,
        sources: [{ address: '10.0.0.13', attempts: 90, destinations: 40, mailServer: true }],
      },
    },
    'compromised-server',
    'pull-the-plug',
  ],
  [
    'queues full, listed: one login, many foreign domains',
    { ...lists('listed'), queue: FULL, logins: [STOLEN] },
    'authenticated-relay',
    'disable-account',
  ],
  [
    'queues full, not listed: one login, many foreign domains all the same',
    { ...lists('clear'), queue: FULL, logins: [STOLEN] },
    'authenticated-relay',
    'disable-account',
  ],
  [
    'queues full of null-sender mail to many foreign domains, listed',
    { ...lists('listed'), queue: BOUNCES },
    'ndr-attack',
    'reject-unknown-recipients',
  ],
  [
    'queues full of null-sender mail to many foreign domains, not listed',
    { ...lists('clear'), queue: BOUNCES },
    'ndr-attack',
    'reject-unknown-recipients',
  ],
  [
    'queues full, and a test from outside is accepted: it relays for anybody',
    { ...lists('listed'), queue: FULL, logins: [], openRelayTest: 'accepted', relayedForStrangers: 900 },
    'open-relay',
    'close-relay',
  ],
  [
    'queues full, listed, nothing that proves it: an open relay is not presumed',
    { ...lists('listed'), queue: FULL },
    'authenticated-relay',
    'disable-account',
  ],
  [
    'both clear, and the smart host refuses: the ISP blocks first and asks later',
    {
      ...lists('clear'),
      ...CLEAR,
      site: { smartHost: true },
      smartHost: { configured: true, answer: '550 5.7.1 blocked' },
    },
    'smart-host-refusal',
    'ask-the-isp',
  ],
  [
    'both clear, and a smart host is used that nobody asked: ask the ISP',
    { ...lists('clear'), ...CLEAR, ...SILENT_ISP },
    'undetermined',
    'ask-the-isp',
  ],
  [
    'queues full, not listed, all deferred for the same reason: an error or a change, not an attack',
    { ...lists('clear'), queue: ONE_REASON },
    'configuration-error',
    'fix-configuration',
  ],
  [
    'only policy lists: not abuse, the range must not send directly',
    { ...lists('listed', 'policy'), ...CLEAR },
    'policy-listing',
    'use-isp-relay',
  ],
  ['both clear: nothing is wrong that can be seen from here', { ...lists('clear'), ...CLEAR }, 'healthy', 'none'],
  ['nothing was looked at', {}, 'undetermined', 'look'],
  [
    'both the server and a machine try port 25 while it is frozen: the server comes first',
    {
      ...lists('listed'),
      ...CLEAR,
      site: { sharedAddress: true },
      blockedAttempts: {
        watchedSeconds: 600,
        outboundFrozen: true,
        sources: [
          { address: '10.0.0.13', attempts: 90, destinations: 40, mailServer: true },
          { address: '10.0.0.23', attempts: 90, destinations: 40 },
        ],
      },
    },
    'compromised-server',
    'pull-the-plug',
  ],
];

describe('the playbook', () => {
  it.each(ROWS)('%s', (_row, evidence, verdict, step) => {
    const found = diagnose(evidence);
    expect(found, JSON.stringify(found.causes, undefined, 1)).toMatchObject({ verdict, next: { step } });
  });

  it('has a row for every cause', () => {
    expect(CAUSES.filter((cause) => !ROWS.some(([, , verdict]) => verdict === cause))).toEqual([]);
  });

  it.each(ROWS)('never presumes: there is something for it, or something that would settle it, where %s', (...row) => {
    const found = diagnose(row[1]);
    const decided = found.causes[0]?.for ?? [];
    expect((found.verdict === 'undetermined' ? found.missing : decided).length).toBeGreaterThan(0);
  });

  it('never takes a scanner’s "clean" for a clean machine: the step says to wipe it', () => {
    const evidence: Evidence = {
      ...lists('listed'),
      ...CLEAR,
      blockedAttempts: {
        watchedSeconds: 600,
        outboundFrozen: true,
        sources: [{ address: '10.0.0.23', attempts: 480, destinations: 200 }],
      },
    };
    const { next } = diagnose(evidence);
    expect(next.step).toBe('quarantine-host');
    expect(plain(next.why)).toMatch(/10\.0\.0\.23.*wipe it; a scanner that finds nothing proves nothing/);
  });

  it('takes the machine off the network that tries far and wide, not the printer that fails at its one relay', () => {
    const printer = { address: '10.0.0.40', attempts: 600, destinations: 1 };
    const machine = { address: '10.0.0.23', attempts: 480, destinations: 200 };
    for (const sources of [
      [printer, machine],
      [machine, printer],
    ]) {
      const { next } = diagnose({ ...lists('listed'), ...CLEAR, blockedAttempts: { watchedSeconds: 600, sources } });
      expect(plain(next.why)).toMatch(/^10\.0\.0\.23 /);
    }
  });

  it('never calls a site healthy where much of the queue’s listing could not be read', () => {
    expect(diagnose({ ...lists('clear'), queue: { messages: 40, malformed: 1 } }).verdict).toBe('healthy');
    const found = diagnose({ ...lists('clear'), queue: { messages: 3, malformed: 2 } });
    expect(found.verdict).toBe('undetermined');
    expect(found.missing.map(plain).join()).toContain('2 lines of the queue’s listing could not be read');
  });
});
