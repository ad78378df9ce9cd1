import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { openHost } from '../../../adapters/host/process.ts';
import { openExchangeServer } from '../../../adapters/mail/exchange/server.ts';
import { readListing } from '../../../jobs/mail/read-dump.ts';
import { parseQueueId } from '../../../src/domain/queues/queue-id.ts';

const FOLDER = join(import.meta.dirname, '../../../adapters/mail/exchange');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.ps1'));

/** Everything that they may call; all of it only reads or prints. */
const PERMITTED = [
  'Add-PSSnapin',
  'ConvertTo-Json',
  'ForEach-Object',
  'Get-Command',
  'Get-Message',
  'Get-MessageTrackingLog',
  'Get-Queue',
  'Get-TransportService',
  'New-Object',
  'Set-StrictMode',
  'Sort-Object',
  'Where-Object',
  'Write-Output',
];

describe('the PowerShell files for Exchange', () => {
  let parser: Parser;
  beforeAll(async () => {
    await Parser.init();
    const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
    parser = new Parser();
    parser.setLanguage(await Language.load(new Uint8Array(readFileSync(grammar))));
  });

  it('are there', () => {
    expect(FILES).toEqual(['clock.ps1', 'message.ps1', 'queue.ps1', 'tracking.ps1']);
  });

  it.each(FILES)('%s is PowerShell by its grammar, and one character less is not', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    expect(parser.parse(text)?.rootNode.hasError).toBe(false);
    expect(parser.parse(text.replace('param(', 'param'))?.rootNode.hasError).toBe(true);
  });

  it.each(FILES)('%s calls nothing but what reads and prints, and binds its parameters by pattern', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const called =
      parser
        .parse(text)
        ?.rootNode.descendantsOfType('command_name')
        .map((node) => node?.text ?? '') ?? [];
    expect(called.length).toBeGreaterThan(3);
    expect([...new Set(called)].filter((name) => !PERMITTED.includes(name))).toEqual([]);
    expect(text).not.toMatch(/Invoke-Expression|\biex\b|Start-Process|\[scriptblock\]|&\s*\$/i);
    const parameters = text.match(/\[string\] \$\w+/g) ?? [];
    expect(text.match(/\[ValidatePattern\('\^.*\$'\)\]/g)).toHaveLength(parameters.length);
  });
});

it('the files lift the default of a thousand wherever Exchange has one, and leave shadow copies out', () => {
  const calls = FILES.flatMap((file) =>
    [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/Get-(?:Queue|Message|MessageTrackingLog) -.*/g)].map(
      ([call]) => call,
    ),
  );
  const listing = calls.filter((call) => !call.includes('-Identity') && !call.includes('-ErrorAction'));
  expect(listing.map((call) => call.split(' ', 1).join('')).toSorted()).toEqual([
    'Get-Message',
    'Get-MessageTrackingLog',
    'Get-Queue',
  ]);
  for (const call of listing) expect(call).toContain('-ResultSize Unlimited');
  expect(listing.find((call) => call.startsWith('Get-Queue'))).toContain("-ne 'ShadowRedundancy'");
});

describe('an Exchange server’s queue, as its files print it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tq-exchange-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const object = (over: object): string =>
    JSON.stringify({
      id: 'EX1\\123\\5',
      queue: 'EX1\\123',
      type: 'DnsConnectorDelivery',
      from: '<>',
      size: '12.3 KB (12,595 bytes)',
      received: '2026-11-24T03:22:59.0000000Z',
      error: '400 4.4.7 Message delayed',
      source: 'DSN',
      recipients: ['a@b.example'],
      ...over,
    });

  /** In place of PowerShell: prints what a profile would, then `lines` between the markers, and how it was called. */
  function pretend(lines: readonly string[], ending = 'echo "end $marker"'): ReturnType<typeof openExchangeServer> {
    writeFileSync(join(folder, 'listing'), `${lines.join('\r\n')}\r\n`);
    writeFileSync(
      join(folder, 'powershell'),
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/argv\nmarker=$(printf '%s\\n' "$@" | grep -A1 -x -e -Marker | tail -n 1)\necho 'Welcome to the shell {}'\necho "begin $marker"; cat ${folder}/listing; ${ending}\n`,
    );
    chmodSync(join(folder, 'powershell'), 0o755);
    const host = openHost('ex1', ([program = '', ...words]) => [join(folder, program), ...words]);
    return openExchangeServer({ host, name: 'ex1', folder: 'C:/ProgramData/tourniquet' });
  }
  const read = async (server: ReturnType<typeof openExchangeServer>) =>
    (await readListing(server.listing(10_000), 'exchange', 'ex1', Date.now(), () => {})).snapshot;

  it('is read between its markers, past the banner of a profile, without shadow copies', async () => {
    const lines = [
      object({}),
      object({ id: 'EX1\\Submission\\9', queue: 'EX1\\Submission', from: 'a@b.example', source: 'FromLocal' }),
      object({ id: 'EX1\\Shadow\\7\\1', queue: 'EX1\\Shadow\\7' }),
    ];
    expect(await read(pretend(lines))).toMatchObject({
      messages: 2,
      malformed: 0,
      byQueue: { delivery: 1, submission: 1 },
      nullSender: { messages: 1, recipientDomains: 1 },
    });
    expect(readFileSync(join(folder, 'argv'), 'utf8')).toMatch(
      /^-NoProfile\n-NonInteractive\n-ExecutionPolicy\nBypass\n-File\nC:\/ProgramData\/tourniquet\/queue\.ps1\n-Marker\n[0-9a-f]{16}\n$/,
    );
  });

  it('that breaks off before its end is unknown, never short', async () => {
    await expect(read(pretend([object({})], ':'))).rejects.toThrow('is not whole');
  });

  it('gives one message’s envelope, its identity passed with slashes', async () => {
    const id = parseQueueId('EX1\\123\\5', 'exchange');
    const ids = id.kind === 'ok' ? [id.value] : [];
    expect(await pretend([object({})]).envelopes(ids, 10_000)).toMatchObject([
      { id: 'EX1\\123\\5', sender: '', recipients: ['a@b.example'], bytes: 12_595, origin: { kind: 'own' } },
    ]);
    expect(readFileSync(join(folder, 'argv'), 'utf8')).toMatch(/-Identity\nEX1\/123\/5\n$/);
    expect(await pretend([]).envelopes(ids, 10_000)).toEqual([]);
  });
});
