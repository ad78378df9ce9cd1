import { describe, expect, it } from 'vitest';
import { lookAtRecords } from '../../../jobs/looks/dns-records.ts';
import { parseDomain } from '../../../src/domain/address/domain.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import type { Place } from '../../../src/ports/sites.ts';
import { resolverOf } from '../../support/records.ts';
import type { Zone } from '../../support/records.ts';

function place(over: Partial<Place> = {}): Place {
  const address = parseIp('203.0.113.7');
  const domain = parseDomain('example.com');
  if (address.kind === 'bad' || domain.kind === 'bad') throw new Error('not read');
  return { name: 'hq', addresses: [address.value], domains: [domain.value], servers: [], timezone: 'UTC', ...over };
}

const RIGHT: Zone = {
  '7.113.0.203.in-addr.arpa PTR': ['mail.example.com.'],
  'mail.example.com A': ['203.0.113.7'],
  'example.com MX': ['10 mail.example.com'],
  'example.com TXT': ['v=spf1 mx -all'],
  '_dmarc.example.com TXT': ['v=DMARC1; p=reject'],
};
const look = (zone: Zone, over: Partial<Place> = {}, helos = ['mail.example.com']) =>
  lookAtRecords(place(over), helos, resolverOf(zone), 1000);

describe('the records of a site', () => {
  it('are right', async () => {
    expect(await look(RIGHT)).toEqual({
      reverse: [{ address: '203.0.113.7', state: 'ok' }],
      helo: { name: 'mail.example.com', state: 'ok' },
      domains: [{ domain: 'example.com', mx: 'ok', spf: 'ok', dmarc: 'ok' }],
    });
  });

  it.each<[what: string, zone: Zone, found: object]>([
    ['no reverse name', { '7.113.0.203.in-addr.arpa PTR': [] }, { reverse: [{ state: 'missing' }] }],
    [
      'a reverse name that leads elsewhere',
      { '7.113.0.203.in-addr.arpa PTR': ['other.example'], 'other.example A': ['198.51.100.1'] },
      { reverse: [{ state: 'mismatch' }] },
    ],
    [
      'a reverse name that leads nowhere',
      { '7.113.0.203.in-addr.arpa PTR': ['nowhere.example'] },
      { reverse: [{ state: 'mismatch' }] },
    ],
    [
      'one of two reverse names that leads back',
      { '7.113.0.203.in-addr.arpa PTR': ['nowhere.example', 'mail.example.com'] },
      { reverse: [{ state: 'ok' }] },
    ],
    [
      'a greeting that leads nowhere',
      { 'mail.example.com A': [], '7.113.0.203.in-addr.arpa PTR': [] },
      { helo: { state: 'missing' } },
    ],
    ['a greeting that leads elsewhere', { 'mail.example.com A': ['198.51.100.1'] }, { helo: { state: 'mismatch' } }],
    [
      'no MX, no SPF, no DMARC',
      { 'example.com MX': [], 'example.com TXT': [], '_dmarc.example.com TXT': [] },
      { domains: [{ mx: 'missing', spf: 'missing', dmarc: 'missing' }] },
    ],
    ['two SPF records', { 'example.com TXT': ['v=spf1 -all', 'v=spf1 mx -all'] }, { domains: [{ spf: 'several' }] }],
  ])('with %s are told so', async (_what, zone, found) => {
    expect(await look({ ...RIGHT, ...zone })).toMatchObject(found);
  });

  it.each<[what: string, zone: Zone, found: string | undefined]>([
    ['a key', { 'mail._domainkey.example.com TXT': ['v=DKIM1; k=rsa; p=MIIB'] }, 'ok'],
    [
      'one key that is good beside one that was taken back',
      { 'mail._domainkey.example.com TXT': ['v=DKIM1; p='], 'old._domainkey.example.com TXT': ['p=MIIB'] },
      'ok',
    ],
    ['a key that was taken back', { 'mail._domainkey.example.com TXT': ['v=DKIM1; p='] }, 'revoked'],
    ['no key', {}, 'missing'],
    ['a selector that could not be looked up', { 'mail._domainkey.example.com TXT': 'fails' }, undefined],
  ])('with %s under its DKIM selectors are told so', async (_what, zone, dkim) => {
    const none: Zone = { 'mail._domainkey.example.com TXT': [], 'old._domainkey.example.com TXT': [] };
    const found = await look({ ...RIGHT, ...none, ...zone }, { dkimSelectors: ['mail', 'old'] });
    expect(found.domains?.[0]?.dkim).toBe(dkim);
  });

  it('that could not be looked up are left out, and are no "missing"', async () => {
    const zone: Zone = Object.fromEntries(Object.keys(RIGHT).map((key) => [key, 'fails' as const]));
    expect(await look({ ...zone, 'mail.example.com A': ['203.0.113.7'] })).toEqual({
      helo: { name: 'mail.example.com', state: 'ok' },
      domains: [{ domain: 'example.com' }],
    });
  });

  it('of which none could be looked up are a look that failed', async () => {
    const zone: Zone = Object.fromEntries(Object.keys(RIGHT).map((key) => [key, 'fails' as const]));
    await expect(look(zone)).rejects.toThrow('no name could be looked up (servfail)');
  });

  it('do not ask SPF to permit an address that mail does not leave from', async () => {
    const zone = { ...RIGHT, 'example.com TXT': ['v=spf1 ip4:198.51.100.1 -all'] };
    expect(await look(zone)).toMatchObject({ domains: [{ spf: 'lacks-address' }] });
    expect(await look(zone, { usesSmartHost: true })).toMatchObject({ domains: [{ spf: 'ok' }] });
  });
});
