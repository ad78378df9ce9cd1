/**
 * The questions of a sweep through one window.
 *
 * Rules:
 * 1. At most 128 are under way over all lists, first come, first served: more only fills the server's own buffer, which
 *    then drops some.
 * 2. The whole has a deadline; what comes after it is answered at once with a timeout.
 * 3. Replies are handed to functions, not to promises: of 50,000 questions the promises cost as much as the asking.
 */
import type { DnsReply, Question, RecordType, Resolver } from '../../src/ports/dns.ts';
import type { Clock } from '../../src/ports/clock.ts';

const MOST_UNDER_WAY = 128;

export interface Pool {
  ask(this: void, turn: Turn): void;
  /** Milliseconds until the whole is over; negative afterwards. */
  left(): number;
}

/** A question that waits for its turn. Its name is made only then: what waits takes no room. */
export interface Turn {
  readonly type: RecordType;
  name(this: void): string;
  /** Called once, after `ask` has returned. */
  heard(this: void, reply: DnsReply): void;
}

/** One of the window's places, used again and again. */
interface Place {
  turn: Turn | undefined;
  readonly landed: (reply: DnsReply) => void;
}

/** `questionMs`: deadline of one question; `wholeMs`: of all together. */
export function openPool(
  world: { readonly resolver: Resolver; readonly clock: Clock },
  questionMs: number,
  wholeMs: number,
): Pool {
  const end = world.clock.monotonic() + wholeMs;
  const put = putter(world.resolver);
  let underWay = 0;
  let head = 0;
  let waiting: Turn[] = [];
  const left = (): number => end - world.clock.monotonic();
  const free: Place[] = [];
  const start = (turn: Turn): void => {
    underWay += 1;
    const place = free.pop() ?? openPlace();
    place.turn = turn;
    const ms = Math.min(questionMs, left());
    if (ms < 1) queueMicrotask(() => place.landed(outOfTime(world.resolver)));
    else put({ name: turn.name(), type: turn.type }, ms, place.landed);
  };
  const openPlace = (): Place => {
    const place: Place = {
      turn: undefined,
      landed: (reply) => {
        const { turn } = place;
        place.turn = undefined;
        free.push(place);
        underWay -= 1;
        turn?.heard(reply);
        startNext();
      },
    };
    return place;
  };
  const startNext = (): void => {
    const longest = underWay < MOST_UNDER_WAY ? waiting[head] : undefined;
    if (!longest) return;
    head += 1;
    if (head > 1024) {
      waiting = waiting.slice(head);
      head = 0;
    }
    start(longest);
  };
  return {
    left,
    ask: (turn) => {
      if (underWay < MOST_UNDER_WAY && head === waiting.length) start(turn);
      else waiting.push(turn);
    },
  };
}

function putter(resolver: Resolver): (question: Question, ms: number, heard: (reply: DnsReply) => void) => void {
  if (resolver.put) return (question, ms, heard) => resolver.put?.(question, ms, heard);
  return (question, ms, heard) => void resolver.ask(question, ms).then(heard);
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
