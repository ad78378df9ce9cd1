/** `queue --dump` held to the contract (tourniquet.queue/1), field by field, on what people and hostile senders hand in. */
import { describe, expect, it } from 'vitest';
import { EXIM, LONG, NOW, exchange, line, other, queue } from '../../support/queue-dumps.ts';

describe('a dump is read', () => {
  it.each<[what: string, dump: string | Buffer, found: object]>([
    ['of a whole line', line(), { mta: 'postfix', messages: 1, recipients: 1, bytes: 100, oldestSeconds: 60 }],
    ['that ends in half a line', `${line()}\n${other.slice(0, 60)}`, { mta: 'postfix', messages: 1, malformed: 1 }],
    ['that begins with half a line', `${line().slice(90)}\n${other}\n`, { mta: 'postfix', messages: 1, malformed: 1 }],
    ['with a line of 10 MB', `${line()}\n${line({ sender: LONG })}\n${other}`, { messages: 2, malformed: 1 }],
    ['that begins with a line of 10 MB', `${line({ sender: LONG })}\n${other}`, { mta: 'postfix', messages: 1 }],
    [
      'with a sender of 3 MB, which is cut',
      line({ sender: `${'y'.repeat(3_000_000)}@example.test` }),
      { messages: 1, topSenderDomains: [{ domain: 'example.test' }] },
    ],
    [
      'with octets that are no UTF-8',
      Buffer.concat([
        Buffer.from([0x80, 0xff, 0xfe, 10]),
        Buffer.from(line()),
        Buffer.from([10]),
        Buffer.from(other.replace('a@', 'ÿ@'), 'latin1'),
      ]),
      { messages: 2, topSenders: [{ messages: 1 }, { messages: 1 }] },
    ],
    [
      'with 10,000 recipients of one message',
      line({
        recipients: Array.from({ length: 10_000 }, (_, index) => ({ address: `u${index}@d${index % 7}.example` })),
      }),
      { messages: 1, recipients: 10_000, topReasons: [] },
    ],
    [
      'with a clock in the future: just arrived',
      line({ arrival_time: NOW + 86_400 }),
      { messages: 1, oldestSeconds: 0, ages: [{ upToMinutes: 5, messages: 1 }] },
    ],
    [
      'with the null sender by either name',
      `${line({ sender: 'MAILER-DAEMON' })}\n${line({ queue_id: 'B843F21E833', sender: '' })}`,
      {
        nullSender: { messages: 2, recipientDomains: 1 },
        topSenders: [{ sender: '', messages: 2 }],
        topSenderDomains: [],
      },
    ],
    [
      'of a message that moved while it was read',
      `${line()}\n${line({ queue_name: 'active' })}`,
      { messages: 1, duplicates: 1 },
    ],
    [
      'with a leftover without recipients',
      line({ queue_name: 'hold', recipients: [] }),
      { messages: 1, recipients: 0 },
    ],
    [
      'that lacks a sender',
      `${line({ sender: undefined })}\n${other}`,
      { messages: 1, malformed: 1, nullSender: { messages: 0 } },
    ],
    [
      'of exim -bp',
      EXIM,
      {
        mta: 'exim',
        messages: 2,
        recipients: 2,
        bytes: 2970 + 1741,
        oldestSeconds: 14_400,
        byQueue: { frozen: 1, queued: 1 },
      },
    ],
    ['of exim -bp after a banner', `Welcome to mx2\n${EXIM}`, { mta: 'exim', messages: 2, malformed: 1 }],
    ['of exim -bp that ends in half a message', EXIM.slice(0, -40), { mta: 'exim', messages: 1 }],
    ['of exim -bp with a header of 10 MB', EXIM.replace('alice', LONG), { mta: 'exim', messages: 1 }],
    [
      'of Exchange, one object',
      JSON.stringify(exchange(), undefined, 2),
      { mta: 'exchange', messages: 1, bytes: 12_595, oldestSeconds: 60, byQueue: { delivery: 1 } },
    ],
    [
      'of Exchange, an array on one line',
      JSON.stringify([
        exchange(),
        exchange({ id: String.raw`EX1\Submission\9`, queue: String.raw`EX1\Submission`, from: '<>' }),
      ]),
      {
        mta: 'exchange',
        messages: 2,
        nullSender: { messages: 1, recipientDomains: 1 },
        byQueue: { delivery: 1, submission: 1 },
      },
    ],
    [
      'of Exchange, an array of 9 MB on one line',
      JSON.stringify(Array.from({ length: 40_000 }, (_, index) => exchange({ id: `EX1\\123\\${index}` }))),
      { mta: 'exchange', messages: 40_000, malformed: 0 },
    ],
    [
      'of Exchange, as Windows PowerShell writes files',
      Buffer.from(`\u{FEFF}${JSON.stringify([exchange()], undefined, 2).replaceAll('\n', '\r\n')}`, 'utf16le'),
      { mta: 'exchange', messages: 1 },
    ],
    [
      'of Exchange that breaks off',
      JSON.stringify([exchange(), exchange({ id: String.raw`EX1\123\6` })], undefined, 2).slice(0, -60),
      { mta: 'exchange', messages: 1, malformed: 1 },
    ],
    [
      'of Exchange with an error of 10 MB',
      JSON.stringify([
        exchange(),
        exchange({ id: String.raw`EX1\123\6`, error: LONG }),
        exchange({ id: String.raw`EX1\123\7` }),
      ]),
      { mta: 'exchange', messages: 2, malformed: 1 },
    ],
    [
      'of Exchange with 10,000 recipients',
      JSON.stringify([
        exchange({ recipients: Array.from({ length: 10_000 }, (_, index) => `u${index}@d${index % 7}.example`) }),
      ]),
      { mta: 'exchange', recipients: 10_000 },
    ],
    [
      'of Exchange with a clock in the future',
      JSON.stringify([exchange({ received: '2099-01-01T00:00:00Z' })]),
      { mta: 'exchange', oldestSeconds: 0 },
    ],
  ])('%s', async (_what, dump, found) => {
    const { json, status } = await queue(dump);
    expect({ ...json, ages: json.ages.filter((each) => each.messages > 0) }).toMatchObject(found);
    expect(status).toBe('ok');
  });

  it.each([
    [300, 5],
    [301, 10],
    [600, 10],
    [601, 20],
    [1200, 20],
    [2400, 40],
    [2401, 80],
    [4800, 80],
    [9600, 160],
    [19_200, 320],
    [38_400, 640],
    [76_800, 1280],
    [76_801, null],
    [0, 5],
  ])('with an age of %i s in the class up to %j min', async (seconds, upToMinutes) => {
    const { json } = await queue(line({ arrival_time: NOW - seconds }));
    expect(json.ages.filter((each) => each.messages > 0)).toEqual([{ upToMinutes, messages: 1 }]);
    expect(json).toMatchObject({
      oldestSeconds: seconds,
      takenAt: new Date(NOW * 1000).toISOString().replace('.000', ''),
    });
  });
});
