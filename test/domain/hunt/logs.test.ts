import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { LOG_FORMATS } from '../../../src/domain/hunt/logs/entry.ts';
import { openLogFold } from '../../../src/domain/hunt/logs/fold.ts';
import type { LogLook } from '../../../src/domain/hunt/logs/fold.ts';
import { logReaders } from '../../../src/domain/hunt/logs/readers.ts';
import { momentOf, timeAtHead } from '../../../src/domain/hunt/logs/time.ts';

const NOW = Date.UTC(2026, 10, 25);
const LINES = readFileSync(join(import.meta.dirname, '../../fixtures/firewall-logs/lines.log'), 'utf8').split('\n');
/** What must be read, and the line below it. */
const GOLDEN = LINES.flatMap((line, index) =>
  line.startsWith('= ') ? [[line.slice(2), LINES[index + 1] ?? ''] as const] : [],
);

function readOf(line: string): string {
  const entries = LOG_FORMATS.flatMap((format) => logReaders[format](line) ?? []);
  if (entries.length === 0) return 'nothing';
  return entries
    .map(({ format, time, ...rest }) => {
      const at = time && new Date(momentOf(time, 'Europe/Berlin', NOW)).toISOString().replace('.000', '');
      return JSON.stringify({ format, ...(at !== undefined && { at }), ...ordered(rest) });
    })
    .join(' and ');
}

function ordered({ source, destination, port, mac, verdict }: { readonly [key: string]: unknown }): object {
  return { source, destination, port, ...(mac !== undefined && { mac }), verdict };
}

function fold(lines: readonly string[]): LogLook {
  const folding = openLogFold({
    ports: [25, 465, 587],
    zone: 'Europe/Berlin',
    now: NOW,
    isInside: (address) => /^(10\.|192\.168\.|2001:db8:(77|1)?:)/.test(address),
  });
  for (const line of lines) folding.add(line);
  return folding.end();
}

describe('the logs of firewalls', () => {
  it('has something of every format to read', () => {
    const formats = GOLDEN.flatMap(([expected]) => /"format":"(\w+)"/.exec(expected)?.[1] ?? []);
    expect([...new Set(formats)].toSorted()).toEqual([...LOG_FORMATS].toSorted());
  });

  it.each(GOLDEN)('reads %s', (expected, line) => {
    expect(readOf(line)).toBe(expected);
  });

  it('counts attempts outward that were not let through, by source, with destinations, cards and times', () => {
    const look = fold(GOLDEN.map(([, line]) => line));
    expect(look.sources.find(({ source }) => source === '192.168.1.7')).toMatchObject({ attempts: 3, destinations: 1 });
    expect(look.sources.find(({ source }) => source === '10.77.0.11')).toEqual({
      source: '10.77.0.11',
      attempts: 1,
      destinations: 1,
      ports: [25],
      macs: ['7a:14:7e:27:ce:75'],
      first: Date.UTC(2026, 10, 24, 7, 15, 2),
      last: Date.UTC(2026, 10, 24, 7, 15, 2),
    });
    expect(look.sources.some(({ source }) => source.startsWith('203.'))).toBe(false);
    expect(look.passed).toHaveLength(6);
    expect(look.passed).toContainEqual({ source: '192.168.3.7', destination: '203.0.113.5', port: 25 });
    expect(look.read).toEqual({ netfilter: 5, filterlog: 5, mikrotik: 3, fortigate: 4, asa: 7, pfirewall: 2 });
    expect(look.from).toBe(Date.UTC(2026, 6, 24, 6, 6, 26));
  });

  it('takes a time without a year for the last that fits, also across New Year', () => {
    const at = (line: string, now: number): string => {
      const time = timeAtHead(line);
      return time ? new Date(momentOf(time, 'UTC', now)).toISOString() : 'no time';
    };
    expect(at('Dec 31 23:59:59 gw', Date.UTC(2027, 0, 1, 0, 5))).toBe('2026-12-31T23:59:59.000Z');
    expect(at('Jan  1 00:00:01 gw', Date.UTC(2026, 11, 31, 23, 59))).toBe('2027-01-01T00:00:01.000Z');
    expect(at('Jan  1 00:00:01 gw', Date.UTC(2026, 5, 1))).toBe('2026-01-01T00:00:01.000Z');
    expect(at('Foo 99 00:00:01 gw', NOW)).toBe('no time');
  });

  it('makes what a zone’s clock shows once, not for each line, and is right when the clocks change', () => {
    const made = vi.spyOn(Intl, 'DateTimeFormat');
    const at = (line: string): number => {
      const time = timeAtHead(line);
      return time ? momentOf(time, 'Europe/Vienna', NOW) : NaN;
    };
    const lines = Array.from({ length: 500 }, (_, index) => `Nov 24 08:${String(index % 60).padStart(2, '0')}:00 gw`);
    expect(lines.map(at)).toEqual(lines.map((_, index) => Date.UTC(2026, 10, 24, 7, index % 60)));
    expect(made.mock.calls.length).toBeLessThanOrEqual(1);
    made.mockRestore();
    expect([at('Oct 25 01:59:59 gw'), at('Oct 25 03:00:00 gw'), at('Mar 29 03:00:00 gw')]).toEqual([
      Date.UTC(2026, 9, 24, 23, 59, 59),
      Date.UTC(2026, 9, 25, 2),
      Date.UTC(2026, 2, 29, 1),
    ]);
  });

  it('never throws, whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...GOLDEN.map(([, line]) => line)))), (lines) => {
        expect(fold(lines.map((line) => line.slice(0, 300))).lines).toBe(lines.length);
      }),
      { numRuns: 50 },
    );
  });
});
