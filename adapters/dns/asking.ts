/**
 * One question's course through the resolvers.
 *
 * Owns: deadlines, resending, failover, TCP after truncation. Does not own: the wire (quick.ts, message.ts), sockets
 * (udp.ts).
 * Rules:
 * 1. A question ends within its deadline, whatever others do: a list that takes 2.5 s is waited for where its deadline
 *    is longer (c-ares gives it up after 1.0 s once other answers were quick).
 * 2. Unanswered, it is sent again after 300 ms, then at doubling intervals; the next resolver is asked beside it after
 *    a share of the deadline. The first real answer of any of them counts, and says whose it is.
 * 3. SERVFAIL and REFUSED of one resolver are no answer: the next is asked; alone, SERVFAIL is asked once more.
 * 4. FORMERR and NOTIMP are asked again without EDNS.
 */
import type { DnsFailure, DnsFault, DnsReply, Question } from '../../src/ports/dns.ts';
import type { Alarm, Alarms } from './alarms.ts';
import { askTcp } from './tcp.ts';
import type { ServerAddress, UdpAsk, UdpClient, UdpReply } from './udp.ts';

export interface ServerLine {
  readonly server: ServerAddress & { readonly name: string };
  readonly udp: UdpClient<Try>;
}

export interface Surroundings {
  readonly lines: readonly ServerLine[];
  readonly alarms: Alarms<Asking>;
}

const FIRST_RESEND_MS = 300;
const LONGEST_RESEND_MS = 2000;
const AGAIN_AFTER_MS = 100;
const LONGEST_BEFORE_NEXT_MS = 1500;

export interface Asking extends Alarm<Asking> {
  readonly question: Question;
  readonly around: Surroundings;
  readonly began: number;
  readonly deadline: number;
  tries: readonly Try[];
  /** When the next resolver is asked beside those that were; never where there is none. */
  nextAt: number;
  last: DnsFailure | undefined;
  over: boolean;
  /** `ask` has returned, or is about to. */
  begun: boolean;
  readonly heard: (reply: DnsReply) => void;
}

/** One resolver's share in it. */
export interface Try {
  readonly asking: Asking;
  readonly line: ServerLine;
  edns: boolean;
  /** SERVFAIL may still be asked once more. */
  again: boolean;
  over: boolean;
  ask: UdpAsk<Try> | undefined;
  sendAt: number;
  gap: number;
}

/** Moments are whole milliseconds of performance.now(), so that V8 need not box them; 0 is none. */
const NEVER = 0;
const NONE: readonly Try[] = [];

/** `heard` is called once, after this has returned. */
export function ask(
  around: Surroundings,
  question: Question,
  deadlineMs: number,
  heard: (reply: DnsReply) => void,
): void {
  const began = Math.ceil(performance.now());
  const asking: Asking = {
    question,
    around,
    began,
    deadline: began + Math.ceil(deadlineMs),
    tries: NONE,
    nextAt: NEVER,
    last: undefined,
    heard,
    over: false,
    begun: false,
    step: 0,
    before: undefined,
    after: undefined,
  };
  const first = around.lines[0];
  if (!first) return end(asking, failed(asking, 'network', 'no resolver is configured', ''));
  begin(asking, first, began);
  asking.begun = true;
  if (!asking.over) setAlarm(asking);
}

function begin(asking: Asking, line: ServerLine, now: number): void {
  const attempt: Try = { asking, line, edns: true, again: true, over: false, ask: undefined, sendAt: NEVER, gap: 0 };
  asking.tries = asking.tries === NONE ? [attempt] : [...asking.tries, attempt];
  const { lines } = asking.around;
  const share = Math.min(LONGEST_BEFORE_NEXT_MS, (asking.deadline - asking.began) / (lines.length + 1));
  asking.nextAt = asking.tries.length < lines.length ? Math.ceil(now + share) : NEVER;
  put(asking, attempt, now);
}

function put(asking: Asking, attempt: Try, now: number): void {
  const { udp, server } = attempt.line;
  if (attempt.ask) udp.forget(attempt.ask);
  attempt.ask = udp.ask(asking.question, attempt.edns, attempt);
  if (!attempt.ask) return end(asking, failed(asking, 'name-too-long', 'longer than DNS permits', server.name));
  udp.send(attempt.ask);
  attempt.gap = FIRST_RESEND_MS;
  attempt.sendAt = Math.ceil(now) + FIRST_RESEND_MS;
}

/** Called when the question's alarm is due. */
export function ring(asking: Asking, now: number): void {
  if (now >= asking.deadline) {
    const waited = asking.tries.find((each) => !each.over) ?? asking.tries[0];
    const why = `no reply within ${Math.round(asking.deadline - asking.began)} ms`;
    return end(asking, asking.last ?? failed(asking, 'timeout', why, waited?.line.server.name ?? ''));
  }
  for (const attempt of asking.tries) {
    if (attempt.over || !isDue(attempt.sendAt, now)) continue;
    if (attempt.ask) {
      attempt.line.udp.send(attempt.ask);
      attempt.gap = Math.min(attempt.gap * 2, LONGEST_RESEND_MS);
      attempt.sendAt = Math.ceil(now) + attempt.gap;
    } else put(asking, attempt, now);
  }
  if (isDue(asking.nextAt, now)) next(asking, now);
  if (!asking.over) setAlarm(asking);
}

function setAlarm(asking: Asking): void {
  let at = asking.nextAt === NEVER ? asking.deadline : Math.min(asking.deadline, asking.nextAt);
  for (const attempt of asking.tries) if (!attempt.over && attempt.sendAt !== NEVER) at = Math.min(at, attempt.sendAt);
  asking.around.alarms.set(asking, at);
}

function isDue(moment: number, now: number): boolean {
  return moment !== NEVER && now >= moment;
}

/** The next resolver; where there is none and all have given up, the question ends with the last failure. */
function next(asking: Asking, now: number): void {
  asking.nextAt = NEVER;
  const line = asking.around.lines[asking.tries.length];
  if (line) begin(asking, line, now);
  else if (asking.last && asking.tries.every((each) => each.over)) end(asking, asking.last);
}

function giveUp(asking: Asking, attempt: Try, why: DnsFault, detail: string): void {
  attempt.over = true;
  if (asking.last === undefined || asking.last.why === 'network')
    asking.last = failed(asking, why, detail, attempt.line.server.name);
  next(asking, performance.now());
  if (!asking.over) setAlarm(asking);
}

/** Called with each reply of the resolver that this try asked. */
export function hear(attempt: Try, reply: UdpReply): void {
  const { asking } = attempt;
  if (asking.over) return;
  const { server } = attempt.line;
  switch (reply.kind) {
    case 'answer':
      return end(asking, {
        kind: 'answer',
        rcode: reply.rcode,
        data: reply.data,
        ttl: reply.ttl,
        resolver: server.name,
        ms: since(asking),
      });
    case 'malformed':
      return end(asking, failed(asking, 'malformed', reply.detail, server.name));
    case 'unreachable':
      return giveUp(asking, attempt, 'network', reply.detail);
    case 'truncated':
      attempt.sendAt = NEVER;
      void askTcp(server, asking.question, asking.deadline - performance.now()).then((tcp) => {
        if (tcp.kind !== 'late') hear(attempt, tcp);
        else if (!asking.over) giveUp(asking, attempt, 'timeout', 'truncated, and no reply over TCP');
      });
      return undefined;
    case 'rcode':
      return hearRcode(asking, attempt, reply.rcode);
    default:
      return reply satisfies never;
  }
}

function hearRcode(asking: Asking, attempt: Try, rcode: string): void {
  const now = performance.now();
  if ((rcode === 'FORMERR' || rcode === 'NOTIMP') && attempt.edns) {
    attempt.edns = false;
    put(asking, attempt, now);
  } else if (rcode === 'SERVFAIL' && attempt.again && asking.around.lines.length === 1) {
    attempt.again = false;
    asking.last = failed(asking, 'servfail', rcode, attempt.line.server.name);
    if (now + AGAIN_AFTER_MS >= asking.deadline) return giveUp(asking, attempt, 'servfail', rcode);
    attempt.ask = undefined;
    attempt.sendAt = Math.ceil(now) + AGAIN_AFTER_MS;
  } else return giveUp(asking, attempt, faultOf(rcode), rcode);
  if (!asking.over) setAlarm(asking);
}

function end(asking: Asking, reply: DnsReply): void {
  if (asking.over) return;
  asking.over = true;
  for (const attempt of asking.tries) if (attempt.ask) attempt.line.udp.forget(attempt.ask);
  asking.around.alarms.drop(asking);
  if (asking.begun) asking.heard(reply);
  else queueMicrotask(() => asking.heard(reply));
}

function failed(asking: Asking, why: DnsFault, detail: string, resolver: string): DnsFailure {
  return { kind: 'failed', why, detail, resolver, ms: since(asking) };
}

function since(asking: Asking): number {
  return Math.max(0, Math.round(performance.now() - asking.began));
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
