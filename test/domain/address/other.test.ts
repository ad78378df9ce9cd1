import { describe, expect, it } from 'vitest';
import { addressesOf, cidrContains, parseCidr } from '../../../src/domain/address/cidr.ts';
import { parseDomain } from '../../../src/domain/address/domain.ts';
import { parseIp } from '../../../src/domain/address/ip.ts';
import { domainOfAddress, parseMailbox } from '../../../src/domain/address/mailbox.ts';
import { specialPurpose } from '../../../src/domain/address/special.ts';
import type { Parsed } from '../../../src/domain/parsed.ts';

function must<T>(read: Parsed<T>): T {
  if (read.kind === 'bad') throw new Error(read.why);
  return read.value;
}

describe('a range', () => {
  it('spans its addresses, lowest first', () => {
    const range = must(parseCidr('192.0.2.252/30'));
    expect([...addressesOf(range)].map((address) => address.text)).toEqual([
      '192.0.2.252',
      '192.0.2.253',
      '192.0.2.254',
      '192.0.2.255',
    ]);
  });

  it('contains its own addresses and no others, nor those of the other family', () => {
    const range = must(parseCidr('2001:db8::/33'));
    expect(cidrContains(range, must(parseIp('2001:db8:7fff::1')))).toBe(true);
    expect(cidrContains(range, must(parseIp('2001:db8:8000::1')))).toBe(false);
    expect(cidrContains(range, must(parseIp('192.0.2.1')))).toBe(false);
  });

  it.each([
    ['192.0.2.1/24', 'write 192.0.2.0/24, or the single address'],
    ['192.0.2.0/33', 'write a number from 0 to 32 after the slash'],
    ['192.0.2.0', 'write a number from 0 to 32 after the slash'],
    ['192.0.2.0/24/8', 'write a number from 0 to 32 after the slash'],
  ])('refuses %s and says what to write', (text, remedy) => {
    expect(parseCidr(text)).toMatchObject({ kind: 'bad', remedy });
  });
});

describe('a domain name', () => {
  it.each([
    ['Mail.Example.COM.', 'mail.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['_dmarc.example.com', '_dmarc.example.com'],
  ])('reads %s as %s', (text, name) => {
    expect(parseDomain(text)).toEqual({ kind: 'ok', value: name });
  });

  it.each([
    'localhost',
    '-a.example',
    'a-.example',
    'a..b',
    'http://example.com',
    'a b.example',
    `${'a'.repeat(64)}.example`,
    '1.2.3.999',
    'ex\u202eample.com',
    'a\u0000.example',
  ])('refuses %j', (text) => {
    expect(parseDomain(text).kind).toBe('bad');
  });
});

describe('a mailbox', () => {
  it('is taken when its parts are plain', () => {
    expect(parseMailbox('anna+news@Example.com')).toEqual({ kind: 'ok', value: 'anna+news@example.com' });
  });

  it.each([
    '-oQ/tmp@example.com',
    '@example.com',
    'anna',
    '"a b"@example.com',
    'a\n@example.com',
    'a;b@example.com',
    'ä@example.com',
  ])('that could be read as something else (%j) is refused', (text) => {
    expect(parseMailbox(text).kind).toBe('bad');
  });

  it('has the domain after its last @, or none that can be read', () => {
    expect(domainOfAddress('"odd@local"@gmail.test')).toBe('gmail.test');
    expect(domainOfAddress('MAILER-DAEMON')).toBeUndefined();
  });
});

describe('a special address', () => {
  it.each([
    ['10.1.2.3', 'private'],
    ['127.0.0.2', 'loopback'],
    ['203.0.113.9', 'documentation'],
    ['fe80::1', 'link-local'],
    ['fd00::1', 'unique local'],
  ])('%s is named as %s', (text, what) => {
    expect(specialPurpose(must(parseIp(text)))).toContain(what);
  });

  it('is not what a public address is', () => {
    expect(specialPurpose(must(parseIp('9.9.9.9')))).toBeUndefined();
    expect(specialPurpose(must(parseIp('2a01:4f8::1')))).toBeUndefined();
  });
});
