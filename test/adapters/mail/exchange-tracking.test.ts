import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openHost } from '../../../adapters/host/process.ts';
import { openExchangeTracking } from '../../../adapters/mail/exchange/tracking.ts';
import { lookAtLog } from '../../../jobs/mail/look-at-log.ts';
import type { LogMemory, MailLog } from '../../../src/ports/mail-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'tq-tracking-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = Date.parse('2026-11-24T06:00:00Z') / 1000;

/**
 * In place of PowerShell: holds the files to their own patterns, prints what a profile would, then what `events` has of
 * the span asked for. `FAILS_FROM`: spans from then on to `FAILS_TO` break off.
 */
writeFileSync(
  join(folder, 'powershell'),
  String.raw`#!/usr/bin/env node
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync(${JSON.stringify(folder)} + '/calls', JSON.stringify(args) + '\n');
const at = args.indexOf('-File');
const file = args[at + 1];
const bound = {};
for (let i = at + 2; i < args.length; i += 2) bound[args[i].slice(1)] = args[i + 1];
const text = fs.readFileSync(file, 'utf8');
for (const [, pattern, name] of text.matchAll(/\[ValidatePattern\('(.*)'\)\]\s*\[string\] \$(\w+)/g))
  if (bound[name] !== undefined && !new RegExp(pattern).test(bound[name])) { console.error(name); process.exit(1); }
console.log('Welcome {"date-time":"2026-11-24T05:59:00Z"}\r');
console.log('begin ' + bound.Marker + '\r');
const told = JSON.parse(fs.readFileSync(${JSON.stringify(folder)} + '/world.json', 'utf8'));
if (file.endsWith('clock.ps1')) console.log(told.now + '\r');
else for (const each of told.events) if (each['date-time'] >= bound.From && each['date-time'] < bound.To) console.log(JSON.stringify(each) + '\r');
if (bound.From === undefined || bound.From >= told.tracked) console.log('end ' + bound.Marker + '\r');
`,
);
chmodSync(join(folder, 'powershell'), 0o755);

type Event = Readonly<Record<string, string>>;

function pretend(events: readonly Event[], tracked = '2000', now = NOW): MailLog {
  const iso = new Date(now * 1000).toISOString().replace('.000Z', 'Z');
  writeFileSync(join(folder, 'world.json'), JSON.stringify({ now: iso, events, tracked }));
  rmSync(join(folder, 'calls'), { force: true });
  const host = openHost('ex1', ([program = '', ...words]) => [join(folder, program), ...words]);
  const files = join(import.meta.dirname, '../../../adapters/mail/exchange');
  return openExchangeTracking({ host, name: 'ex1', folder: files }, ['example.com']);
}

function memory(): LogMemory {
  const kept = new Map<string, { mark: string; state: string }>();
  return {
    recall: (server) => Promise.resolve(kept.get(server)),
    keep: (server, mark, state) => Promise.resolve(void kept.set(server, { mark, state })),
  };
}

/** An object as tracking.ps1 projects Get-MessageTrackingLog's. `ago`: seconds before NOW. */
function event(ago: number, id: string, over: Event): Event {
  return {
    'date-time': new Date((NOW - ago) * 1000).toISOString().replace('Z', '0000Z'),
    'event-id': 'RECEIVE',
    source: 'SMTP',
    'connector-id': String.raw`EX1\Default EX1`,
    'client-ip': '10.0.0.1',
    'original-client-ip': '',
    'server-ip': '10.0.0.1',
    'message-id': '<the-same@spam.example>',
    'network-message-id': id,
    'sender-address': 'administrator@example.com',
    'recipient-address': '',
    'recipient-status': '',
    ...over,
  };
}

function sent(ago: number, id: string, recipients: string): readonly Event[] {
  const client = { 'connector-id': String.raw`EX1\Client Proxy EX1`, 'original-client-ip': '198.51.100.7' };
  return [
    event(ago, id, { ...client, 'recipient-address': recipients }),
    event(ago, id, { 'recipient-address': recipients, 'client-ip': '10.0.0.2' }),
    event(ago - 1, id, { 'event-id': 'SENDEXTERNAL', 'server-ip': '192.0.2.25', 'recipient-address': recipients }),
  ];
}

it('message tracking gives the logins, bounces and unknown recipients of the last hour', async () => {
  const flood = Array.from({ length: 300 }, (_, n) => sent(1800, `n${n}`, `a@d${n}.example;b@e${n}.example`)).flat();
  const failed = '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup';
  const harvest = Array.from({ length: 100 }, (_, n) => [
    event(600, `h${n}`, { 'sender-address': 'x@forged.example', 'original-client-ip': '203.0.113.9' }),
    event(599, `h${n}`, { 'event-id': 'FAIL', source: 'ROUTING', 'recipient-status': failed }),
    event(598, `d${n}`, { 'event-id': 'DSN', source: 'DSN', 'sender-address': '' }),
  ]).flat();
  const scanner = event(300, 's1', { 'sender-address': 'scan@example.com', 'client-ip': '10.0.0.9' });
  const { evidence, gaps } = await lookAtLog(pretend([...flood, ...harvest, scanner]), memory(), 20_000);
  expect(evidence).toEqual({
    logins: [
      {
        account: 'administrator@example.com',
        messages: 300,
        recipientDomains: 500,
        addresses: ['198.51.100.7'],
        usualPerHour: 0,
        // Failed logins are not tracked: whether the password was guessed is not known.
      },
    ],
    localSenders: [],
    insideClients: [{ address: '10.0.0.9', messages: 1, usualPerHour: 0 }],
    unknownRecipientsPerMinute: 20,
    bouncesPerMinute: 20,
    relayedForStrangers: 0,
  });
  expect(gaps).toEqual([]);
});

it('nothing but times, a marker and a file crosses, each held by the file’s own pattern', async () => {
  await lookAtLog(pretend([]), memory(), 20_000);
  const calls = readFileSync(join(folder, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const call of calls)
    expect(call.slice(0, 5)).toEqual(['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File']);
  const [, , newest, ...older] = calls.map((call) => call.slice(8));
  expect(newest).toEqual(['-From', '2026-11-24T03:59:40Z', '-To', '2026-11-24T05:59:40Z']);
  expect(older.at(-1)).toEqual(['-From', '2026-11-19T05:59:40Z', '-To', '2026-11-20T03:59:40Z']);
});

it('the next look goes on where the last one ended, and counts nothing twice', async () => {
  const kept = memory();
  await lookAtLog(pretend(sent(1800, 'n1', 'a@b.example')), kept, 20_000);
  const later = pretend([...sent(1800, 'n1', 'a@b.example'), ...sent(5, 'n2', 'a@c.example')], '2000', NOW + 60);
  const { evidence } = await lookAtLog(later, kept, 20_000);
  expect(evidence.logins).toMatchObject([{ messages: 2, recipientDomains: 2 }]);
  expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').at(-1)).toContain(
    '"-From","2026-11-24T05:59:40Z","-To","2026-11-24T06:00:40Z"',
  );
});

it('a server that took nothing lately was looked at all the same: quiet is an answer', async () => {
  expect((await lookAtLog(pretend([]), memory(), 20_000)).evidence).toMatchObject({ logins: [], bouncesPerMinute: 0 });
});

it('days that break off are a gap, and nobody’s past is made of half a day', async () => {
  const { evidence, gaps } = await lookAtLog(pretend(sent(1800, 'n1', 'a@b.example'), '2026-11-24'), memory(), 20_000);
  expect(gaps).toEqual([
    'what was tracked from 2026-11-19T05:59:40Z to 2026-11-24T03:59:40Z could not be read in time',
  ]);
  expect(evidence.logins).toEqual([
    { account: 'administrator@example.com', messages: 1, recipientDomains: 1, addresses: ['198.51.100.7'] },
  ]);
});

it('the newest hours breaking off is unknown, never quiet', async () => {
  await expect(lookAtLog(pretend([], '2027'), memory(), 20_000)).rejects.toThrow('is not whole');
});
