/**
 * How a drill went: from what really happened in its company and what was said and done, a score.
 *
 * Rules:
 * 1. The verdict that counts is the last one that names something; "undetermined" on the way to it is no fault. Where
 *    two things are wrong, the true cause must have been named, and the other may be.
 * 2. Contained means: nothing that does harm can still send, and nothing of ours stands that nobody chose to keep.
 * 3. A step is wrong where it hurt somebody innocent, stopped what was no attack, or asked for removal while it leaked.
 */
import type { CauseId } from '../causes.ts';

/** What the company knows at the end, times in milliseconds since the person came in. */
export interface DrillTruth {
  readonly elapsedMs: number;
  readonly spamLeaked: number;
  readonly backscatterLeaked: number;
  /** When the last unwanted message left; 0 where none did. */
  readonly lastLeakMs: number;
  readonly mailHeld: number;
  readonly longestHoldMs: number;
  /** What could still do harm, in words. */
  readonly stillActive: readonly string[];
  /** Innocent machines and accounts that were cut off. */
  readonly innocent: readonly string[];
  readonly askedTooEarly: boolean;
  /** What is still changed on the devices by measures, and by which. */
  readonly standing: readonly { readonly number: number; readonly what: string }[];
}

/** What was said and decided. */
export interface DrillRecord {
  readonly verdicts: readonly { readonly afterMs: number; readonly verdict: CauseId }[];
  /** Kinds of the measures that came into force. */
  readonly measures: readonly string[];
  /** Standing on purpose: somebody chose to keep it. */
  readonly kept: readonly number[];
}

export type DrillResult = 'contained' | 'leaking' | 'not-undone' | 'innocent-cut-off';

export interface DrillScore {
  readonly trueCause: CauseId;
  readonly verdict: CauseId;
  readonly isVerdictRight: boolean;
  readonly result: DrillResult;
  /** Undefined: never. */
  readonly rightVerdictAfterMs: number | undefined;
  readonly containedAfterMs: number | undefined;
  readonly wrongSteps: readonly string[];
  readonly isUndoComplete: boolean;
  /** What stands of measures and nobody chose to keep. */
  readonly left: readonly string[];
  readonly truth: DrillTruth;
}

const CALM: ReadonlySet<CauseId> = new Set(['smart-host-refusal', 'configuration-error', 'policy-listing', 'healthy']);

/** `also`: what is wrong besides, and may be named too once the true cause has been. */
export function scoreDrill(
  trueCause: CauseId,
  also: readonly CauseId[],
  truth: DrillTruth,
  record: DrillRecord,
): DrillScore {
  const verdict = countedVerdict(record, trueCause, also);
  const left = truth.standing.filter(({ number }) => !record.kept.includes(number)).map(({ what }) => what);
  const result = resultOf(truth, left.length);
  const right = record.verdicts.find((each) => each.verdict === trueCause);
  return {
    trueCause,
    verdict,
    isVerdictRight: verdict === trueCause,
    result,
    rightVerdictAfterMs: right?.afterMs,
    containedAfterMs: truth.stillActive.length === 0 ? truth.lastLeakMs : undefined,
    wrongSteps: wrongSteps(trueCause, truth, record),
    isUndoComplete: left.length === 0,
    left,
    truth,
  };
}

function countedVerdict({ verdicts }: DrillRecord, trueCause: CauseId, also: readonly CauseId[]): CauseId {
  const named = verdicts.filter(({ verdict }) => verdict !== 'undetermined' && verdict !== 'healthy');
  const last = (trueCause !== 'healthy' ? named : []).at(-1)?.verdict ?? verdicts.at(-1)?.verdict ?? 'undetermined';
  const wasNamed = named.some(({ verdict }) => verdict === trueCause);
  return wasNamed && also.includes(last) ? trueCause : last;
}

function resultOf(truth: DrillTruth, standing: number): DrillResult {
  if (truth.innocent.length > 0) return 'innocent-cut-off';
  if (truth.stillActive.length > 0) return 'leaking';
  return standing > 0 ? 'not-undone' : 'contained';
}

function wrongSteps(trueCause: CauseId, truth: DrillTruth, record: DrillRecord): readonly string[] {
  const stopped = record.measures.filter((kind) => kind !== 'reroute');
  return [
    ...truth.innocent.map((each) => `${each} was cut off, and had done nothing`),
    ...(truth.askedTooEarly ? ['removal was asked for while it still leaked'] : []),
    ...(CALM.has(trueCause) && stopped.length > 0 ? [`${[...new Set(stopped)].join(', ')}: this was no attack`] : []),
  ];
}
