import { describe, expect, it } from 'vitest';
import { judgeSpf } from '../../../jobs/looks/spf.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import { askOf } from '../../support/records.ts';
import type { Zone } from '../../support/records.ts';

function ip(text: string) {
  const parsed = parseIp(text);
  if (parsed.kind === 'bad') throw new Error(text);
  return parsed.value;
}

const judge = (records: string | readonly string[], zone: Zone = {}, address: string | undefined = '203.0.113.7') =>
  judgeSpf('example.com', [records].flat(), address === undefined ? undefined : ip(address), askOf(zone));

const chain = (many: number): Zone =>
  Object.fromEntries(
    Array.from({ length: many }, (_, index) => [
      `s${index}.example TXT`,
      [`v=spf1 ${index + 1 < many ? `include:s${index + 1}.example` : 'ip4:203.0.113.7'} -all`],
    ]),
  );

describe('an SPF record', () => {
  it.each<[record: string | readonly string[], zone: Zone, says: string]>([
    [[], {}, 'missing'],
    [['google-site-verification=x'], {}, 'missing'],
    [['v=spf10 -all'], {}, 'missing'],
    [['v=spf1 -all', 'v=spf1 mx -all'], {}, 'several'],
    ['v=spf1 ip4:203.0.113.7 -all', {}, 'ok'],
    ['V=SPF1 IP4:203.0.113.0/24 ~ALL', {}, 'ok'],
    ['v=spf1 ip4:203.0.113.9/24 -all', {}, 'ok'],
    ['v=spf1 ip4:198.51.100.0/24 -all', {}, 'lacks-address'],
    ['v=spf1 ip6:2001:db8::/32 -all', {}, 'lacks-address'],
    ['v=spf1 -all', {}, 'lacks-address'],
    ['v=spf1 ?all', {}, 'lacks-address'],
    ['v=spf1 +all', {}, 'ok'],
    ['v=spf1 -ip4:203.0.113.7 +all', {}, 'lacks-address'],
    ['v=spf1 ip4:203.0.113.7 -ip4:203.0.113.0/24 -all', {}, 'ok'],
    ['v=spf1 a -all', { 'example.com A': ['203.0.113.7'] }, 'ok'],
    ['v=spf1 a:mail.example/24 -all', { 'mail.example A': ['203.0.113.200'] }, 'ok'],
    ['v=spf1 a/24 -all', { 'example.com A': ['203.0.113.200'] }, 'ok'],
    ['v=spf1 a -all', { 'example.com A': ['198.51.100.9'] }, 'lacks-address'],
    ['v=spf1 mx -all', { 'example.com MX': ['10 mx.example.com.'], 'mx.example.com A': ['203.0.113.7'] }, 'ok'],
    [
      'v=spf1 mx -all',
      { 'example.com MX': ['10 mx.example.com'], 'mx.example.com A': ['198.51.100.1'] },
      'lacks-address',
    ],
    ['v=spf1 include:isp.example -all', { 'isp.example TXT': ['v=spf1 ip4:203.0.113.0/24 -all'] }, 'ok'],
    ['v=spf1 include:isp.example -all', { 'isp.example TXT': ['v=spf1 ip4:198.51.100.0/24 -all'] }, 'lacks-address'],
    ['v=spf1 include:isp.example ip4:203.0.113.7 -all', { 'isp.example TXT': ['v=spf1 -all'] }, 'ok'],
    ['v=spf1 include:gone.example -all', {}, 'lacks-address'],
    ['v=spf1 redirect=isp.example', { 'isp.example TXT': ['v=spf1 ip4:203.0.113.0/24 -all'] }, 'ok'],
    ['v=spf1 redirect=isp.example', { 'isp.example TXT': ['v=spf1 -all'] }, 'lacks-address'],
    ['v=spf1 include:s0.example -all', chain(10), 'ok'],
    ['v=spf1 include:s0.example -all', chain(11), 'too-many-lookups'],
    ['v=spf1 include:example.com -all', { 'example.com TXT': ['v=spf1 include:example.com -all'] }, 'too-many-lookups'],
    [
      `v=spf1 ${Array.from({ length: 11 }, (_, index) => `a:a${index}.example`).join(' ')} -all`,
      {},
      'too-many-lookups',
    ],
  ])('%j with %j: %s', async (record, zone, says) => {
    expect(await judge(record, zone)).toBe(says);
  });

  it.each<[record: string, zone: Zone]>([
    ['v=spf1 include:isp.example -all', { 'isp.example TXT': 'fails' }],
    ['v=spf1 a -all', { 'example.com A': 'fails' }],
    ['v=spf1 mx -all', { 'example.com MX': 'fails' }],
    ['v=spf1 mx -all', { 'example.com MX': ['10 mx.example.com'], 'mx.example.com A': 'fails' }],
    ['v=spf1 exists:%{i}.x.example -all', {}],
    ['v=spf1 include:%{d}.x.example -all', {}],
    ['v=spf1 ptr -all', {}],
  ])('%s that could not be followed to its end (%j) is unknown, never "lacks"', async (record, zone) => {
    expect(await judge(record, zone)).toBeUndefined();
  });

  it('that could not be followed to its end permits all the same where another part does', async () => {
    expect(await judge('v=spf1 include:isp.example ip4:203.0.113.7 -all', { 'isp.example TXT': 'fails' })).toBe('ok');
  });

  it('is judged for IPv6 by its own addresses', async () => {
    const zone: Zone = { 'example.com AAAA': ['2001:db8::7'], 'example.com A': ['203.0.113.7'] };
    expect(await judge('v=spf1 a//64 -all', zone, '2001:db8::9')).toBe('ok');
    expect(await judge('v=spf1 a -all', zone, '2001:db8::9')).toBe('lacks-address');
  });

  it('is judged by itself where mail does not leave from an address of one’s own', async () => {
    const direct = (record: string, zone: Zone) => judgeSpf('example.com', [record], undefined, askOf(zone));
    expect(
      await direct('v=spf1 include:isp.example -all', { 'isp.example TXT': ['v=spf1 ip4:198.51.100.1 -all'] }),
    ).toBe('ok');
    expect(await direct('v=spf1 include:s0.example -all', chain(11))).toBe('too-many-lookups');
  });

  it.each([
    ['nothing', 'v=spf1'],
    ['a blank', 'v=spf1 '],
    ['half terms', 'v=spf1 ip4: ip4:x ip4:203.0.113.7/99 a: / :: \u{202E} -all'],
    ['thousands of terms', `v=spf1 ${'x '.repeat(2000)}`],
  ])('that holds %s ends', async (_what, record) => {
    expect(['lacks-address', undefined, 'ok', 'too-many-lookups']).toContain(await judge(record));
  });
});
