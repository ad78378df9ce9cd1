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
  /** `heard` is called once, after this has returned. */
  ask(this: void, name: string, type: RecordType, heard: (reply: DnsReply) => void): void;
  /** Milliseconds until the whole is over; negative afterwards. */
  left(): number;
}

interface Due extends Question {
  readonly heard: (reply: DnsReply) => void;
}

/** One of the window's places, used again and again. */
interface Place {
  due: Due | undefined;
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
  let waiting: Due[] = [];
  const left = (): number => end - world.clock.monotonic();
  const free: Place[] = [];
  const start = (due: Due): void => {
    underWay += 1;
    const place = free.pop() ?? openPlace();
    place.due = due;
    const ms = Math.min(questionMs, left());
    if (ms < 1) queueMicrotask(() => place.landed(outOfTime(world.resolver)));
    else put(due, ms, place.landed);
  };
  const openPlace = (): Place => {
    const place: Place = {
      due: undefined,
      landed: (reply) => {
        const { due } = place;
        place.due = undefined;
        free.push(place);
        underWay -= 1;
        due?.heard(reply);
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
    ask: (name, type, heard) => {
      const due = { name, type, heard };
      if (underWay < MOST_UNDER_WAY && head === waiting.length) start(due);
      else waiting.push(due);
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
