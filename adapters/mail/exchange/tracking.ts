/**
 * A log that is Exchange's message tracking, by tracking.ps1; the mark is the time up to which it was read.
 *
 * Rules:
 * 1. Spans are read from their first second up to but without their last (Get-MessageTrackingLog, -End). The last seconds
 *    are left for the next look: what happened is written a moment later.
 * 2. The last two hours are read first and must be read: the verdict is about them. Older days follow, the newest first,
 *    each handed on only when it is whole; what there was no time for is a gap, and said.
 * 3. The first look goes five days back.
 * 4. Failed logins are not tracked (they are in the protocol log, and there only where it is turned on).
 * 5. A span in which nothing happened was read all the same: that it was is handed on as an entry of its own.
 */
import { HostUnknown } from '../../../src/ports/host.ts';
import type { HostClock } from '../../../src/domain/logs/stamp.ts';
import type { LogRead, MailLog } from '../../../src/ports/mail-log.ts';
import { linesOfFile } from './print.ts';
import type { Scripts } from './print.ts';

const NEWEST_SECONDS = 2 * 3600;
const DAY_SECONDS = 86_400;
const FIRST_DAYS = 5;
const UNWRITTEN_SECONDS = 20;
const CLOCK_MS = 20_000;
/** Events of a day that are held until it is whole. */
const MOST_EVENTS = 400_000;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** `ownDomains`: those that the server receives for; empty where they aren't known. */
export function openExchangeTracking(scripts: Scripts, ownDomains: readonly string[]): MailLog {
  return {
    server: scripts.name,
    mta: 'exchange',
    ownDomains,
    clock: (deadlineMs) => readClock(scripts, deadlineMs),
    read: (mark, deadlineMs, take) => readTracking(scripts, mark, deadlineMs, take),
  };
}

/** Its tracking is told in UTC. */
async function readClock(scripts: Scripts, deadlineMs: number): Promise<HostClock> {
  for await (const [line] of linesOfFile(scripts, 'clock.ps1', {}, deadlineMs)) {
    const now = Date.parse(line ?? '') / 1000;
    if (!Number.isNaN(now)) return { now, offsetMinutes: 0 };
  }
  throw new HostUnknown(`The clock of ${scripts.name} can't be read (clock.ps1). Run it by hand there.`);
}

async function readTracking(
  scripts: Scripts,
  mark: string | undefined,
  deadlineMs: number,
  take: (line: string) => void,
): Promise<LogRead> {
  const end = performance.now() + deadlineMs;
  const left = (): number => Math.max(1, Math.round(end - performance.now()));
  const { now } = await readClock(scripts, Math.min(left(), CLOCK_MS));
  const to = now - UNWRITTEN_SECONDS;
  const oldest = to - FIRST_DAYS * DAY_SECONDS;
  const marked = Number(mark ?? Number.NaN);
  const from = Number.isFinite(marked) ? Math.min(marked, to) : oldest;
  const [newest, ...older] = spansOf(Math.max(from, oldest), to);
  const gaps =
    from < oldest ? [`what was tracked before ${isoOf(oldest)} was passed over: it was not looked at for so long`] : [];
  if (newest) for (const line of await readSpan(scripts, newest, left())) take(line);
  for (const span of older) {
    const lines = await readSpan(scripts, span, left()).catch((error: unknown) => {
      if (!(error instanceof HostUnknown)) throw error;
      return undefined;
    });
    if (lines === undefined) {
      gaps.push(
        `what was tracked from ${isoOf(Math.max(from, oldest))} to ${isoOf(span.to)} could not be read in time`,
      );
      break;
    }
    for (const line of lines) take(line);
  }
  return { mark: String(to), gaps, unseen: 'failures' };
}

/** The newest first. */
function spansOf(from: number, to: number): readonly Span[] {
  const spans: Span[] = [];
  for (let last = to, length = NEWEST_SECONDS; last > from; length = DAY_SECONDS) {
    const first = Math.max(from, last - length);
    spans.push({ from: first, to: last });
    last = first;
  }
  return spans;
}

async function readSpan(scripts: Scripts, { from, to }: Span, deadlineMs: number): Promise<readonly string[]> {
  const held = [readUpTo(from), readUpTo(to)];
  for await (const lines of linesOfFile(scripts, 'tracking.ps1', { From: isoOf(from), To: isoOf(to) }, deadlineMs)) {
    for (const line of lines) if (line !== undefined) held.push(line);
    if (held.length > MOST_EVENTS)
      throw new HostUnknown(
        `${scripts.name} tracked more than ${MOST_EVENTS} events from ${isoOf(from)} to ${isoOf(to)}.`,
      );
  }
  return held;
}

function readUpTo(seconds: number): string {
  return JSON.stringify({ 'date-time': isoOf(seconds) });
}

/** Seconds since 1970 UTC -> 2026-11-24T03:22:59Z. */
function isoOf(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
