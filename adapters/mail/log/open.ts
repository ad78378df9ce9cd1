/** The log of one mail server, where the configuration says that it is. */
import type { Mta } from '../../../src/domain/queues/snapshot.ts';
import { HostUnknown } from '../../../src/ports/host.ts';
import type { Host } from '../../../src/ports/host.ts';
import type { MailLog } from '../../../src/ports/mail-log.ts';
import { readLogFile } from './file.ts';
import { readJournal } from './journal.ts';

export interface LogPlan {
  readonly server: string;
  readonly mta: Mta;
  /** A path, or `journal`. */
  readonly place: string;
  readonly ownDomains: readonly string[];
}

export function openMailLog(plan: LogPlan, host: Host): MailLog {
  const { server, mta, ownDomains, place } = plan;
  return {
    server,
    mta,
    ownDomains,
    clock: async (deadlineMs) => {
      const ran = await host.run(['date', '+%s %z'], { deadlineMs });
      const [, now, sign, hours, minutes] = /^(\d+) ([+-])(\d\d)(\d\d)/.exec(ran.out) ?? [];
      if (now === undefined) throw new HostUnknown(`The clock of ${server} can't be read (date): ${ran.err.trim()}`);
      return { now: Number(now), offsetMinutes: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) };
    },
    read: (mark, deadlineMs, take) =>
      place === 'journal'
        ? readJournal(host, mark === '' ? undefined : mark, deadlineMs, take)
        : readLogFile(host, place, mark, deadlineMs, take),
  };
}
