/**
 * From evidence to ranked causes and a verdict.
 *
 * Owns: weighing. Does not own: what a sign means (rules/), what is done next (next-step.ts).
 * Rules:
 * 1. Points for a cause add up as independent witnesses do (1 − Π(1 − s)); each point against takes its share away.
 *    Both stay visible: nothing averages out silently.
 * 2. The verdict is the likeliest cause, where it is at least half sure. Where a second cause that excludes it is
 *    nearly as sure, the evidence is at odds and the verdict is `undetermined`.
 * 3. `healthy` needs both looks, queues and lists; a look that is missing can never make health.
 */
import type { CauseId } from '../causes.ts';
import { say } from '../foreign.ts';
import type { Phrase } from '../foreign.ts';
import type { Evidence } from './evidence.ts';
import { missingLooks, nextStep } from './next-step.ts';
import type { NextStep } from './next-step.ts';
import type { Point } from './rule.ts';
import { RULES } from './rules/all.ts';
import { setupFaults } from './setup-faults.ts';
import type { SetupFault } from './setup-faults.ts';
import { readSigns } from './signs.ts';
import type { Signs } from './signs.ts';

export interface RankedCause {
  readonly cause: CauseId;
  /** 0 to 1, two decimals. */
  readonly confidence: number;
  readonly for: readonly Phrase[];
  readonly against: readonly Phrase[];
}

export interface Diagnosis {
  readonly verdict: CauseId;
  readonly confidence: number;
  readonly causes: readonly RankedCause[];
  /** What would settle it. */
  readonly missing: readonly Phrase[];
  readonly next: NextStep;
  readonly signs: Signs;
  /** What is wrong with the set-up, whether or not it is the cause. */
  readonly faults: readonly SetupFault[];
}

const SURE_ENOUGH = 0.5;
/** Two causes that exclude each other and are this near are at odds. */
const AT_ODDS = 0.08;

/** The causes by how likely they are, with the points for and against; at odds or less than half sure, it is undetermined. */
export function diagnose(evidence: Evidence): Diagnosis {
  const signs = readSigns(evidence);
  const points = Object.values(RULES).flatMap((rule) => rule(evidence, signs));
  const causes = rank(points);
  const best = causes[0];
  const second = causes[1];
  const atOdds =
    best !== undefined &&
    second !== undefined &&
    excludes(best.cause, second.cause) &&
    second.confidence >= SURE_ENOUGH &&
    best.confidence - second.confidence < AT_ODDS;
  const verdict = best === undefined || best.confidence < SURE_ENOUGH || atOdds ? 'undetermined' : best.cause;
  const confidence = verdict === 'undetermined' ? round(1 - (best?.confidence ?? 0)) : (best?.confidence ?? 0);
  const missing = [...(atOdds ? [contradiction(best, second)] : []), ...missingLooks(evidence, signs, verdict)];
  return {
    verdict,
    confidence,
    causes,
    missing,
    next: nextStep(verdict, evidence, signs, best?.cause),
    signs,
    faults: setupFaults(evidence),
  };
}

function rank(points: readonly Point[]): readonly RankedCause[] {
  const causes = [...new Set(points.filter((point) => point.side === 'for').map((point) => point.cause))];
  return causes
    .map((cause): RankedCause => {
      const mine = points.filter((point) => point.cause === cause && point.strength > 0);
      const pro = mine.filter((point) => point.side === 'for');
      const contra = mine.filter((point) => point.side === 'against');
      const sure = 1 - pro.reduce((doubt, point) => doubt * (1 - point.strength), 1);
      const kept = contra.reduce((share, point) => share * (1 - point.strength), 1);
      return {
        cause,
        confidence: round(sure * kept),
        for: pro.map((point) => point.text),
        against: contra.map((point) => point.text),
      };
    })
    .toSorted((a, b) => b.confidence - a.confidence || (a.cause < b.cause ? -1 : 1));
}

function contradiction(best: RankedCause, second: RankedCause): Phrase {
  const machines = best.cause.startsWith('compromised-') && second.cause.startsWith('compromised-');
  return machines
    ? say`the evidence for a workstation and for the server is equally strong: take the one off the network and watch whether the other goes on`
    : say`${best.cause} (${Math.round(best.confidence * 100)} %) and ${second.cause} (${Math.round(second.confidence * 100)} %) exclude each other: look again at what speaks for each before anything is stopped`;
}

/** A machine, a login, bounces and an open relay may come together; an attack and "no attack" may not be confused. */
function excludes(a: CauseId, b: CauseId): boolean {
  const calm = (cause: CauseId): boolean =>
    cause === 'healthy' ||
    cause === 'configuration-error' ||
    cause === 'policy-listing' ||
    cause === 'smart-host-refusal';
  const machine = (cause: CauseId): boolean => cause === 'compromised-workstation' || cause === 'compromised-server';
  return calm(a) !== calm(b) || (machine(a) && machine(b));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
