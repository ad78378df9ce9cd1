/**
 * Asks every list about every subject, in one pass.
 *
 * Rules:
 * 1. One question is asked once, however many subjects need it; at most 256 are under way.
 * 2. A list proves itself first (its test points, beside its first subject). Where both stay unanswered, the rest of
 *    its subjects aren't asked: a dead list costs one timeout, not one per address.
 * 3. An operator's pace is kept; the whole has a deadline, and what it cut off is unknown.
 */
import type { Blocklist } from '../src/domain/blocklists/blocklist.ts';
import { judgeLiveness } from '../src/domain/blocklists/liveness.ts';
import type { Liveness } from '../src/domain/blocklists/liveness.ts';
import { queryName } from '../src/domain/blocklists/query-name.ts';
import type { Subject } from '../src/domain/blocklists/query-name.ts';
import { testNames } from '../src/domain/blocklists/test-points.ts';
import { judgeList } from '../src/domain/blocklists/verdict.ts';
import type { ListVerdict } from '../src/domain/blocklists/verdict.ts';
import type { DnsReply, RecordType, Resolver } from '../src/ports/dns.ts';
import type { Clock } from '../src/ports/clock.ts';

/** Questions under way at once, over all lists. */
const MOST_UNDER_WAY = 256;
/** Subjects of one list that are looked at side by side. */
const WALKERS = 32;

export interface SweepPlan {
  readonly subjects: readonly Subject[];
  readonly lists: readonly Blocklist[];
  /** Deadline of one question, milliseconds. */
  readonly questionMs: number;
  /** Deadline of the whole, milliseconds. */
  readonly wholeMs: number;
  readonly progress?: (done: number, of: number) => void;
}

export interface Finding {
  readonly list: Blocklist;
  readonly verdict: ListVerdict;
  readonly reason?: string;
  readonly resolver: string;
  readonly liveness: Liveness | undefined;
}

/** Findings per subject, in the order of the subjects; lists in the order of the catalogue. */
export async function sweep(
  plan: SweepPlan,
  world: { readonly resolver: Resolver; readonly clock: Clock },
): Promise<readonly (readonly Finding[])[]> {
  const end = world.clock.monotonic() + plan.wholeMs;
  const window = makeWindow(MOST_UNDER_WAY);
  const asked = new Map<string, Promise<DnsReply>>();
  const ask: Ask = (name, type, pace, isOnce = false) => {
    const known = isOnce ? undefined : asked.get(`${type} ${name}`);
    if (known) return known;
    const reply = window(async () => {
      await pace();
      const left = end - world.clock.monotonic();
      if (left < 1) return outOfTime(world.resolver);
      return world.resolver.ask({ name, type }, Math.min(plan.questionMs, left));
    });
    if (!isOnce) asked.set(`${type} ${name}`, reply);
    return reply;
  };
  const findings: Finding[][] = plan.subjects.map(() => []);
  const total = plan.subjects.length * plan.lists.length;
  let done = 0;
  const note = (): void => {
    done += 1;
    plan.progress?.(done, total);
  };
  await Promise.all(
    plan.lists.map(async (list, listIndex) => {
      const results = await sweepList(list, plan, ask, paceOf(list, world.clock, end), world.clock, note);
      results.forEach((finding, index) => {
        const row = findings[index];
        if (row) row[listIndex] = finding;
      });
    }),
  );
  return findings;
}

/** `isOnce`: nobody else asks it, so it need not be remembered. */
type Ask = (name: string, type: RecordType, pace: Pace, isOnce?: boolean) => Promise<DnsReply>;
type Pace = () => Promise<void>;

async function sweepList(
  list: Blocklist,
  plan: SweepPlan,
  ask: Ask,
  pace: Pace,
  clock: Clock,
  note: () => void,
): Promise<readonly Finding[]> {
  const covered = plan.subjects.map((subject) => covers(list, subject));
  const first = covered.indexOf(true);
  const prove = async (family: 4 | 6 | undefined): Promise<Liveness> => {
    const names = testNames(list, family);
    const [positive, negative] = await Promise.all([
      names.positive === undefined ? undefined : ask(names.positive, 'A', pace),
      names.negative === undefined ? undefined : ask(names.negative, 'A', pace),
    ]);
    return judgeLiveness(list, positive, negative, clock.now());
  };
  const proofs = new Map<4 | 6 | undefined, Promise<Liveness>>();
  const proofOf = (subject: Subject): Promise<Liveness> => {
    const family = subject.kind === 'ip' ? subject.ip.family : undefined;
    const proof = proofs.get(family) ?? prove(family);
    proofs.set(family, proof);
    return proof;
  };
  let dead: DnsReply | undefined;
  const find = async (subject: Subject, index: number): Promise<Finding> => {
    if (!covered[index]) return { list, verdict: { state: 'not-covered' }, resolver: '', liveness: undefined };
    const name = queryName(subject, list.zone);
    if (name === undefined)
      return { list, verdict: { state: 'unknown', why: 'name-too-long' }, resolver: '', liveness: undefined };
    const [reply, liveness] = await Promise.all([dead ?? ask(name, 'A', pace, true), proofOf(subject)]);
    if (index === first && isSilence(reply) && liveness.positive === 'failed') dead = reply;
    const verdict = judgeList(list, reply, liveness);
    const reason = verdict.state === 'listed' ? await reasonOf(name, ask, pace) : undefined;
    return { list, verdict, resolver: reply.resolver, liveness, ...(reason !== undefined && { reason }) };
  };
  const results: Finding[] = [];
  const firstSubject = plan.subjects[first];
  if (firstSubject) results[first] = await find(firstSubject, first);
  let next = 0;
  const walk = async (): Promise<void> => {
    while (next < plan.subjects.length) {
      const index = next;
      next += 1;
      const subject = plan.subjects[index];
      if (subject && index !== first) results[index] = await find(subject, index);
      note();
    }
  };
  await Promise.all(Array.from({ length: Math.min(plan.subjects.length, WALKERS) }, walk));
  return results;
}

function covers(list: Blocklist, subject: Subject): boolean {
  if (list.kind === 'domain') return subject.kind === 'domain';
  return subject.kind === 'ip' && list.families.includes(subject.ip.family);
}

function isSilence(reply: DnsReply): boolean {
  return reply.kind === 'failed' && (reply.why === 'timeout' || reply.why === 'network');
}

/** The list's own words; a listing without them is a listing all the same. */
async function reasonOf(name: string, ask: Ask, pace: Pace): Promise<string | undefined> {
  const reply = await ask(name, 'TXT', pace, true);
  return reply.kind === 'answer' && reply.data.length > 0 ? reply.data.join(' ') : undefined;
}

/** Waits until the operator's next permitted moment. */
function paceOf(list: Blocklist, clock: Clock, end: number): Pace {
  let next = 0;
  return async () => {
    if (list.manners.everyMs === 0) return;
    const now = clock.monotonic();
    const mine = Math.max(now, next);
    next = mine + list.manners.everyMs;
    if (mine > now && mine < end) await clock.wait(mine - now);
  };
}

/** First come, first served; a plain array's shift would cost more than the questions. */
function makeWindow(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = size;
  let head = 0;
  let waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting[head];
      if (next) {
        head += 1;
        if (head > 1024) {
          waiting = waiting.slice(head);
          head = 0;
        }
        next();
      } else free += 1;
    }
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
