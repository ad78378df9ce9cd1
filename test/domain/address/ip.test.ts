import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipFromBytes, parseIp } from '../../../src/domain/address/ip.ts';

const textOf = (text: string): string => {
  const read = parseIp(text);
  return read.kind === 'ok' ? read.value.text : `refused: ${read.why}`;
};

describe('an IP address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('reads %s as %s', (text, canonical) => {
    expect(textOf(text)).toBe(canonical);
  });

  it.each([
    '999.1.1.1',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    '0x7f.1.1.1',
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
    '',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '::1.2.3',
  ])('refuses %j with a reason and a remedy', (text) => {
    const read = parseIp(text);
    expect(read).toMatchObject({
      kind: 'bad',
      why: expect.stringMatching(/.{5}/),
      remedy: expect.stringMatching(/.{5}/),
    });
  });

  it('round-trips every address through its text', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        const address = ipFromBytes([...raw]);
        const again = parseIp(address.text);
        if (again.kind === 'bad') throw new Error(`${address.text}: ${again.why}`);
        const mapped =
          raw.length === 16 && address.text.startsWith('::ffff:') && raw.slice(0, 10).every((byte) => byte === 0);
        expect([...again.value.bytes]).toEqual(mapped ? [...raw].slice(12) : [...raw]);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => ['ok', 'bad'].includes(parseIp(text).kind)),
      { numRuns: 5000 },
    );
  });
});
