/**
 * One list and the subjects of one family: its lane through the sweep.
 *
 * Rules:
 * 1. The list proves itself first (its test points, beside its first subject). Where both stay unanswered, the rest of
 *    its subjects aren't asked; nor are they once as many questions in a row as it has under way stayed unanswered: a
 *    dead list costs one timeout, not one per address.
 * 2. Verdicts that change sides in numbers are held until the list has proved itself again (brake.ts).
 * 3. The list's own words are asked for only once a listing stands.
 */
import { withoutKey } from '../../src/domain/blocklists/blocklist.ts';
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import { heldBecause, hold, isMassFlip, probeName } from '../../src/domain/blocklists/brake.ts';
import type { Before } from '../../src/domain/blocklists/brake.ts';
import { judgeLiveness, negativePointOf, proofThatCounts } from '../../src/domain/blocklists/liveness.ts';
import type { Liveness } from '../../src/domain/blocklists/liveness.ts';
import { testNames } from '../../src/domain/blocklists/test-points.ts';
import { judgeList } from '../../src/domain/blocklists/verdict.ts';
import type { ListVerdict } from '../../src/domain/blocklists/verdict.ts';
import type { Clock, Random } from '../../src/ports/clock.ts';
import type { DnsReply, RecordType } from '../../src/ports/dns.ts';
import type { Allowance } from './sweep-allowance.ts';
import { openColumn } from './sweep-column.ts';
import type { Column } from './sweep-column.ts';
import type { Pool, Turn } from './sweep-pool.ts';
import { sideBySide } from './sweep-walkers.ts';

export interface Finding {
  readonly list: Blocklist;
  readonly verdict: ListVerdict;
  readonly reason?: string;
  readonly resolver: string;
  readonly liveness: Liveness | undefined;
  /** Age of the proof where it is an earlier run's, seconds. */
  readonly proofAgeSeconds?: number;
}

export interface Lane {
  readonly list: Blocklist;
  readonly family: 4 | 6 | undefined;
  readonly subjects: number;
  /** The name to ask about a subject by its place; undefined where it would be too long. Made when it is needed. */
  readonly nameOf: (place: number) => string | undefined;
  readonly beforeOf: (place: number) => Before;
  /** An earlier proof of the same path, and how long it may stand in. */
  readonly earlier: Liveness | undefined;
  readonly holdMs: number;
}

export interface LaneWorld {
  readonly pool: Pool;
  readonly allowance: Allowance;
  readonly clock: Clock;
  readonly random: Pick<Random, 'hex'>;
}

/** Subjects of one lane that are looked at side by side. */
const WALKERS = 32;
/** Different things said by one list that are kept once; a list that says more of them keeps each for itself. */
const MOST_KEPT_ONCE = 64;

/** Findings in the order of the subjects. `note` is called once for each. */
export async function walkLane(
  lane: Lane,
  world: LaneWorld,
  note: () => void,
): Promise<{ readonly findings: Column<Finding>; readonly liveness: Liveness | undefined }> {
  const { list, nameOf } = lane;
  const ask = askerOf(world);
  const askOnce = onceOf(ask);
  let first = 0;
  while (first < lane.subjects && nameOf(first) === undefined) first += 1;
  const findings = openColumn<Finding>(lane.subjects);
  for (let place = 0; place < first; place += 1) findings.put(place, tooLong(list, note));
  if (first === lane.subjects) return { findings, liveness: undefined };
  const [proved, firstReply] = await Promise.all([prove(lane, world, askOnce), askOnce(nameOf(first) ?? '', 'A')]);
  const liveness = proofThatCounts(proved, lane.earlier, lane.holdMs);
  let gone = isSilence(firstReply) && heardNothing(liveness) ? firstReply : undefined;
  let silentInRow = 0;
  const judge = findingMaker(list, liveness, proved.at);
  await sideBySide(first, lane.subjects, WALKERS, (walker) => {
    const hear = (reply: DnsReply | 'not-permitted'): void => {
      silentInRow = isSilence(reply) ? silentInRow + 1 : 0;
      if (silentInRow >= WALKERS) gone ??= reply;
      findings.put(walker.place, judge(reply));
      note();
      walker.goOn();
    };
    const turn: LaneTurn = { type: 'A', name: () => nameOf(walker.place) ?? '', heard: hear };
    return () => {
      const known = walker.place === first ? firstReply : gone;
      if (known !== undefined) return hear(known);
      if (nameOf(walker.place) !== undefined) return ask(turn);
      findings.put(walker.place, tooLong(list, note));
      walker.goOn();
    };
  });
  await brake(lane, findings, world, askOnce);
  await addReasons(findings, nameOf, ask);
  return { findings, liveness: proved };
}

interface LaneTurn extends Turn {
  heard(this: void, reply: DnsReply | 'not-permitted'): void;
}
type Ask = (turn: LaneTurn) => void;
type AskOnce = (name: string, type: RecordType) => Promise<DnsReply | 'not-permitted'>;

function askerOf({ pool, allowance }: LaneWorld): Ask {
  const { permit } = allowance;
  if (!permit) return pool.ask;
  return (turn) =>
    void permit()
      .catch(() => false)
      .then((permitted) => {
        if (permitted) pool.ask(turn);
        else turn.heard('not-permitted');
      });
}

function onceOf(ask: Ask): AskOnce {
  return (name, type) =>
    new Promise((resolve) => {
      ask({ type, name: () => name, heard: resolve });
    });
}

async function prove(lane: Lane, world: LaneWorld, ask: AskOnce): Promise<Liveness> {
  const names = testNames(lane.list, lane.family);
  const [positive, negative] = await Promise.all([
    names.positive === undefined ? undefined : ask(names.positive, 'A'),
    names.negative === undefined ? undefined : ask(names.negative, 'A'),
  ]);
  const at = world.clock.now();
  if (positive === 'not-permitted' || negative === 'not-permitted')
    return { positive: 'failed', negative: 'failed', why: 'query-limit', at, resolver: '' };
  return judgeLiveness(lane.list, positive, negative, at);
}

/** A list says the same few things of everybody; each is kept once, so that memory does not grow with the subjects. */
function findingMaker(
  list: Blocklist,
  liveness: Liveness,
  now: number,
): (reply: DnsReply | 'not-permitted') => Finding {
  const made = new Map<string, Finding>();
  let no: Finding | undefined;
  const aged = liveness.at < now && { proofAgeSeconds: Math.round((now - liveness.at) / 1000) };
  return (reply) => {
    // Most of a sweep is this one answer, by one resolver.
    const isNo = reply !== 'not-permitted' && reply.kind === 'answer' && reply.data.length === 0;
    if (isNo && no?.resolver === reply.resolver) return no;
    const key = reply === 'not-permitted' ? reply : said(reply);
    const known = made.get(key);
    if (known) return known;
    const finding: Finding =
      reply === 'not-permitted'
        ? { list, verdict: { state: 'unknown', why: 'query-limit' }, resolver: '', liveness }
        : { list, verdict: judgeList(list, reply, liveness), resolver: reply.resolver, liveness, ...aged };
    if (made.size < MOST_KEPT_ONCE) made.set(key, finding);
    if (isNo) no = finding;
    return finding;
  };
}

/** All of a reply that its verdict is made of. */
function said(reply: DnsReply): string {
  return reply.kind === 'failed'
    ? `${reply.resolver} ${reply.why}`
    : `${reply.resolver} ${reply.rcode} ${reply.data.join(' ')}`;
}

async function brake(lane: Lane, findings: Column<Finding>, world: LaneWorld, ask: AskOnce): Promise<void> {
  const { list, subjects, beforeOf } = lane;
  if (!isMassFlip(subjects, (place) => findings.at(place)?.verdict.state, beforeOf)) return;
  const [again, probe] = await Promise.all([prove(lane, world, ask), ask(probeName(list, world.random.hex(4)), 'A')]);
  const why = heldBecause(list, again, probe === 'not-permitted' ? 'none' : negativePointOf(list, probe).state);
  if (why === undefined) return;
  for (let place = 0; place < subjects; place += 1) {
    const finding = findings.at(place);
    if (finding) findings.put(place, { ...finding, verdict: hold(finding.verdict, beforeOf(place), why) });
  }
}

/** The list's own words; a listing without them is a listing all the same. */
async function addReasons(findings: Column<Finding>, nameOf: Lane['nameOf'], ask: Ask): Promise<void> {
  const made = new Map<Finding, Map<string, Finding>>();
  await sideBySide(0, findings.places, WALKERS, (walker) => {
    const hear = (reply: DnsReply | 'not-permitted'): void => {
      const finding = findings.at(walker.place);
      if (finding && reply !== 'not-permitted' && reply.kind === 'answer' && reply.data.length > 0) {
        const reason = withoutKey(finding.list, reply.data.join(' '));
        const alike = made.get(finding) ?? new Map<string, Finding>();
        const known = alike.get(reason) ?? { ...finding, reason };
        if (alike.size < MOST_KEPT_ONCE) made.set(finding, alike.set(reason, known));
        findings.put(walker.place, known);
      }
      walker.goOn();
    };
    const turn: LaneTurn = { type: 'TXT', name: () => nameOf(walker.place) ?? '', heard: hear };
    return () => {
      const isListed = findings.at(walker.place)?.verdict.state === 'listed';
      if (isListed && nameOf(walker.place) !== undefined) ask(turn);
      else walker.goOn();
    };
  });
}

/** Neither of its test points was answered. */
function heardNothing({ positive, negative }: Liveness): boolean {
  return [positive, negative].every((point) => point === 'failed' || point === 'none');
}

function isSilence(reply: DnsReply | 'not-permitted'): boolean {
  return reply !== 'not-permitted' && reply.kind === 'failed' && (reply.why === 'timeout' || reply.why === 'network');
}

function tooLong(list: Blocklist, note: () => void): Finding {
  note();
  return { list, verdict: { state: 'unknown', why: 'name-too-long' }, resolver: '', liveness: undefined };
}
