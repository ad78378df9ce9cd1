import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { covers, isLeaseFile, leaseAt, readLeases } from '../../../src/domain/hunt/leases.ts';
import type { Lease, LeaseKind } from '../../../src/domain/hunt/leases.ts';

const read = (kind: LeaseKind, file: string): readonly Lease[] =>
  readLeases(kind, readFileSync(join(import.meta.dirname, '../../fixtures/leases', file), 'utf8'));
const RECEPTION = '7a:14:7e:27:ce:75';
const END = 1_795_600_000_000;

describe('the leases of DHCP servers', () => {
  it('reads those of dnsmasq: those without a name, those that never end, those of IPv6', () => {
    expect(read('dnsmasq', 'dnsmasq.leases')).toEqual([
      { address: '10.77.0.11', mac: RECEPTION, name: 'PC-RECEPTION', until: END },
      { address: '10.77.0.12', mac: '7a:14:7e:27:ce:76', until: END },
      { address: '10.77.0.13', mac: '7a:14:7e:27:ce:77', name: 'printer', until: Infinity },
      { address: '2001:db8:77::1a2', name: 'PC-RECEPTION', until: END },
    ]);
  });

  it('reads those of ISC dhcpd with their past, and leaves out what is free', () => {
    expect(read('isc', 'dhcpd.leases')).toEqual([
      {
        address: '10.77.0.160',
        mac: RECEPTION,
        name: 'PC-RECEPTION',
        from: Date.UTC(2026, 10, 24, 3, 54, 43),
        until: Date.UTC(2026, 10, 24, 4, 54, 43),
      },
      {
        address: '10.77.0.161',
        mac: '7a:14:7e:27:ce:76',
        name: 'PC-"OFFICE"',
        from: 1_795_500_000_000,
        until: Infinity,
      },
      {
        address: '10.77.0.160',
        mac: '7a:14:7e:27:ce:99',
        name: 'TABLET',
        from: Date.UTC(2026, 10, 24, 6),
        until: Date.UTC(2026, 10, 24, 7),
      },
    ]);
  });

  it('reads those of Kea, a comma in a name too, and leaves out what is reclaimed', () => {
    expect(read('kea', 'kea-leases4.csv')).toEqual([
      { address: '10.77.0.160', mac: RECEPTION, name: 'pc-reception', from: END - 3_600_000, until: END },
      { address: '10.77.0.161', mac: '7a:14:7e:27:ce:76', name: 'a,b.example.test', from: END - 3_600_000, until: END },
    ]);
  });

  it('reads what Windows exports, reservations without an end too', () => {
    const expected = [
      {
        address: '10.77.0.160',
        mac: RECEPTION,
        name: 'PC-RECEPTION.example.test',
        until: Date.UTC(2026, 10, 25, 10, 26, 40),
      },
      { address: '10.77.0.161', mac: '7a:14:7e:27:ce:76', name: 'PRINTER', until: Infinity },
    ];
    expect(read('windows', 'windows.csv')).toEqual(expected);
    const text = readFileSync(join(import.meta.dirname, '../../fixtures/leases/windows.csv'), 'utf8');
    expect(readLeases('windows', text.replaceAll(',', ';').replaceAll('\n', '\r\n'))).toEqual(expected);
  });

  it('names the machine that had the address when it tried, not the one that has it now', () => {
    const leases = read('isc', 'dhcpd.leases');
    const who = { addresses: ['10.77.0.160'] };
    expect(leaseAt(leases, who, Date.UTC(2026, 10, 24, 4))).toMatchObject({
      lease: { name: 'PC-RECEPTION' },
      covers: 'yes',
    });
    expect(leaseAt(leases, who, Date.UTC(2026, 10, 24, 6, 30))).toMatchObject({
      lease: { name: 'TABLET' },
      covers: 'yes',
    });
    expect(leaseAt(leases, who, Date.UTC(2026, 10, 24, 9))).toMatchObject({ lease: { name: 'TABLET' }, covers: 'no' });
    expect(
      leaseAt(leases, { ...who, mac: RECEPTION }, Date.UTC(2026, 10, 24, 6, 30)),
      'another card has it now',
    ).toMatchObject({
      lease: { name: 'PC-RECEPTION' },
      covers: 'no',
    });
    expect(leaseAt(leases, { addresses: ['10.9.9.9'] }, 0)).toBeUndefined();
  });

  it('finds a machine by its network card where it tried from another address', () => {
    const leases = read('dnsmasq', 'dnsmasq.leases');
    const found = leaseAt(leases, { addresses: ['2001:db8:77::dead'], mac: RECEPTION }, END - 1000);
    expect(found).toMatchObject({ lease: { name: 'PC-RECEPTION' }, covers: 'yes' });
  });

  const block = (lines: string): string => `lease 10.77.0.160 {\n${lines}\n}\n`;
  const named = (name: string): string =>
    [
      '  starts 2 2026/11/24 04:00:00;',
      '  ends 2 2026/11/24 08:00:00;',
      '  binding state active;',
      `  hardware ethernet ${RECEPTION};`,
      String.raw`  uid "\001\000}\024~";`,
      `  client-hostname "${name}";`,
    ].join('\n');

  it('keeps a name where a brace stands before it or in it, and reads the octets that dhcpd writes as numbers', () => {
    expect(readLeases('isc', block(named('PC-RECEPTION')))).toMatchObject([{ name: 'PC-RECEPTION' }]);
    expect(readLeases('isc', block(named('x}')))).toMatchObject([{ mac: RECEPTION, name: 'x}' }]);
    expect(readLeases('isc', block(named(String.raw`K\303\274che \"2\"`)))).toMatchObject([{ name: 'Küche "2"' }]);
  });

  it('does not name who had given the address back before, or lost it to another card', () => {
    const at = Date.UTC(2026, 10, 24, 7);
    const who = { addresses: ['10.77.0.160'] };
    const free = block('  starts 2 2026/11/24 04:00:00;\n  ends 2 2026/11/24 05:00:00;\n  binding state free;');
    const leases = readLeases('isc', block(named('PC-RECEPTION')) + free);
    expect(leaseAt(leases, who, at)).toMatchObject({ lease: { name: 'PC-RECEPTION' }, covers: 'no' });
    expect(leaseAt(leases, who, Date.UTC(2026, 10, 24, 4, 30))).toMatchObject({ covers: 'yes' });
    const head =
      'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context';
    const row = (mac: string, from: number, lifetime: number, name: string, state = 0): string =>
      `10.77.0.160,${mac},,${lifetime},${from + lifetime},1,0,0,${name},${state},`;
    const kea = (...rows: readonly string[]): readonly Lease[] => readLeases('kea', [head, ...rows].join('\n'));
    const first = row(RECEPTION, 1000, 3600, 'reception');
    expect(leaseAt(kea(first), who, 2_000_000)?.covers).toBe('yes');
    expect(leaseAt(kea(first, row(RECEPTION, 1000, 0, '')), who, 2_000_000)?.covers, 'given back').toBe('unknown');
    expect(leaseAt(kea(first, row(RECEPTION, 1000, 0, '', 3)), who, 2_000_000)?.covers, 'state 3').toBe('unknown');
    const other = kea(first, row('7a:14:7e:27:ce:99', 1900, 3600, 'tablet'));
    expect(leaseAt(other, who, 2_000_000)).toMatchObject({ lease: { name: 'tablet' }, covers: 'yes' });
    expect(leaseAt(other, { ...who, mac: RECEPTION }, 2_000_000), 'its lease had ended').toMatchObject({
      covers: 'no',
    });
  });

  it('does not guess which number of a date is the month', () => {
    const exported = (end: string): string =>
      `"IPAddress","ClientId","HostName","AddressState","LeaseExpiryTime"\n"10.77.0.160","7a-14-7e-27-ce-75","PC-RECEPTION","Active","${end}"\n`;
    for (const end of ['11/04/2026 08:15:00', '04.11.2026 08:15:00', ''])
      expect(leaseAt(readLeases('windows', exported(end)), { addresses: ['10.77.0.160'] }, END)?.covers, end).toBe(
        'unknown',
      );
  });

  it('tells a file of leases from another one, and an empty one from neither', () => {
    const files = { dnsmasq: 'dnsmasq.leases', isc: 'dhcpd.leases', kea: 'kea-leases4.csv', windows: 'windows.csv' };
    const kinds = Object.keys(files) as readonly LeaseKind[];
    for (const kind of kinds)
      for (const other of kinds) {
        const text = readFileSync(join(import.meta.dirname, '../../fixtures/leases', files[other]), 'utf8');
        expect(isLeaseFile(kind, text), `${files[other]} as ${kind}`).toBe(kind === other);
      }
    const german =
      '"Client-IP-Adresse";"Name";"Leaseablaufdatum"\n"10.77.0.160";"PC-RECEPTION";"24.11.2026 08:15:00"\n';
    expect(isLeaseFile('windows', german)).toBe(false);
    expect(kinds.every((kind) => isLeaseFile(kind, '# nothing yet\n'))).toBe(true);
  });

  it('does not know where the lease was renewed after the attempt, or has no end written', () => {
    expect(covers({ address: '10.0.0.1', from: 100, until: 200 }, 50)).toBe('unknown');
    expect(covers({ address: '10.0.0.1' }, 50)).toBe('unknown');
  });

  it('never throws, whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<LeaseKind>('dnsmasq', 'isc', 'kea', 'windows'), (text, kind) => {
        expect(Array.isArray(readLeases(kind, text))).toBe(true);
      }),
    );
  });
});
