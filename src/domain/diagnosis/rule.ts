/**
 * One rule of the playbook: what a sign says for or against a cause, and how strongly.
 *
 * `strength` from 0 to 1. For: how sure this alone would make one. Against: how much of the certainty it takes away.
 */
import type { CauseId } from '../causes.ts';
import type { Phrase } from '../foreign.ts';
import type { Evidence } from './evidence.ts';
import type { Signs } from './signs.ts';

export interface Point {
  readonly rule: string;
  readonly cause: CauseId;
  readonly side: 'for' | 'against';
  readonly strength: number;
  readonly text: Phrase;
}

export type Rule = (evidence: Evidence, signs: Signs) => readonly Point[];

/** Makes the points of one cause. */
export function pointsOf(cause: CauseId) {
  const make =
    (side: Point['side']) =>
    (rule: string, strength: number, text: Phrase): Point => ({ rule, cause, side, strength, text });
  return { supports: make('for'), opposes: make('against') };
}
