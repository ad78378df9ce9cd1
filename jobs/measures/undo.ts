/** `undo`, `extend`, `keep`: what becomes of a measure that stands. */
import { readArguments } from '../../src/commands/parse.ts';
import { extendSpec, keepSpec, undoSpec } from '../../src/commands/specs/decisions.ts';
import { foreign, say } from '../../src/domain/foreign.ts';
import { sayDecided, stateInWords } from '../../src/domain/measures/decision.ts';
import { isStanding } from '../../src/domain/measures/record.ts';
import type { MeasureRecord, Who } from '../../src/domain/measures/record.ts';
import { sayLost, sayMeasure } from '../../src/messages/measure.ts';
import { message, notice } from '../../src/messages/message.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { World } from '../../src/ports/world.ts';
import type { Answer, CommandJob, Json } from '../answer.ts';
import { renewMeasure } from './look.ts';
import { writeIfPossible } from './audit-if-possible.ts';
import { releaseMeasure } from './release.ts';
import { change, lostMeasures, openMeasures, readMeasure, standingMeasures } from './ledger.ts';
import { measureJson } from './order.ts';
import type { Reconciling } from './reconcile.ts';
import { tellMeasure } from './tell.ts';
import { whoIs } from './who.ts';

type Undoing = Reconciling & Pick<World, 'people'>;

export const runUndo: CommandJob<keyof Undoing> = async (request, world, tell) => {
  const args = readArguments(undoSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const by = whoIs(world, request.actor);
  const way = args.value.oursOnly ? 'ours-only' : 'exact';
  const { which } = args.value;
  if (which === 'all') {
    const stopped = await stopApproved(world, by);
    const standing = await standingMeasures(world);
    if (standing.length === 0) return withLost(nothingStands(stopped, await openMeasures(world)), world);
    const done: MeasureRecord[] = [];
    // The last first; where one is refused, those before it were laid under it, and are left for a person to decide.
    for (const record of standing.toSorted(lastFirst)) {
      tell(message('neutral', say`taking back measure ${record.number} …`));
      const after = await released(world, await releaseMeasure(world, record.number, by, way));
      await tellMeasure(world, after);
      done.push(after);
      if (isStanding(after)) break;
    }
    return withLost(undone(done, standing.length, stopped), world);
  }
  const [stopped] = await stopApproved(world, by, which);
  if (stopped) return nothingStands([stopped], []);
  const entry = await readMeasure(world, which);
  if (!entry) return refused(`there is no measure ${which}`, 'say ledger for those there are');
  if (!isStanding(entry.record)) {
    const { state, number } = entry.record;
    const words =
      state === 'proposed'
        ? say`${sayDecided(entry.record)}; nothing was done that could be taken back. deny ${number} ends it.`
        : sayDecided(entry.record);
    return {
      status: 'ok',
      message: message('neutral', words, notice('neutral', words)),
      data: measureJson(entry.record),
    };
  }
  tell(message('neutral', say`taking back measure ${which} …`));
  const after = await released(world, await releaseMeasure(world, which, by, way));
  await tellMeasure(world, after);
  return undone([after], 1, []);
};

/** That nothing stands isn't known where a record is gone. */
async function withLost(answer: Answer, world: Pick<World, 'ledger'>): Promise<Answer> {
  const lost = sayLost(await lostMeasures(world));
  if (lost.length === 0) return answer;
  const { message: said } = answer;
  return { ...answer, status: 'critical', message: { ...said, tone: 'critical', blocks: [...lost, ...said.blocks] } };
}

/** Somebody else is taking it back at this moment: what that comes to is the answer to both. */
async function released(world: Pick<World, 'clock' | 'ledger'>, record: MeasureRecord): Promise<MeasureRecord> {
  let now = record;
  for (let waited = 0; isBeingReleased(now) && waited < OTHERS_HAND_MS; waited += STEP_MS) {
    await world.clock.wait(STEP_MS);
    now = (await readMeasure(world, now.number))?.record ?? now;
  }
  return now;
}

/** Nothing has been seen of it since. */
function isBeingReleased({ state, release, lastSeen }: MeasureRecord): boolean {
  if (state !== 'releasing' || !release) return false;
  return !lastSeen || lastSeen.at < release.at || (lastSeen.at === release.at && lastSeen.seen !== 'unknown');
}

const OTHERS_HAND_MS = 5000;
const STEP_MS = 200;

/** The one that came into force last, or is on its way, first; its number tells only when it was proposed. */
function lastFirst(a: MeasureRecord, b: MeasureRecord): number {
  const [one, other] = [a.since ?? Infinity, b.since ?? Infinity];
  return one === other ? b.number - a.number : other > one ? 1 : -1;
}

/** What was approved and has not begun is stopped, so that it doesn't come into force behind the undo. */
async function stopApproved(
  world: Pick<World, keyof Undoing>,
  by: Who,
  which?: number,
): Promise<readonly MeasureRecord[]> {
  const approved = (await openMeasures(world)).filter(
    ({ state, number }) => state === 'approved' && (which === undefined || number === which),
  );
  const stopped: MeasureRecord[] = [];
  for (const { number } of approved) {
    const at = world.clock.now();
    const after = await change(world, number, ({ state }) =>
      state === 'approved' ? [{ kind: 'denied', at, by }] : undefined,
    );
    if (after?.state !== 'denied') continue;
    await writeIfPossible(world.auditLog, {
      kind: 'decision',
      about: `measure/${number}`,
      who: by.person,
      what: 'denied',
      data: { hash: after.hash },
    });
    await tellMeasure(world, after);
    stopped.push(after);
  }
  return stopped;
}

function nothingStands(stopped: readonly MeasureRecord[], open: readonly MeasureRecord[]): Answer {
  const proposed = open.filter(({ state }) => state === 'proposed').map(({ number }) => number);
  const still =
    proposed.length === 0
      ? []
      : say` Still waiting for approval: ${proposed.join(', ')}; deny ends ${proposed.length === 1 ? 'it' : 'each'}.`;
  const words =
    stopped.length === 0
      ? say`Nothing is in force; there is nothing to take back.${still}`
      : say`${stoppedInWords(stopped)} Nothing of it was in force.${still}`;
  return { status: 'ok', message: message('good', words, notice('good', words)), data: undoJson(stopped) };
}

function stoppedInWords(stopped: readonly MeasureRecord[]): string {
  return stopped
    .map(({ number }) => `Measure ${number} was approved, but had not begun; it will not be carried out.`)
    .join(' ');
}

function undoJson(measures: readonly MeasureRecord[]): Json {
  return { schema: 'tourniquet.undo/1', measures: measures.map(measureJson) };
}

function undone(records: readonly MeasureRecord[], wanted: number, stopped: readonly MeasureRecord[]): Answer {
  const left = records.filter(isStanding);
  const all = left.length === 0 && records.length === wanted;
  const line = all
    ? records.length === 1
      ? say`Measure ${records[0]?.number ?? 0} is taken back.`
      : say`All ${records.length} measures are taken back, the last first.`
    : say`${records.length - left.length} of ${wanted} taken back; ${left.map((each) => `measure ${each.number} is ${stateInWords(each)}`).join(', ')}.`;
  return {
    status: all ? 'ok' : left.some((each) => each.refused) ? 'critical' : 'unknown',
    message: message(
      all ? 'good' : 'critical',
      line,
      notice(all ? 'good' : 'critical', line),
      ...(stopped.length > 0 ? [notice('neutral', stoppedInWords(stopped))] : []),
      ...left.flatMap((each) => sayMeasure(each).blocks),
    ),
    data: undoJson([...records, ...stopped]),
  };
}

export const runExtend: CommandJob<keyof Undoing> = async (request, world) => {
  const args = readArguments(extendSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const entry = await readMeasure(world, args.value.number);
  if (!entry) return refused(`there is no measure ${args.value.number}`, 'say ledger for those there are');
  if (entry.record.state !== 'in-force')
    return refused(
      `measure ${args.value.number} is not in force: ${stateInWords(entry.record)}`,
      'say ledger for those that are',
    );
  if (entry.record.until === undefined)
    return refused(`measure ${args.value.number} has no lease`, 'it stays until it is taken back');
  const after = await renewMeasure(world, args.value.number, whoIs(world, request.actor));
  await tellMeasure(world, after);
  return { status: 'ok', message: sayMeasure(after), data: measureJson(after) };
};

export const runKeep: CommandJob<keyof Undoing> = async (request, world) => {
  const args = readArguments(keepSpec, request.command);
  if (args.kind === 'bad') return refused(args.why, args.remedy);
  const { number, reason = '' } = args.value;
  const by = whoIs(world, request.actor);
  const after = await change(world, number, (record) =>
    isStanding(record) ? [{ kind: 'kept', at: world.clock.now(), by, reason: foreign(reason, 400) }] : undefined,
  );
  if (!after) return refused(`there is no measure ${number}`, 'say ledger for those there are');
  if (!after.kept || !isStanding(after))
    return refused(`measure ${number} is not in force`, 'say ledger for those that are');
  const kept = { kind: 'decision', about: `measure/${number}`, who: by.person, what: 'kept' } as const;
  const unwritten = await writeIfPossible(world.auditLog, kept);
  await tellMeasure(world, after);
  const words = say`Measure ${number} stays, chosen by ${by.shown}: ${after.kept.reason}`;
  const notes = unwritten.map((why) => notice('warning', why));
  return { status: 'ok', message: message('good', words, notice('good', words), ...notes), data: measureJson(after) };
};

function refused(why: string, remedy: string): Answer {
  return { status: 'refused', message: sayRefused(why, remedy) };
}
