import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBounce } from '../../../src/domain/bounces/bounce.ts';

const POSTFIX = `This is the mail system at host mail.example.com.
I'm sorry to have to inform you that your message could not be delivered.
<bob@partner.example>: host mx.partner.example[192.0.2.25] said: 550 5.7.1 Service unavailable; client [185.12.45.7]
    blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/185.12.45.7 (in reply to RCPT TO command)

Reporting-MTA: dns; mail.example.com
Final-Recipient: rfc822; bob@partner.example
Action: failed
Status: 5.7.1
Diagnostic-Code: smtp; 550 5.7.1 Service unavailable`;

const EXCHANGE = `Delivery has failed to these recipients or groups:
carol@customer.example (carol@customer.example)
Remote Server returned '554 5.7.1 <mx.customer.example: 2a00:1450:4001:829::200e listed at bl.spamcop.net>'`;

describe('a bounce', () => {
  it('of Postfix gives the listed address, the list, the reply and who could not be reached', () => {
    expect(readBounce(POSTFIX)).toEqual({
      addresses: ['185.12.45.7'],
      lists: ['zen.spamhaus.org'],
      codes: ['550 5.7.1'],
      mailboxes: ['bob@partner.example'],
      domains: ['partner.example'],
    });
  });

  it('of Exchange gives the same, with an IPv6 address', () => {
    expect(readBounce(EXCHANGE)).toMatchObject({
      addresses: ['2a00:1450:4001:829::200e'],
      lists: ['bl.spamcop.net'],
      codes: ['554 5.7.1'],
      domains: ['customer.example'],
    });
  });

  it.each([
    ['550 SPF failed', ['550']],
    ['said: 421 try again later', ['421']],
    ['remote server said: 554 5.7.1 no', ['554 5.7.1']],
    ['status: 4.4.1', ['4.4.1']],
    ['we sold 550 pieces at 5.50', []],
    ['version 5.7.1.9 is out', []],
  ])('%j has the replies %j', (text, codes) => {
    expect(readBounce(text).codes).toEqual(codes);
  });

  it('leaves out addresses that nobody outside can have blocked', () => {
    expect(readBounce('from 10.0.0.5, 127.0.0.1, 999.1.1.1 and 1.2.3.4.5').addresses).toEqual([]);
  });

  it('is read quickly and without throwing, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        for (const found of Object.values(readBounce(text))) expect(found.length).toBeLessThanOrEqual(20);
      }),
      { numRuns: 300 },
    );
    const before = process.cpuUsage();
    readBounce('a@b.c 5.7.1 '.repeat(200_000) + ':'.repeat(100_000) + 'a.'.repeat(100_000));
    // Not by the clock: the machine may have other work.
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
