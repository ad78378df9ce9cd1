/**
 * Where a mail server logs, read on from where the last look ended.
 *
 * Guarantees of every adapter: nothing is read twice and nothing is passed over silently (a log that was rotated and
 * packed meanwhile is a gap, and said); what is read at once is bounded; reading changes nothing.
 */
import type { HostClock } from '../domain/logs/stamp.ts';
import type { Mta } from '../domain/queues/snapshot.ts';

export interface MailLog {
  readonly server: string;
  readonly mta: Mta;
  /** Domains that the server receives for; empty where they aren't known. */
  readonly ownDomains: readonly string[];
  /** The host's own time. Throws HostUnknown. */
  clock(deadlineMs: number): Promise<HostClock>;
  /**
   * Hands on the lines after `mark` (an earlier answer's; undefined: the last 64 MiB, seven days of a
   * journal, or five of Exchange's message tracking).
   * Throws HostUnknown.
   */
  read(mark: string | undefined, deadlineMs: number, take: (line: string) => void): Promise<LogRead>;
}

export interface LogRead {
  /** Where this look ended; opaque. */
  readonly mark: string;
  /** What could not be read and why, one sentence each. */
  readonly gaps: readonly string[];
  /** This log has no failed logins, so that none seen is not "none". */
  readonly unseen?: 'failures';
}

export interface MailLogs {
  /** Undefined where it isn't configured where this server logs. */
  find(server: string): MailLog | undefined;
}

/** What was read of a log and what it came to. Losing it loses the accounts' past, nothing else. */
export interface LogMemory {
  recall(server: string): Promise<{ readonly mark: string; readonly state: string } | undefined>;
  keep(server: string, mark: string, state: string): Promise<void>;
}
