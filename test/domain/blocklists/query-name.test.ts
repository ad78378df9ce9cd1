import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDomain } from '../../../src/domain/address/domain.ts';
import { ipFromBytes, parseIp } from '../../../src/domain/address/ip.ts';
import { addressBytesOf, askedOf, labelsOf, queryName } from '../../../src/domain/blocklists/query-name.ts';

const nameOf = (text: string, zone = 'bl.test'): string | undefined => {
  const ip = parseIp(text);
  if (ip.kind === 'bad') throw new Error(ip.why);
  return queryName(labelsOf({ kind: 'ip', ip: ip.value }), zone);
};

describe('the name that is asked', () => {
  it('has the octets of IPv4 in reverse', () => {
    expect(nameOf('192.0.2.99')).toBe('99.2.0.192.bl.test');
  });

  it('has all 32 nibbles of IPv6 in reverse, never groups of four', () => {
    expect(nameOf('2001:db8:1:2:3:4:567:89ab')).toBe(
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bl.test',
    );
  });

  it('leads back to its address and to no other, for every address', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, fc.constantFrom('bl.test', 'a.b.c.example'), (raw, zone) => {
        const name = queryName(labelsOf({ kind: 'ip', ip: ipFromBytes([...raw]) }), zone);
        expect(addressBytesOf(name ?? '', zone)).toEqual([...raw]);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['mail.example.com', 'example.com'],
    ['example.com', 'example.com'],
    ['a.b.example.co.uk', 'example.co.uk'],
    ['example.co.uk', 'example.co.uk'],
    ['mx.example.com.br', 'example.com.br'],
    ['mail.co.example', 'co.example'],
    ['mail.firma.de', 'firma.de'],
  ])('is, of a list that knows registered domains alone, of %s that of %s', (host, domain) => {
    const read = parseDomain(host);
    if (read.kind === 'bad') throw new Error(read.why);
    const subject = { kind: 'domain', domain: read.value } as const;
    expect(labelsOf(askedOf(subject, { names: 'registered' }))).toBe(domain);
    expect(askedOf(subject, {})).toBe(subject);
  });

  it('is never longer than DNS permits, and never for another domain', () => {
    fc.assert(
      fc.property(fc.domain(), (text) => {
        const domain = parseDomain(text);
        if (domain.kind === 'bad') return;
        const name = queryName(labelsOf({ kind: 'domain', domain: domain.value }), 'dbl.test');
        expect(name === undefined || (name === `${text.toLowerCase()}.dbl.test` && name.length <= 253)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
