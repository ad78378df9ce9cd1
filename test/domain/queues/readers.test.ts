import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedCounter, FingerprintSet } from '../../../src/domain/queues/counter.ts';
import { readEximListing } from '../../../src/domain/queues/exim-bp.ts';
import { readExchangeObject } from '../../../src/domain/queues/exchange-json.ts';
import { startFold } from '../../../src/domain/queues/fold.ts';
import { cutObjects } from '../../../src/domain/queues/json-objects.ts';
import type { QueuedMessage } from '../../../src/domain/queues/message.ts';
import { readPostqueue } from '../../../src/domain/queues/postqueue.ts';
import { mergeReason } from '../../../src/domain/queues/reason.ts';
import type { Snapshot } from '../../../src/domain/queues/snapshot.ts';

const NOW = 1_795_500_000;

function fold(lines: readonly string[], tool: 'postfix' | 'exim'): { snapshot: Snapshot; faults: readonly string[] } {
  const folding = startFold(NOW);
  const reader = tool === 'postfix' ? readPostqueue(folding) : readEximListing(folding, NOW);
  for (const line of lines) reader.feed(line);
  reader.end();
  return {
    snapshot: folding.snapshot('mx1', tool),
    faults: folding.faults.map((fault) => `${fault.line}: ${fault.why}`),
  };
}

const line = (over: object): string =>
  JSON.stringify({
    queue_name: 'deferred',
    queue_id: 'A843F21E832',
    arrival_time: NOW - 60,
    message_size: 100,
    sender: 'a@example.test',
    recipients: [],
    ...over,
  });

describe('postqueue -j', () => {
  it('counts address literals and names that no host may have as destinations too', () => {
    const recipients = ['a@[192.0.2.1]', 'b@[IPv6:2001:db8::1]', 'c@Bad_Name.example', 'd@localhost', 'e@<!channel>'];
    const { snapshot } = fold(
      [line({ sender: '', recipients: recipients.map((address) => ({ address })) })],
      'postfix',
    );
    expect(snapshot.topRecipientDomains.map((each) => each.domain).toSorted()).toEqual([
      '[192.0.2.1]',
      '[ipv6:2001:db8::1]',
      'bad_name.example',
      'localhost',
    ]);
    expect(snapshot.nullSender.recipientDomains).toBe(4);
  });

  it('is read as Postfix 3.7 printed it', () => {
    const { snapshot } = fold(
      [
        '{"queue_name": "deferred", "queue_id": "A843F21E832", "arrival_time": 1795490579, "message_size": 397, "forced_expire": false, "sender": "alice@example.test", "recipients": [{"address": "b@defer.test", "delay_reason": "connect to 127.0.0.1[127.0.0.1]:2602: Connection refused"}, {"address": "c@defer.test", "delay_reason": "connect to 127.0.0.1[127.0.0.1]:2603: Connection refused"}]}',
        '{"queue_name": "active", "queue_id": "B558B21E7F7", "arrival_time": 1795499990, "message_size": 1000, "sender": "MAILER-DAEMON", "recipients": [{"address": "s1@slow.test"}]}',
        '{"queue_name": "hold", "queue_id": "4jYVB23rWWzJjy3", "arrival_time": 1795499000, "message_size": 5, "sender": "a+b=c@example.test", "recipients": []}',
      ],
      'postfix',
    );
    expect(snapshot).toMatchObject({
      messages: 3,
      recipients: 3,
      bytes: 1402,
      malformed: 0,
      byQueue: { active: 1, deferred: 1, hold: 1 },
      oldestSeconds: 9421,
      nullSender: { messages: 1, recipientDomains: 1 },
      topSenderDomains: [{ domain: 'example.test', messages: 2 }],
      topRecipientDomains: [
        { domain: 'defer.test', recipients: 2 },
        { domain: 'slow.test', recipients: 1 },
      ],
      topReasons: [{ reason: 'connect to <this host>: Connection refused', recipients: 2 }],
    });
    expect(snapshot.ages.filter((each) => each.messages > 0)).toEqual([
      { upToMinutes: 5, messages: 1 },
      { upToMinutes: 20, messages: 1 },
      { upToMinutes: 160, messages: 1 },
    ]);
  });

  it('counts a message that moved while it was read once, and says "about"', () => {
    const { snapshot } = fold(
      [line({ queue_name: 'active' }), line({ queue_name: 'deferred' }), line({ queue_id: 'A843F21E833' })],
      'postfix',
    );
    expect(snapshot).toMatchObject({ messages: 2, duplicates: 1, about: true });
  });

  it('counts a message that moved as it was listed last, with the reason that it got', () => {
    const gone = { queue_name: 'deferred', recipients: [{ address: 'b@b.example', delay_reason: 'timed out' }] };
    const backlog = Array.from({ length: 30_000 }, (_, index) => line({ queue_id: `B${index + 10_000}` }));
    const recipients = [{ address: 'b@b.example' }, { address: 'c@b.example' }];
    const moved = line({ queue_name: 'active', recipients });
    for (const between of [[], backlog]) {
      const { snapshot } = fold([moved, ...between, line(gone)], 'postfix');
      expect(snapshot).toMatchObject({
        messages: between.length + 1,
        recipients: 1,
        duplicates: 1,
        byQueue: { deferred: between.length + 1 },
        topReasons: [{ reason: 'timed out', recipients: 1 }],
      });
    }
  });

  it.each([
    ['half a line', '{"queue_name": "deferred", "queue_id": "A8', 'it is not a whole JSON object'],
    ['a flag for an id', line({ queue_id: '-d' }), 'it has no queue id that Postfix would give'],
    ['a path for an id', line({ queue_id: '../../etc/passwd' }), 'it has no queue id that Postfix would give'],
    ['ALL', line({ queue_id: 'ALL' }), 'it has no queue id that Postfix would give'],
    ['no arrival', line({ arrival_time: 'soon' }), 'it has no arrival time'],
    ['an array', '[1,2]', 'it is not a JSON object'],
    ['an arrival before 1970', line({ arrival_time: -1 }), 'its arrival time is negative'],
    ['a negative size', line({ message_size: -5 }), 'it has no message size'],
    ['a size in words', line({ message_size: '12' }), 'it has no message size'],
    ['a queue that is no name', line({ queue_name: 7 }), 'it has no queue name'],
    ['recipients that are no list', line({ recipients: 'x' }), 'its recipients are no list of addresses'],
    ['recipients without address', line({ recipients: [{}] }), 'its recipients are no list of addresses'],
  ])('passes over %s, counted and named', (_what, bad, why) => {
    expect(fold([line({}), bad, line({ queue_id: 'A843F21E834' })], 'postfix')).toMatchObject({
      snapshot: { messages: 2, malformed: 1 },
      faults: [`2: ${why}`],
    });
  });

  it('of an empty queue is an empty queue', () => {
    expect(fold(['Mail queue is empty', ''], 'postfix').snapshot).toMatchObject({ messages: 0, malformed: 0 });
  });

  it('with a clock in the future, 10,000 recipients or hostile text is read all the same', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ address: `u${index}@d${index % 7}.example` }));
    const { snapshot } = fold(
      [line({ arrival_time: NOW + 9999, recipients: many, sender: '\u202e<!channel>\u0007@example.test' })],
      'postfix',
    );
    expect(snapshot).toMatchObject({ messages: 1, recipients: 10_000, oldestSeconds: 0 });
    expect(snapshot.topRecipientDomains).toHaveLength(7);
  });

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.json())), (lines) => {
        const { snapshot } = fold(lines, 'postfix');
        expect(snapshot.messages + snapshot.malformed + snapshot.duplicates).toBeLessThanOrEqual(lines.length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('exim -bp', () => {
  it('is read with both lengths of id, frozen messages, the null sender and delivered recipients', () => {
    const { snapshot } = fold(
      [
        ' 0m   442 1xVhU1-0001pt-20 <alice@example.test> *** frozen ***',
        '          g1@gmail.test',
        '        D g3@gmail.test',
        '',
        '25h  1.7K 1tAbCd-00000000abc-0Xyz <>',
        '          x@y.example',
        '          z@y.example',
        '',
        ' 3d   12K 1xVhU1-0001pt-21 <www-data@web.example> (www-data)',
        '          q@z.example',
      ],
      'exim',
    );
    expect(snapshot).toMatchObject({
      mta: 'exim',
      messages: 3,
      recipients: 4,
      malformed: 0,
      bytes: 442 + 1741 + 12_288,
      byQueue: { frozen: 1, queued: 2 },
      oldestSeconds: 259_200,
      nullSender: { messages: 1, recipientDomains: 1 },
    });
  });

  it('passes over what exim would not print, counted and named', () => {
    expect(
      fold(['exim: permission denied', ' 0m 4 1xVhU1-0001pt-20 <a@b.example>', '          c@d.example'], 'exim'),
    ).toMatchObject({
      snapshot: { messages: 1, recipients: 1, malformed: 1 },
      faults: ['1: it is no message that exim -bp would print'],
    });
  });
});

describe('Exchange', () => {
  const read = (value: unknown): { messages: QueuedMessage[]; faults: string[] } => {
    const messages: QueuedMessage[] = [];
    const faults: string[] = [];
    readExchangeObject(value, 1, {
      message: (message) => messages.push(message),
      malformed: (fault) => faults.push(fault.why),
    });
    return { messages, faults };
  };

  it.each([
    [
      {
        Identity: 'EX1\\123\\5',
        FromAddress: '<>',
        Size: '12.3 KB (12,595 bytes)',
        DateReceived: '/Date(1795490579000)/',
        LastError: '400 4.4.7',
        Queue: 'EX1\\123',
        Recipients: ['a@b.example'],
      },
      {
        queue: 'delivery',
        sender: '',
        bytes: 12_595,
        arrival: 1_795_490_579,
        recipients: [{ address: 'a@b.example', reason: '400 4.4.7' }],
      },
    ],
    [
      {
        id: 'EX1\\Submission\\9',
        queue: 'EX1\\Submission',
        from: 'a@b.example',
        size: 10,
        received: '2026-11-24T03:22:59.0000000Z',
        error: '',
        recipients: 'x@y.example;z@y.example',
      },
      { queue: 'submission', sender: 'a@b.example', bytes: 10, arrival: 1_795_490_579 },
    ],
  ])('objects of both forms are read', (value, expected) => {
    expect(read(value).messages).toMatchObject([expected]);
  });

  it('shadow copies are no backlog', () => {
    expect(
      read({ Identity: 'EX1\\Shadow\\7\\1', Queue: 'EX1\\Shadow\\7', DateReceived: '2026-11-24T03:22:59Z' }),
    ).toEqual({ messages: [], faults: [] });
  });

  it('an object without Identity or date is named', () => {
    expect(read({ FromAddress: 'x' }).faults).toEqual(['it has no Identity']);
    expect(read({ Identity: 'a\\1\\2' }).faults).toEqual(['it has no date that can be read (DateReceived)']);
  });

  const whole = {
    id: 'EX1\\123\\5',
    queue: 'EX1\\123',
    from: 'a@b.example',
    size: '10',
    received: '2026-11-24T03:22:59Z',
    recipients: ['x@y.example'],
  };

  it.each([
    [{ from: undefined }, 'it has no sender (FromAddress)'],
    [{ from: 5 }, 'it has no sender (FromAddress)'],
    [{ size: -5 }, "its size can't be read (Size)"],
    [{ size: 'big' }, "its size can't be read (Size)"],
    [{ recipients: 5 }, 'its recipients are no list (Recipients)'],
    [{ recipients: [1] }, 'its recipients are no list (Recipients)'],
    [{ received: -5 }, 'it has no date that can be read (DateReceived)'],
  ])('an object with %j is named, and no null sender is made of it', (over, why) => {
    expect(read({ ...whole, ...over })).toEqual({ messages: [], faults: [why] });
  });

  it('recipients are read as Windows PowerShell 5.1 wraps some lists, and a size without its octets', () => {
    const recipients = { value: ['x@y.example', 'z@y.example'], Count: 2 };
    expect(read({ ...whole, recipients, size: '2.5 KB' }).messages).toMatchObject([
      { bytes: 2560, recipients: [{ address: 'x@y.example' }, { address: 'z@y.example' }] },
    ]);
  });

  it('a DSN has the null sender, whatever it is called from', () => {
    expect(read({ ...whole, from: 'postmaster@b.example', source: 'DSN' }).messages).toMatchObject([{ sender: '' }]);
  });

  it('an array is cut into its objects, whatever stands in their strings', () => {
    const array = [{ a: '}{"\\' }, { b: [1, { c: 2 }] }, { d: 'é' }];
    for (const indent of [0, 1, 4]) {
      const found: unknown[] = [];
      const cutter = cutObjects((each) => found.push(each === undefined ? each : JSON.parse(each)));
      for (const each of JSON.stringify(array, undefined, indent).split('\n')) cutter.feed(each);
      expect(cutter.end()).toBe(false);
      expect(found).toEqual(array);
    }
  });
});

describe('delay reasons', () => {
  it.each([
    [
      'connect to mx1.example.com[192.0.2.1]:25: Connection timed out',
      'connect to mx2.example.net[2001:db8::1]:25: Connection timed out',
    ],
    [
      'host mx.a.example[192.0.2.1] said: 450 4.2.0 <x@a.example>: Recipient address rejected: Greylisted, see http://a.example/x',
      'host mx.b.example[192.0.2.9] said: 450 4.2.0 <y@b.example>: Recipient address rejected: Greylisted, see http://b.example/yz',
    ],
    [
      'Name service error for name=a.example type=MX: Host not found, try again',
      'Name service error for name=b.test type=MX: Host not found, try again',
    ],
    ['451 4.7.1 [192.0.2.5] try later', '451 4.7.1 [2001:db8::1] try later'],
    ['no route to fe80::1%eth0', 'no route to fe80::2%eth0'],
    ['connect to münchen.example[192.0.2.5]:25: timed out', 'connect to b.example[192.0.2.6]:25: timed out'],
    ['Name service error for name=a.xn--p1ai type=A', 'Name service error for name=b.example type=A'],
    ['<"o d"@a.example>: Domain not found', '<jürgen@b.example>: Domain not found'],
    [
      '421-4.7.28 limited z8-20020a05600c0a48b3si12wmq.12 - gsmtp',
      '421-4.7.28 limited a14-3a05600c0b48si7wm.9 - gsmtp',
    ],
    ['1xVhU1-0001pt-20 is held', '1xVhNZ-0000il-02 is held'],
    ['retry after 4h12m', 'retry after 3h1m'],
    ['Nov 24 07:30:00 timeout', 'Nov 25 09:11:01 timeout'],
    ['timeout on 24/Nov/2026:07:30:00 +0100', 'timeout on 25/Nov/2026:07:31:00 +0100'],
    ['unreachable since 2026-11-24', 'unreachable since 2026-11-25'],
    ['retry in 300 seconds, id 4jYVB23rWWzJjy3', 'retry in 12 seconds, id 4jYVB23rWWzJjy4'],
  ])('that differ only in names of one delivery are one: %s', (a, b) => {
    expect(mergeReason(a)).toBe(mergeReason(b));
  });

  it('that say different things stay apart', () => {
    expect(mergeReason('Connection refused')).not.toBe(mergeReason('Connection timed out'));
    expect(mergeReason('connect to 127.0.0.1[127.0.0.1]:10024: refused')).toBe('connect to <this host>: refused');
    expect(mergeReason('H=localhost [::1]: refused')).toBe('H=<this host>: refused');
    expect(mergeReason('connect to a.example[2001:db8::1]:25: refused')).toBe('connect to <host>: refused');
    expect(mergeReason('5.7.606 banned')).not.toBe(mergeReason('5.7.511 banned'));
    expect(mergeReason('S3140 blocked')).not.toBe(mergeReason('S3150 blocked'));
    expect(mergeReason('550 5.7.1 blocked')).not.toBe(mergeReason('450 4.7.1 blocked'));
  });
});

describe('counting in bounded memory', () => {
  it('is exact up to its limit and keeps the frequent beyond it', () => {
    const counter = new BoundedCounter(100);
    for (let index = 0; index < 5000; index += 1) {
      counter.add(`rare-${index}`);
      if (index % 3 === 0) counter.add('frequent');
    }
    expect(counter.top(1)).toEqual([{ name: 'frequent', count: 1667 }]);
    expect(counter.about).toBe(true);
  });

  it('tells a hundred thousand names apart', () => {
    const set = new FingerprintSet();
    for (let index = 0; index < 100_000; index += 1) expect(set.add(`id-${index.toString(36)}`)).toBe(true);
    expect(set.add('id-1')).toBe(false);
    expect(set.size).toBe(100_000);
  });
});
