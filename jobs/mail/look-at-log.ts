/** Reads on in a mail server's log, and says what the last hour shows against each account's past. */
import { evidenceOfLog } from '../../src/domain/logs/evidence.ts';
import type { LogEvidence } from '../../src/domain/logs/evidence.ts';
import type { LineReader } from '../../src/domain/logs/event.ts';
import { readEximLines } from '../../src/domain/logs/exim-lines.ts';
import { readExchangeLog } from '../../src/domain/logs/exchange-lines.ts';
import { startLogFold } from '../../src/domain/logs/fold.ts';
import { readPostfixLines } from '../../src/domain/logs/postfix-lines.ts';
import type { HostClock } from '../../src/domain/logs/stamp.ts';
import { decodeLogState, encodeLogState } from '../../src/domain/logs/state.ts';
import type { Mta } from '../../src/domain/queues/snapshot.ts';
import { HostUnknown } from '../../src/ports/host.ts';
import type { LogMemory, MailLog } from '../../src/ports/mail-log.ts';

export interface LogLook {
  readonly evidence: LogEvidence;
  readonly clock: HostClock;
  /** What could not be read of it. */
  readonly gaps: readonly string[];
}

/**
 * Throws HostUnknown with why, where the log says nothing about now. `sinceMs`: only what came in so many milliseconds, in
 * place of the last hour.
 */
export async function lookAtLog(
  log: MailLog,
  memory: LogMemory,
  deadlineMs: number,
  sinceMs?: number,
): Promise<LogLook> {
  const end = performance.now() + deadlineMs;
  const left = (): number => Math.max(1, Math.round(end - performance.now()));
  const [clock, kept] = await Promise.all([log.clock(left()), memory.recall(log.server)]);
  const before = kept === undefined ? undefined : decodeLogState(kept.state);
  const fold = startLogFold(before, log.ownDomains);
  const reader = readerOf(log.mta, log.server, clock);
  const read = await log.read(before === undefined ? undefined : kept?.mark, left(), (line) => {
    const event = reader(line);
    if (event) fold.event(event);
  });
  await memory.keep(log.server, read.mark, encodeLogState(fold.state()));
  const evidence = evidenceOfLog(
    fold.state(),
    clock.now,
    sinceMs === undefined ? undefined : clock.now - sinceMs / 1000,
  );
  if (typeof evidence === 'string')
    throw new HostUnknown(`The log of ${log.server} says nothing about now: ${evidence}. Is it the right one?`);
  return { evidence: read.unseen === 'failures' ? withoutNoFailures(evidence) : evidence, clock, gaps: read.gaps };
}

/** Where failed logins aren't logged, that none was seen is unknown and not "none". */
function withoutNoFailures(evidence: LogEvidence): LogEvidence {
  const logins = evidence.logins.map((login) => {
    const { failuresBefore, ...rest } = login;
    return failuresBefore === 0 ? rest : login;
  });
  return { ...evidence, logins };
}

function readerOf(mta: Mta, server: string, clock: HostClock): LineReader {
  switch (mta) {
    case 'postfix':
      return readPostfixLines(clock);
    case 'exim':
      return readEximLines(clock);
    case 'exchange':
      return readExchangeLog();
    case 'opensmtpd':
    case 'sendmail':
      throw new HostUnknown(`The log of ${server} (${mta}) can't be read yet.`);
    default:
      return mta satisfies never;
  }
}
