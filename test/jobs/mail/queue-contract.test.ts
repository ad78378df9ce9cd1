/** `queue --dump` held to the contract (tourniquet.queue/1), field by field, on what people and hostile senders hand in. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import { systemClock } from '../../../adapters/clock/system.ts';
import { localFiles } from '../../../adapters/files/local.ts';
import type { Answer } from '../../../jobs/answer.ts';
import { runQueue } from '../../../jobs/mail/look-at-queue.ts';
import type { World } from '../../../src/ports/world.ts';
import { AGE_CLASSES } from '../../../src/domain/queues/snapshot.ts';
import { plain, visibleJson } from '../../../src/domain/foreign.ts';

const NOW = 1_795_500_000;
const folder = mkdtempSync(join(tmpdir(), 'tq-dump-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const count = z.number().int().min(0);
const SHAPE = z.object({
  schema: z.literal('tourniquet.queue/1'),
  server: z.string().min(1),
  mta: z.enum(['postfix', 'exim', 'exchange', 'opensmtpd', 'sendmail']),
  takenAt: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  messages: count,
  recipients: count,
  bytes: count,
  malformed: count,
  duplicates: count,
  byQueue: z.record(z.string(), count),
  oldestSeconds: count,
  ages: z.array(z.object({ upToMinutes: z.number().nullable(), messages: count })),
  nullSender: z.object({ messages: count, recipientDomains: count }),
  topSenders: z.array(z.object({ sender: z.string().max(320), messages: count })),
  topSenderDomains: z.array(z.object({ domain: z.string().min(1).max(253), messages: count })),
  topRecipientDomains: z.array(z.object({ domain: z.string().min(1).max(253), recipients: count })),
  topReasons: z.array(z.object({ reason: z.string().max(200), recipients: count })),
});
type Shape = z.output<typeof SHAPE>;

async function queue(dump: string | Buffer, mta?: string): Promise<Answer & { readonly json: Shape }> {
  const path = join(folder, 'dump');
  writeFileSync(path, dump);
  utimesSync(path, NOW, NOW);
  const answer = await runQueue(
    {
      id: 'x',
      command: { name: 'queue', words: [], options: { dump: [path], ...(mta !== undefined && { mta: [mta] }) } },
      actor: { surface: 'shell', id: 'x', shown: { foreign: 'x' } },
      conversation: { surface: 'shell', id: 'x' },
      at: 1,
      files: { dump: path },
    },
    {
      clock: systemClock,
      files: localFiles,
      mailServers: { names: [], find: () => undefined },
      queueHistory: { note: () => Promise.resolve(), recent: () => Promise.resolve([]) },
    } satisfies Partial<World> as unknown as World,
    () => {},
  );
  const json = SHAPE.parse(answer.data);
  const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);
  expect(json.ages.map((each) => each.upToMinutes)).toEqual(AGE_CLASSES);
  expect(sum(json.ages.map((each) => each.messages))).toBe(json.messages);
  expect(sum(Object.values(json.byQueue))).toBe(json.messages);
  expect(json.nullSender.messages).toBe(json.topSenders.find((each) => each.sender === '')?.messages ?? 0);
  const hidden = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
  expect(visibleJson(answer.data)).not.toMatch(hidden);
  expect(JSON.parse(visibleJson(answer.data))).toEqual(JSON.parse(JSON.stringify(answer.data)));
  expect(renderText(answer.message, { colour: false, width: 100, unfolded: true }).text).not.toMatch(hidden);
  return { ...answer, json };
}

const line = (over: object = {}): string =>
  JSON.stringify({
    queue_name: 'deferred',
    queue_id: 'A843F21E832',
    arrival_time: NOW - 60,
    message_size: 100,
    forced_expire: false,
    sender: 'a@example.test',
    recipients: [
      { address: 'b@example.net', delay_reason: 'connect to mx.example.net[192.0.2.1]:25: Connection timed out' },
    ],
    ...over,
  });
const other = line({ queue_id: 'B843F21E833' });
const exchange = (over: object = {}): object => ({
  id: String.raw`EX1\123\5`,
  queue: String.raw`EX1\123`,
  from: 'a@example.test',
  size: '12.3 KB (12,595 bytes)',
  received: new Date((NOW - 60) * 1000).toISOString(),
  error: '451 4.4.0 Connection timed out',
  recipients: ['b@example.net'],
  ...over,
});
const EXIM = `25m  2.9K 1xVhU1-0001pt-20 <alice@example.test> *** frozen ***
          red@example.net
        D blue@example.org

 4h  1.7K 1xVhNZ-0000il-02 <>
          x@example.net

`;
const LONG = 'z'.repeat(10_000_000);

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

describe('an id that is a flag, a path or ALL', () => {
  it.each([
    [
      'postfix',
      ['-d', '--help', '../../etc/passwd', '/etc/passwd', 'ALL', '', 'a b', '$(id)']
        .map((id) => line({ queue_id: id }))
        .join('\n'),
    ],
    [
      'exchange',
      JSON.stringify(
        ['-Filter', '../x', '/etc/passwd', '', String.raw`EX1\..\-x\ y`, '$(id)'].map((id) => exchange({ id })),
      ),
    ],
    [
      'exim',
      ['-Mrm123-456789-12', '../../../../etc-pass-wd', '-oQ/tmp']
        .map((id) => ` 0m   1K ${id} <a@b.example>`)
        .join('\n'),
    ],
  ])('of %s is counted and named, and no message', async (mta, dump) => {
    const { json, status, message } = await queue(dump, mta);
    expect(json).toMatchObject({ messages: 0 });
    expect(json.malformed).toBeGreaterThanOrEqual(3);
    expect(status).toBe('unknown');
    expect(message.blocks.filter((block) => block.kind === 'notice').length).toBeGreaterThan(2);
  });
});

describe('hostile text', () => {
  it.each([
    [
      'postfix',
      line({
        queue_name: '\u{202E}def',
        sender: '\u{202E}<!channel>\u{7}\u{9B}31m`*_~@example.test',
        recipients: [{ address: '<@U1>|x@\u{2066}evil.example', delay_reason: 'said: <!here> \u{1B}[31mred \u{200B}' }],
      }),
    ],
    [
      'exchange',
      JSON.stringify([
        exchange({ queue: 'EX1\\\u{202E}', from: '\u{202E}<!channel>\u{7}@example.test', error: '\u{1B}[31m<!here>' }),
      ]),
    ],
    ['exim', EXIM.replace('alice', '\u{202E}<!channel>\u{7}').replace('red@', '\u{1B}[31m@')],
  ])('of %s is never shown raw, neither as text nor as JSON', async (mta, dump) => {
    expect((await queue(dump)).json).toMatchObject({ mta });
  });
});

describe('an empty queue', () => {
  it.each([
    ['nothing at all', ''],
    ['an empty line', '\n'],
    ['what postqueue -p says', 'Mail queue is empty\n'],
    ['what Sendmail says', '/var/spool/mqueue is empty\n\t\tTotal requests: 0\n'],
    ['an empty array', '[]'],
    ['PowerShell’s null', 'null\r\n'],
    ['a file of Windows PowerShell without anything in it', Buffer.from('\u{FEFF}', 'utf16le')],
  ])('is empty by %s', async (_what, dump) => {
    const { json, status } = await queue(dump);
    expect(json).toMatchObject({ messages: 0, malformed: 0, oldestSeconds: 0, byQueue: {} });
    expect(status).toBe('ok');
  });

  it.each([
    ['exim -bp for Exchange', EXIM, 'exchange'],
    ['postqueue -j for Exim', line(), 'exim'],
    ['postqueue -j for OpenSMTPD', line(), 'opensmtpd'],
    ['exim -bp for Postfix', EXIM, 'postfix'],
    ['octets of anything', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256)), undefined],
    ['an error', 'postqueue: fatal: mail system is down', undefined],
    ['a web page', '<html><body>404</body></html>', undefined],
  ])('is not what %s looks like: nothing could be read', async (_what, dump, mta) => {
    const { json, status, message } = await queue(dump, mta);
    expect(json.messages).toBe(0);
    expect(json.malformed).toBeGreaterThan(0);
    expect(status).toBe('unknown');
    expect(JSON.stringify(message.summary)).toContain('nothing of the listing could be read');
  });

  it('is not what postqueue -p prints: it says which tool to use', async () => {
    const { status, message } = await queue(
      '-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\nA843F21E832*     397 Tue Nov 24 04:13:00  alice@example.test\n',
    );
    expect(status).toBe('unknown');
    expect(JSON.stringify(message.blocks)).toContain('save postqueue -j');
  });
});

describe('malformed lines', () => {
  it('are named by their number, the first five, and counted', async () => {
    const { json, message } = await queue([line(), ...Array.from({ length: 8 }, () => '{'), other].join('\n'));
    expect(json).toMatchObject({ messages: 2, malformed: 8 });
    const notices = message.blocks.flatMap((block) => (block.kind === 'notice' ? [plain(block.text)] : []));
    expect(notices.slice(0, 5)).toEqual(
      [2, 3, 4, 5, 6].map((number) => `line ${number} of the listing was passed over: it is not a whole JSON object`),
    );
    expect(notices[5]).toBe('… 3 more lines were passed over');
  });
});

describe('a dump that is not what it is said to be', () => {
  const LISTINGS = {
    postfix: line(),
    exim: ' 25m  2.9K 1xVhU1-0001pt-20 <alice@example.test>\n          b@c.example\n',
    exchange: JSON.stringify([
      { Identity: 'EX1\\1\\2', FromAddress: 'a@b.example', DateReceived: '2026-11-24T03:22:59Z' },
    ]),
    opensmtpd: '51ef4434f915436b|inet4|mta||a@b.example|c@d.example|c@d.example|1795493007|1795493007|0|0|pending|-3|',
    sendmail: '6AO4Dxax015207       25      30248 Nov 24 04:13 <alice@localhost>\n\t\t\t<x@d.example>',
  } as const;
  const pairs = Object.keys(LISTINGS).flatMap((said) =>
    Object.keys(LISTINGS)
      .filter((is) => is !== said && is !== 'sendmail')
      .map((is) => [said, is] as const),
  );

  it.each(pairs)('as %s, when %s has printed it: unknown, and it is told which', async (said, is) => {
    const { status, json, message } = await queue(`${LISTINGS[is as keyof typeof LISTINGS]}\n`, said);
    expect([status, json.messages]).toEqual(['unknown', 0]);
    expect(renderText(message, { colour: false, width: 200, unfolded: true }).text).toContain(
      `this is no listing of ${said}'s; it looks like what ${is} prints: say --mta ${is}, or leave it out`,
    );
  });

  it.each(Object.keys(LISTINGS))('as %s, which it is: read', async (is) => {
    expect((await queue(`${LISTINGS[is as keyof typeof LISTINGS]}\n`, is)).json).toMatchObject({
      messages: 1,
      malformed: 0,
    });
  });
});
