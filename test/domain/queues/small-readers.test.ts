import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startFold } from '../../../src/domain/queues/fold.ts';
import type { ListingReader } from '../../../src/domain/queues/message.ts';
import { readOpenSmtpd } from '../../../src/domain/queues/opensmtpd.ts';
import { readSendmail } from '../../../src/domain/queues/sendmail.ts';

const NOW = Date.parse('2026-11-24T05:00:00Z') / 1000;

function fold(lines: readonly string[], tool: 'sendmail' | 'opensmtpd') {
  const folding = startFold(NOW);
  const reader: ListingReader =
    tool === 'sendmail' ? readSendmail(folding, { now: NOW, offsetMinutes: 0 }) : readOpenSmtpd(folding);
  for (const line of lines) reader.feed(line);
  reader.end();
  return { snapshot: folding.snapshot('mx', tool), faults: folding.faults };
}

describe('mailq -v of Sendmail', () => {
  it('is read as Sendmail 8.17 printed it', () => {
    const { snapshot } = fold(
      [
        '\t\t/var/spool/mqueue (2 requests)',
        '-----Q-ID----- --Size-- -Priority- ---Q-Time--- --------Sender/Recipient--------',
        '6AO4Dxax015207       25      30248 Nov 24 04:13 <alice@localhost>',
        '                 (host map: lookup (nonexist.test): deferred)',
        '\t\t\t\t\t\t<x@nonexist.test>',
        '6AO4Dxax015208*    1025      30248 Nov 24 04:59 MAILER-DAEMON',
        '\t\t\t\t\t\t<y@foreign.test>',
        '\t\t\t\t\t\t<z@foreign.test>',
        '\t\tTotal requests: 2',
      ],
      'sendmail',
    );
    expect(snapshot).toMatchObject({
      mta: 'sendmail',
      messages: 2,
      recipients: 3,
      malformed: 0,
      bytes: 1050,
      byQueue: { active: 1, queued: 1 },
      oldestSeconds: 2820,
      nullSender: { messages: 1, recipientDomains: 1 },
      topReasons: [{ recipients: 1 }],
    });
  });

  it('of an empty queue is empty', () => {
    expect(fold(['/var/spool/mqueue is empty', '\t\tTotal requests: 0'], 'sendmail').snapshot).toMatchObject({
      messages: 0,
      malformed: 0,
    });
  });
});

describe('smtpctl show queue of OpenSMTPD', () => {
  it('is read as OpenSMTPD 6.8 printed it, and what is none is counted and named', () => {
    const { snapshot, faults } = fold(
      [
        '51ef4434f915436b|inet4|mta||alice@example.test|a@gmail.test|a@gmail.test|1795493007|1795493007|0|0|pending|-3|',
        '51ef4434aaaa436b|local|mta|||v@foreign.test|v@foreign.test|1795493007|1795893007|1795494007|3|pending|12|421 try later',
        'smtpctl: need root privileges',
      ],
      'opensmtpd',
    );
    expect(snapshot).toMatchObject({
      messages: 2,
      malformed: 1,
      byQueue: { pending: 2 },
      nullSender: { messages: 1 },
      topReasons: [{ reason: '421 try later', recipients: 1 }],
    });
    expect(faults).toEqual([{ line: 3, why: 'it is no line that smtpctl show queue would print' }]);
  });
});

it.each(['sendmail', 'opensmtpd'] as const)('%s never makes the reader throw', (tool) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
      expect(fold(lines, tool).snapshot.messages).toBeLessThanOrEqual(lines.length);
    }),
    { numRuns: 300 },
  );
});
