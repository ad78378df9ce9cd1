/** A log that is the systemd journal: the mail facility (2, RFC 5424), on from a cursor (journalctl(1)). */
import type { Host } from '../../../src/ports/host.ts';
import type { LogRead } from '../../../src/ports/mail-log.ts';

const LONGEST_LINE = 100_000;
const CURSOR = /^-- cursor: (\S+)$/;

export async function readJournal(
  host: Host,
  mark: string | undefined,
  deadlineMs: number,
  take: (line: string) => void,
): Promise<LogRead> {
  const from = mark === undefined ? ['--since=-7d'] : [`--after-cursor=${mark}`];
  const argv = [
    'journalctl',
    '--no-pager',
    '--quiet',
    '--show-cursor',
    '-o',
    'short-iso',
    ...from,
    'SYSLOG_FACILITY=2',
  ];
  let cursor = mark ?? '';
  for await (const lines of host.lines(argv, { deadlineMs, longest: LONGEST_LINE })) {
    for (const line of lines) {
      const found = line === undefined ? undefined : CURSOR.exec(line)?.[1];
      if (found !== undefined) cursor = found;
      else if (line !== undefined) take(line);
    }
  }
  return { mark: cursor, gaps: [] };
}
