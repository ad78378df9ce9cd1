/**
 * The resolver client.
 *
 * Owns: deadlines, resending, failover, TCP after truncation. Does not own: the wire (message.ts), sockets (udp.ts).
 * Rules:
 * 1. A question ends within its deadline, whatever others do: a list that takes 2.5 s is waited for where its deadline
 *    is longer (c-ares gives it up after 1.0 s once other answers were quick).
 * 2. Unanswered, it is sent again after 300 ms, then at doubling intervals; the next resolver is asked beside it after
 *    a share of the deadline. The first real answer of any of them counts, and says whose it is.
 * 3. SERVFAIL and REFUSED of one resolver are no answer: the next is asked; alone, SERVFAIL is asked once more.
 * 4. FORMERR and NOTIMP are asked again without EDNS.
 */
import type { DnsFailure, DnsFault, DnsReply, Question, Resolver } from '../../src/ports/dns.ts';
import { askTcp } from './tcp.ts';
import { openUdp } from './udp.ts';
import type { ServerAddress, UdpAsk, UdpClient, UdpReply } from './udp.ts';

export interface NamedServer extends ServerAddress {
  /** HOST:PORT, as it is shown. */
  readonly name: string;
}

const FIRST_RESEND_MS = 300;
const LONGEST_BEFORE_NEXT_MS = 1500;

/** Reads HOST:PORT, HOST, [V6]:PORT. Throws an Error that says what is permitted. */
export function readServer(text: string): NamedServer {
  const [, bracketed, plainHost, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+|[0-9a-fA-F]*:[0-9a-fA-F:.]+?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plainHost;
  const number = Number(port ?? 53);
  if (host === undefined || number < 1 || number > 65_535) {
    throw new Error(`${JSON.stringify(text)} is not a resolver. Write ADDRESS:PORT, such as 127.0.0.1:53 or [::1]:53.`);
  }
  return { host, port: number, name: host.includes(':') ? `[${host}]:${number}` : `${host}:${number}` };
}

export function openResolver(servers: readonly NamedServer[]): Resolver {
  const lines = servers.map((server) => ({ server, udp: openUdp(server) }));
  return {
    servers: servers.map((server) => server.name),
    ask: (question, deadlineMs) => askAll(lines, normal(question), deadlineMs),
    close: () => {
      for (const line of lines) line.udp.close();
    },
  };
}

interface ServerLine {
  readonly server: NamedServer;
  readonly udp: UdpClient;
}

function normal(question: Question): Question {
  return { ...question, name: question.name.toLowerCase().replace(/\.$/, '') };
}

function askAll(lines: readonly ServerLine[], question: Question, deadlineMs: number): Promise<DnsReply> {
  const began = performance.now();
  const elapsed = (): number => performance.now() - began;
  const failure = (why: DnsFault, detail: string, resolver: string): DnsFailure => ({
    kind: 'failed',
    why,
    detail,
    resolver,
    ms: Math.round(elapsed()),
  });
  const first = lines[0];
  if (!first) return Promise.resolve(failure('network', 'no resolver is configured', ''));
  if (question.name.length > 253 || question.name.split('.').some((label) => label.length > 63 || label.length === 0)) {
    return Promise.resolve(failure('name-too-long', 'longer than DNS permits', first.server.name));
  }
  return new Promise((resolve) => {
    const tries: Try[] = [];
    const timers = new Set<NodeJS.Timeout>();
    let open = true;
    let last: DnsFailure | undefined;
    const end = (reply: DnsReply): void => {
      if (!open) return;
      open = false;
      for (const timer of timers) clearTimeout(timer);
      for (const each of tries) each.ask?.forget();
      resolve(reply);
    };
    const later = (ms: number, act: () => void): void => {
      if (!open || elapsed() + ms >= deadlineMs) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (open) act();
      }, ms);
      timers.add(timer);
    };
    const next = (): void => {
      const line = lines[tries.length];
      if (line) begin(line);
      else if (tries.every((each) => each.over) && last) end(last);
    };
    const begin = (line: ServerLine): void => {
      const attempt: Try = { line, edns: true, again: true, over: false, ask: undefined };
      tries.push(attempt);
      put(attempt);
      const share = Math.min(LONGEST_BEFORE_NEXT_MS, deadlineMs / (lines.length + 1));
      const mine = tries.length;
      if (mine < lines.length) later(share, () => tries.length === mine && next());
    };
    const put = (attempt: Try): void => {
      attempt.ask?.forget();
      const ask = attempt.line.udp.ask(question, attempt.edns, (reply) => hear(attempt, reply));
      attempt.ask = ask;
      ask.send();
      resend(ask, FIRST_RESEND_MS);
    };
    const resend = (ask: UdpAsk, after: number): void =>
      later(after, () => {
        ask.send();
        resend(ask, Math.min(after * 2, 2000));
      });
    const giveUp = (attempt: Try, why: DnsFault, detail: string): void => {
      attempt.over = true;
      if (last === undefined || last.why === 'network') last = failure(why, detail, attempt.line.server.name);
      next();
    };
    const hear = (attempt: Try, reply: UdpReply): void => {
      if (!open) return;
      switch (reply.kind) {
        case 'answer':
          return end({
            kind: 'answer',
            rcode: reply.rcode,
            data: reply.data,
            ttl: reply.ttl,
            resolver: attempt.line.server.name,
            ms: Math.round(elapsed()),
          });
        case 'malformed':
          return end(failure('malformed', reply.detail, attempt.line.server.name));
        case 'unreachable':
          return giveUp(attempt, 'network', reply.detail);
        case 'truncated':
          void askTcp(attempt.line.server, question, deadlineMs - elapsed()).then((tcp) => {
            if (tcp.kind === 'late') giveUp(attempt, 'timeout', 'truncated, and no reply over TCP');
            else hear(attempt, tcp);
          });
          return undefined;
        case 'rcode':
          return hearRcode(attempt, reply.rcode);
        default:
          return reply satisfies never;
      }
    };
    const hearRcode = (attempt: Try, rcode: string): void => {
      if ((rcode === 'FORMERR' || rcode === 'NOTIMP') && attempt.edns) {
        attempt.edns = false;
        put(attempt);
      } else if (rcode === 'SERVFAIL' && attempt.again && lines.length === 1) {
        attempt.again = false;
        last = failure('servfail', rcode, attempt.line.server.name);
        later(100, () => put(attempt));
        if (elapsed() + 100 >= deadlineMs) giveUp(attempt, 'servfail', rcode);
      } else giveUp(attempt, faultOf(rcode), rcode);
    };
    const timer = setTimeout(() => {
      const waited = tries.find((each) => !each.over)?.line.server.name ?? first.server.name;
      end(last ?? failure('timeout', `no reply within ${deadlineMs} ms`, waited));
    }, deadlineMs);
    timers.add(timer);
    begin(first);
  });
}

interface Try {
  readonly line: ServerLine;
  edns: boolean;
  again: boolean;
  over: boolean;
  ask: UdpAsk | undefined;
}

function faultOf(rcode: string): DnsFault {
  switch (rcode) {
    case 'SERVFAIL':
      return 'servfail';
    case 'REFUSED':
      return 'refused';
    case 'FORMERR':
    case 'NOTIMP':
      return 'bad-query';
    default:
      return 'malformed';
  }
}
