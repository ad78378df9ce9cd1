/**
 * A firewall's log, folded into one look.
 *
 * Rules:
 * 1. What counts is an attempt outward: from inside, to the outside, at a watched port, and not let through.
 * 2. What was let through is counted apart, by source: the log is of a firewall that doesn't block (yet).
 * 3. A line of another kind is passed over; how many were read is told, so that the wrong file is seen as such.
 */
import type { Attempts, Connection } from '../look.ts';
import { LOG_FORMATS } from './entry.ts';
import type { LogEntry, LogFormat } from './entry.ts';
import { logReaders } from './readers.ts';
import { momentOf } from './time.ts';

export interface LogFold {
  add(line: string): void;
  end(): LogLook;
}

export interface LogLook {
  readonly lines: number;
  /** Lines about a TCP connection that could be read, by format. */
  readonly read: Readonly<Partial<Record<LogFormat, number>>>;
  /** What was let through outward, as it came. */
  readonly passed: readonly Connection[];
  readonly sources: readonly Attempts[];
  /** Of the first and the last line that could be read and had a time. */
  readonly from?: number;
  readonly to?: number;
}

export interface LogTerms {
  readonly ports: readonly number[];
  /** The time zone of the device, of the IANA database. */
  readonly zone: string;
  readonly now: number;
  /** Whether an address is one of ours. */
  isInside(address: string): boolean;
}

interface Tally {
  attempts: number;
  readonly destinations: Set<string>;
  readonly ports: Set<number>;
  readonly macs: Set<string>;
  first: number | undefined;
  last: number | undefined;
}

export function openLogFold(terms: LogTerms): LogFold {
  const tallies = new Map<string, Tally>();
  const read = new Map<LogFormat, number>();
  const passed: Connection[] = [];
  let lines = 0;
  let span: readonly [number, number] | undefined;
  /** A file has one format; the one that read last is tried first. */
  let order: readonly LogFormat[] = LOG_FORMATS;
  const take = (entry: LogEntry): void => {
    const at = entry.time && momentOf(entry.time, terms.zone, terms.now);
    if (at !== undefined) span = span === undefined ? [at, at] : [Math.min(span[0], at), Math.max(span[1], at)];
    if (!terms.ports.includes(entry.port) || !terms.isInside(entry.source) || terms.isInside(entry.destination)) return;
    const { source, destination, port } = entry;
    if (entry.verdict !== 'passed') count(tallies, entry, at);
    else passed.push({ source, destination, port });
  };
  return {
    add: (line) => {
      lines += 1;
      for (const format of order) {
        const entry = logReaders[format](line);
        if (!entry) continue;
        read.set(format, (read.get(format) ?? 0) + 1);
        if (order[0] !== format) order = [format, ...LOG_FORMATS.filter((each) => each !== format)];
        take(entry);
        return;
      }
    },
    end: () => ({
      lines,
      passed,
      read: Object.fromEntries(read),
      sources: [...tallies].map(([source, tally]) => ({
        source,
        attempts: tally.attempts,
        destinations: tally.destinations.size,
        ports: [...tally.ports].toSorted((a, b) => a - b),
        macs: [...tally.macs],
        ...(tally.first !== undefined && { first: tally.first }),
        ...(tally.last !== undefined && { last: tally.last }),
      })),
      ...(span !== undefined && { from: span[0], to: span[1] }),
    }),
  };
}

function count(tallies: Map<string, Tally>, entry: LogEntry, at: number | undefined): void {
  let tally = tallies.get(entry.source);
  if (!tally) {
    tally = {
      attempts: 0,
      destinations: new Set(),
      ports: new Set(),
      macs: new Set(),
      first: undefined,
      last: undefined,
    };
    tallies.set(entry.source, tally);
  }
  tally.attempts += 1;
  tally.destinations.add(entry.destination);
  tally.ports.add(entry.port);
  if (entry.mac !== undefined) tally.macs.add(entry.mac);
  if (at === undefined) return;
  tally.first = Math.min(tally.first ?? at, at);
  tally.last = Math.max(tally.last ?? at, at);
}
