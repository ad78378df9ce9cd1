/**
 * The questions of a sweep through one window.
 *
 * Rules:
 * 1. At most 128 are under way over all lists, first come, first served: more only fills the server's own buffer, which
 *    then drops some.
 * 2. The whole has a deadline; what comes after it is answered at once with a timeout.
 */
import type { DnsReply, RecordType, Resolver } from '../../src/ports/dns.ts';
import type { Clock } from '../../src/ports/clock.ts';

const MOST_UNDER_WAY = 128;

export interface Pool {
  ask(name: string, type: RecordType): Promise<DnsReply>;
  /** Milliseconds until the whole is over; negative afterwards. */
  left(): number;
}

interface Due {
  readonly name: string;
  readonly type: RecordType;
  readonly resolve: (reply: DnsReply) => void;
}

/** `questionMs`: deadline of one question; `wholeMs`: of all together. */
export function openPool(
  world: { readonly resolver: Resolver; readonly clock: Clock },
  questionMs: number,
  wholeMs: number,
): Pool {
  const end = world.clock.monotonic() + wholeMs;
  let underWay = 0;
  let head = 0;
  let waiting: Due[] = [];
  const left = (): number => end - world.clock.monotonic();
  const start = (due: Due): void => {
    underWay += 1;
    const ms = Math.min(questionMs, left());
    const reply = ms < 1 ? Promise.resolve(outOfTime(world.resolver)) : world.resolver.ask(due, ms);
    void reply.then((heard) => {
      underWay -= 1;
      due.resolve(heard);
      const longest = waiting[head];
      if (!longest) return;
      head += 1;
      if (head > 1024) {
        waiting = waiting.slice(head);
        head = 0;
      }
      start(longest);
    });
  };
  return {
    left,
    ask: (name, type) =>
      new Promise((resolve) => {
        const due = { name, type, resolve };
        if (underWay < MOST_UNDER_WAY) start(due);
        else waiting.push(due);
      }),
  };
}

function outOfTime(resolver: Resolver): DnsReply {
  return {
    kind: 'failed',
    why: 'timeout',
    detail: 'the whole was out of time',
    resolver: resolver.servers[0] ?? '',
    ms: 0,
  };
}
