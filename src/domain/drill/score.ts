/**
 * How a drill went: from what really happened in its company and what was said and done, a score.
 *
 * Rules:
 * 1. The verdict that counts is the last one that names something; "undetermined" on the way to it is no fault.
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
  /** What is still changed on the devices by measures, in words. */
  readonly standing: readonly string[];
}

/** What was said and decided. */
export interface DrillRecord {
  readonly verdicts: readonly { readonly afterMs: number; readonly verdict: CauseId }[];
  /** Kinds of the measures that came into force. */
  readonly measures: readonly string[];
  /** Standing on purpose: somebody chose to keep it. */
  readonly kept: readonly string[];
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
  readonly truth: DrillTruth;
}

const CALM: ReadonlySet<CauseId> = new Set(['smart-host-refusal', 'configuration-error', 'policy-listing', 'healthy']);

export function scoreDrill(trueCause: CauseId, truth: DrillTruth, record: DrillRecord): DrillScore {
  const verdict = lastVerdict(record, trueCause);
  const standing = Math.max(0, truth.standing.length - record.kept.length);
  const result = resultOf(truth, standing);
  const right = record.verdicts.find((each) => each.verdict === trueCause);
  return {
    trueCause,
    verdict,
    isVerdictRight: verdict === trueCause,
    result,
    rightVerdictAfterMs: right?.afterMs,
    containedAfterMs: truth.stillActive.length === 0 ? truth.lastLeakMs : undefined,
    wrongSteps: wrongSteps(trueCause, truth, record),
    isUndoComplete: standing === 0,
    truth,
  };
}

function lastVerdict({ verdicts }: DrillRecord, trueCause: CauseId): CauseId {
  const named = verdicts.filter(({ verdict }) => verdict !== 'undetermined' && verdict !== 'healthy');
  if (trueCause !== 'healthy' && named.length > 0) return named.at(-1)?.verdict ?? 'undetermined';
  return verdicts.at(-1)?.verdict ?? 'undetermined';
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
