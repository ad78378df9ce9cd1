/** A mail server and its log as its agent shows them: the same ports, at the end of a line. */
import type { Caller } from '../../../jobs/agent/line.ts';
import { readLookReply } from '../../../jobs/agent/agent.ts';
import type { LookErrand, LookReply } from '../../domain/measures/look-errand.ts';
import { foreign, say } from '../../domain/foreign.ts';
import type { Phrase } from '../../domain/foreign.ts';
import type { Before, Look } from '../../domain/hunt/look.ts';
import type { Machine, Network } from '../../ports/network.ts';
import type { Watch } from '../../ports/watch.ts';
import type { HostClock } from '../../domain/logs/stamp.ts';
import type { Domain } from '../../domain/address/domain.ts';
import type { Envelope } from '../../domain/queues/envelope.ts';
import type { Mta } from '../../domain/queues/snapshot.ts';
import { HostUnknown } from '../../ports/host.ts';
import type { LogRead, MailLog } from '../../ports/mail-log.ts';
import type { MailServer } from '../../ports/mail-server.ts';

/** What the line itself may add to a look's own deadline, in milliseconds. */
const LINE_MS = 5000;
const PIECE_MS = 60_000;
const WATCH_MS = 10_000;

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

/** A look that fails is unknown, as the port wants it, and never an empty list. */
export function makeAgentWatch(caller: Caller, now: () => number): Watch {
  const ask = (errand: LookErrand): Promise<unknown> => looked(caller, errand, WATCH_MS);
  const why = (error: unknown): Phrase => [foreign(error instanceof Error ? error.message : String(error), 400)];
  return {
    before: async () => {
      try {
        return (await ask({ verb: 'look', look: 'connected' })) as Before;
      } catch (error) {
        return { kind: 'unknown', why: why(error) };
      }
    },
    attempts: async (task) => {
      try {
        return (await ask({ verb: 'look', look: 'attempts', task })) as Look;
      } catch (error) {
        return { kind: 'unknown', at: now(), why: why(error) };
      }
    },
    ownAddresses: async () => {
      try {
        return (await ask({ verb: 'look', look: 'own-addresses' })) as readonly string[];
      } catch {
        return [];
      }
    },
  };
}

/** What this host and the agents know of the same machines, together. */
export function joinNetworks(
  own: Network,
  agents: readonly { readonly name: string; readonly caller: Caller }[],
): Network {
  return {
    async identify(wanted, deadlineMs) {
      const [here, ...there] = await Promise.all([
        own.identify(wanted, deadlineMs),
        ...agents.map(async ({ name, caller }) => {
          try {
            return (await looked(
              caller,
              { verb: 'look', look: 'identify', wanted, deadlineMs },
              deadlineMs,
            )) as readonly Machine[];
          } catch (error) {
            const blind = say`${name}: ${foreign(error instanceof Error ? error.message : String(error), 200)}`;
            return wanted.map((each): Machine => ({ addresses: each.addresses, blind: [blind] }));
          }
        }),
      ]);
      return here.map((machine, index) => there.reduce((all, each) => joined(all, each[index]), machine));
    },
  };
}

function joined(a: Machine, b: Machine | undefined): Machine {
  if (!b) return a;
  return {
    ...b,
    ...a,
    addresses: [...new Set([...a.addresses, ...b.addresses])],
    // Once somebody knows it by its lease, what others could not look up hides nothing.
    blind: a.dhcp || b.dhcp ? [] : [...a.blind, ...b.blind],
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
