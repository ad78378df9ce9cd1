/** One line of a firewall's log that is about a TCP connection, whatever the firewall. */
import { parseIp } from '../../address/ip.ts';
import type { LogTime } from './time.ts';

export interface LogEntry {
  readonly format: LogFormat;
  readonly time?: LogTime;
  /** Canonical text. */
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  /** Of the source, where the log has it: lower-case hex with colons. */
  readonly mac?: string;
  /** `unknown`: the format doesn't tell (a netfilter LOG rule only notes). */
  readonly verdict: 'blocked' | 'passed' | 'unknown';
}

export const LOG_FORMATS = ['netfilter', 'filterlog', 'mikrotik', 'fortigate', 'asa', 'pfirewall'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Reads a line of its own format; undefined: not of it, or not about a new TCP connection. */
export type LogReader = (line: string) => LogEntry | undefined;

interface Parts {
  readonly source: string | undefined;
  readonly destination: string | undefined;
  readonly port: string | undefined;
  readonly mac?: string | undefined;
  readonly time?: LogTime | undefined;
  readonly verdict: LogEntry['verdict'];
}

/** Undefined where an address or the port can't be read. */
export function entryOf(format: LogFormat, parts: Parts): LogEntry | undefined {
  const source = parseIp(parts.source ?? '');
  const destination = parseIp(parts.destination ?? '');
  const port = Number(parts.port);
  if (source.kind === 'bad' || destination.kind === 'bad') return undefined;
  if (parts.port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const mac = macOf(parts.mac);
  return {
    format,
    source: source.value.text,
    destination: destination.value.text,
    port,
    verdict: parts.verdict,
    ...(mac !== undefined && { mac }),
    ...(parts.time && { time: parts.time }),
  };
}

function macOf(text: string | undefined): string | undefined {
  const hex = text?.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
  return hex?.length === 12 ? (hex.match(/../g) ?? []).join(':') : undefined;
}
