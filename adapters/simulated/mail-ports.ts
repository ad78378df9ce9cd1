/** The simulated mail server as the product looks at it: its queue, envelopes, log; and what is remembered of earlier looks. */
import type { Envelope } from '../../src/domain/queues/envelope.ts';
import type { QueueLook } from '../../src/domain/queues/trend.ts';
import type { LogMemory, MailLogs } from '../../src/ports/mail-log.ts';
import type { MailServers } from '../../src/ports/mail-server.ts';
import type { QueueHistory } from '../../src/ports/queue-history.ts';
import type { Company } from './company.ts';
import { pastLog } from './flows.ts';
import { COMPANY, MAIL_SERVER } from './names.ts';
import { listed } from './postfix-text.ts';

/** A listing takes a moment. Milliseconds. */
const LOOK_MS = 300;

export function openMailServers(company: Company): MailServers {
  return {
    names: [MAIL_SERVER],
    find: (name) =>
      name === MAIL_SERVER
        ? {
            name,
            mta: 'postfix',
            listing: () => listQueue(company),
            envelopes: async (ids) => {
              await company.clock.wait(LOOK_MS);
              return ids.flatMap((id) => envelopeOf(company, id));
            },
          }
        : undefined,
  };
}

async function* listQueue(company: Company): AsyncGenerator<readonly string[]> {
  await company.clock.wait(LOOK_MS);
  const offset = company.clock.now() - company.clock.monotonic();
  yield [...company.mail.queue.values()].map((mail) => listed(mail, offset));
}

function envelopeOf(company: Company, id: string): readonly Envelope[] {
  const mail = company.mail.queue.get(id);
  if (!mail) return [];
  return [{ id, sender: mail.sender, recipients: [mail.recipient], bytes: mail.bytes, origin: mail.from }];
}

/** The log of the days before comes first, once. */
export function openMailLogs(company: Company): MailLogs {
  const past = pastLog(company, company.clock.now() - company.clock.monotonic() + company.lead);
  return {
    find: (server) =>
      server === MAIL_SERVER
        ? {
            server,
            mta: 'postfix',
            ownDomains: [COMPANY],
            clock: async () => ({ now: Math.floor(company.clock.now() / 1000), offsetMinutes: 0 }),
            read: async (mark, _deadlineMs, take) => {
              await company.clock.wait(LOOK_MS);
              if (mark === undefined) for (const line of past) take(line);
              const { log } = company.mail;
              for (let index = Number(mark ?? 0); index < log.length; index += 1) take(log[index] ?? '');
              return { mark: String(log.length), gaps: [] };
            },
          }
        : undefined,
  };
}

export function makeLogMemory(): LogMemory {
  const kept = new Map<string, { readonly mark: string; readonly state: string }>();
  return {
    recall: async (server) => kept.get(server),
    keep: async (server, mark, state) => void kept.set(server, { mark, state }),
  };
}

export function makeQueueHistory(): QueueHistory {
  const kept = new Map<string, QueueLook[]>();
  return {
    recent: async (server, since) => (kept.get(server) ?? []).filter((look) => look.at >= since),
    note: async (server, look) => void kept.set(server, [...(kept.get(server) ?? []), look]),
  };
}
