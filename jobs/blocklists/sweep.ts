/**
 * Asks every list about every subject, in one pass.
 *
 * Owns: sorting the subjects into lanes (one list, one family), what they share: the window, the day's allowance, the
 * memory of proofs. Does not own: one lane's course (sweep-lane.ts), the window (sweep-pool.ts).
 * Rules:
 * 1. One question is asked once: subjects are unique, and a list that stands twice in the catalogue is asked once.
 * 2. An operator's pace and day are kept, over all runs.
 * 3. The whole has a deadline, and what it cut off is unknown.
 */
import type { Blocklist } from '../../src/domain/blocklists/blocklist.ts';
import type { Before } from '../../src/domain/blocklists/brake.ts';
import { proofKey } from '../../src/domain/blocklists/liveness.ts';
import type { Liveness } from '../../src/domain/blocklists/liveness.ts';
import { askedOf, labelsOf, queryName } from '../../src/domain/blocklists/query-name.ts';
import type { Subject } from '../../src/domain/blocklists/query-name.ts';
import type { Clock, Random } from '../../src/ports/clock.ts';
import type { Resolver } from '../../src/ports/dns.ts';
import type { ListProofs } from '../../src/ports/list-proofs.ts';
import type { Manners } from '../../src/ports/manners.ts';
import { openColumn } from './sweep-column.ts';
import type { Column } from './sweep-column.ts';
import { openAllowance } from './sweep-allowance.ts';
import { walkLane } from './sweep-lane.ts';
import type { Finding, Lane } from './sweep-lane.ts';
import { openPool } from './sweep-pool.ts';
import type { Pool } from './sweep-pool.ts';

export type { Finding } from './sweep-lane.ts';

export interface SweepPlan {
  readonly subjects: readonly Subject[];
  readonly lists: readonly Blocklist[];
  /** Deadline of one question, milliseconds. */
  readonly questionMs: number;
  /** Deadline of the whole, milliseconds. */
  readonly wholeMs: number;
  /** What was last known of the subject (by its place in `subjects`) on this list. */
  readonly before?: (subject: number, list: Blocklist) => Before;
  readonly progress?: (done: number, of: number) => void;
}

export interface SweepWorld {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: Pick<Random, 'hex'>;
  readonly manners: Manners;
  readonly listProofs: ListProofs;
}

/** Findings per subject, in the order of the subjects; lists in the order of the catalogue. */
export async function sweep(plan: SweepPlan, world: SweepWorld): Promise<readonly (readonly Finding[])[]> {
  const path = world.resolver.servers.join(' ');
  const pool = openPool(world, plan.questionMs, plan.wholeMs);
  const earlier = await remembered(world.listProofs, path);
  const proofs = new Map<string, Liveness>();
  const labels = plan.subjects.map(labelsOf);
  const nameAt = (index: number, list: Blocklist): string => {
    const subject = plan.subjects[index];
    return subject && list.names === 'registered' ? labelsOf(askedOf(subject, list)) : (labels[index] ?? '');
  };
  const total = plan.subjects.length * plan.lists.length;
  let done = 0;
  const note = (): void => {
    done += 1;
    plan.progress?.(done, total);
  };
  const placeOf = new Uint32Array(plan.subjects.length);
  const families = FAMILIES.map((family) => {
    const covered = plan.subjects.flatMap((subject, index) => (familyOf(subject) === family ? [index] : []));
    covered.forEach((index, place) => (placeOf[index] = place));
    return { family, covered };
  });
  const walkOne = async (list: Blocklist, family: Family, covered: readonly number[]): Promise<Column<Finding>> => {
    if (!covers(list, family)) return notCovered(list, covered.length, note);
    const key = proofKey(list, family);
    const lane: Lane = {
      list,
      family,
      subjects: covered.length,
      nameOf: (place) => queryName(nameAt(covered[place] ?? 0, list), list.zone),
      beforeOf: (place) => plan.before?.(covered[place] ?? 0, list),
      earlier: earlier.get(key),
      holdMs: world.listProofs.holdMs,
    };
    const walked = await walk(lane, world, pool, note);
    if (walked.liveness?.positive === 'listed') proofs.set(key, walked.liveness);
    return walked.findings;
  };
  const columns = await Promise.all(
    plan.lists.map((list) => Promise.all(families.map(({ family, covered }) => walkOne(list, family, covered)))),
  );
  if (world.listProofs.holdMs > 0) await world.listProofs.note(path, proofs).catch(() => {});
  return plan.subjects.map((subject, index) => {
    const family = FAMILIES.indexOf(familyOf(subject));
    return columns.flatMap((column) => column[family]?.at(placeOf[index] ?? 0) ?? []);
  });
}

type Family = 4 | 6 | undefined;
const FAMILIES: readonly Family[] = [4, 6, undefined];

function familyOf(subject: Subject): Family {
  return subject.kind === 'ip' ? subject.ip.family : undefined;
}

function covers(list: Blocklist, family: Family): boolean {
  return family === undefined ? list.kind === 'domain' : list.kind === 'ip' && list.families.includes(family);
}

function notCovered(list: Blocklist, places: number, note: () => void): Column<Finding> {
  const column = openColumn<Finding>(places);
  const finding: Finding = { list, verdict: { state: 'not-covered' }, resolver: '', liveness: undefined };
  for (let place = 0; place < places; place += 1) {
    column.put(place, finding);
    note();
  }
  return column;
}

/** Two test points, each subject, and as many reasons again: more than that is never asked. */
async function walk(lane: Lane, world: SweepWorld, pool: Pool, note: () => void): ReturnType<typeof walkLane> {
  const allowance = await openAllowance(lane.list, lane.subjects * 2 + 5, world, () => pool.left());
  try {
    return await walkLane(lane, { pool, allowance, clock: world.clock, random: world.random }, note);
  } finally {
    await allowance.close();
  }
}

/** A memory that can't be read costs a proof that could have stood in, nothing else. */
async function remembered(proofs: ListProofs, path: string): Promise<ReadonlyMap<string, Liveness>> {
  return proofs.holdMs === 0 ? new Map() : proofs.read(path).catch(() => new Map());
}
