/** `queue --dump` on what is hostile, empty, broken, or not what it is said to be. */
import { describe, expect, it } from 'vitest';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import { plain } from '../../../src/domain/foreign.ts';
import { EXIM, exchange, line, other, queue } from '../../support/queue-dumps.ts';

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

  it('is not what a line of null in the listing of Postfix means: that line was passed over', async () => {
    expect((await queue(`${line()}\nnull\n`)).json).toMatchObject({ messages: 1, malformed: 1 });
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

describe('what stands beside the figures', () => {
  const notices = async (...asked: Parameters<typeof queue>): Promise<readonly string[]> =>
    (await queue(...asked)).message.blocks.flatMap((block) => (block.kind === 'notice' ? [plain(block.text)] : []));

  it('of a listing without anything in it: a command that failed leaves as much', async () => {
    for (const nothing of ['', '\n \n'])
      expect(await notices(nothing)).toEqual([expect.stringContaining('a command that failed leaves nothing either')]);
    for (const empty of ['Mail queue is empty\n', '[]', 'null']) expect(await notices(empty)).toEqual([]);
  });

  it('of a listing that was saved long ago: how long', async () => {
    expect(await notices(line(), undefined, 3000)).toEqual([]);
    expect(await notices(line(), undefined, 3 * 86_400)).toEqual([
      'The listing was saved 3 d ago; by now it may be otherwise.',
    ]);
  });

  it.each([
    'sudo: a password is required',
    'bash: postqueue: command not found',
    '-bash: exim: command not found',
    'postqueue: fatal: Queue report unavailable - mail system is down',
    'ssh: connect to host mx1 port 22: No route to host',
    'Get-Queue : The term is not recognized',
  ])('of what a command said in its place: %s', async (said) => {
    const { status, message } = await queue(`${said}\n`);
    expect(status).toBe('unknown');
    expect(JSON.stringify(message.blocks)).toContain('it is what the command said, and no listing');
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
