/** A mail server and its log as its agent shows them: the same ports, at the end of a line. */
import type { Caller } from '../../jobs/line.ts';
import { readLookReply } from '../../jobs/agent.ts';
import type { LookErrand, LookReply } from '../domain/measures/look-errand.ts';
import type { HostClock } from '../domain/logs/stamp.ts';
import type { Domain } from '../domain/address/domain.ts';
import type { Envelope } from '../domain/queues/envelope.ts';
import type { Mta } from '../domain/queues/snapshot.ts';
import { HostUnknown } from '../ports/host.ts';
import type { LogRead, MailLog } from '../ports/mail-log.ts';
import type { MailServer } from '../ports/mail-server.ts';

/** What the line itself may add to a look's own deadline, in milliseconds. */
const LINE_MS = 5000;
const PIECE_MS = 60_000;

export function makeAgentMailServer(name: string, mta: Mta, caller: Caller): MailServer {
  return {
    name,
    mta,
    async *listing(deadlineMs) {
      for await (const piece of pieces(name, caller, { verb: 'look', look: 'queue-listing', deadlineMs }))
        yield piece.lines.map((line) => line ?? undefined);
    },
    envelopes: async (ids, deadlineMs) =>
      (await looked(caller, { verb: 'look', look: 'envelopes', ids, deadlineMs }, deadlineMs)) as readonly Envelope[],
  };
}

export function makeAgentMailLog(server: string, mta: Mta, ownDomains: readonly Domain[], caller: Caller): MailLog {
  return {
    server,
    mta,
    ownDomains,
    clock: async (deadlineMs) =>
      (await looked(caller, { verb: 'look', look: 'log-clock', deadlineMs }, deadlineMs)) as HostClock,
    async read(mark, deadlineMs, take) {
      const errand: LookErrand = { verb: 'look', look: 'log', deadlineMs, ...(mark !== undefined && { mark }) };
      let end: unknown;
      for await (const piece of pieces(server, caller, errand)) {
        for (const line of piece.lines) if (line !== null) take(line);
        end = piece.end?.value;
      }
      if (typeof end !== 'object' || end === null || !('mark' in end))
        throw new HostUnknown(`The agent of ${server} did not say how far it has read. Look again.`);
      return end as LogRead;
    },
  };
}

async function looked(caller: Caller, errand: LookErrand, deadlineMs: number): Promise<unknown> {
  const reply = readLookReply(await caller.ask(errand, deadlineMs + LINE_MS));
  if (reply.kind !== 'looked') throw new HostUnknown('The agent answered in a form that this version does not know.');
  return reply.value;
}

async function* pieces(
  target: string,
  caller: Caller,
  errand: Extract<LookErrand, { readonly deadlineMs: number }>,
): AsyncGenerator<Extract<LookReply, { readonly kind: 'lines' }>> {
  const begun = readLookReply(await caller.ask(errand, errand.deadlineMs + LINE_MS));
  if (begun.kind !== 'pieces') throw new HostUnknown(`The agent of ${target} answered in a form that is not known.`);
  for (;;) {
    const piece = readLookReply(await caller.ask({ verb: 'more', stream: begun.stream }, PIECE_MS));
    if (piece.kind !== 'lines') throw new HostUnknown(`The agent of ${target} answered in a form that is not known.`);
    yield piece;
    if (piece.end) return;
  }
}
