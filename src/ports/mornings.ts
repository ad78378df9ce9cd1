/**
 * When sites are looked at, and which slots were looked at already.
 *
 * Guarantees of every adapter (test/contracts/mornings.ts): a slot is `yours` for one at a time; once it is `done`, it is
 * for good, also where one of the two places that remember it is lost.
 */
import type { MorningPlan, MorningSlot } from '../domain/morning/plan.ts';
import type { Thresholds } from '../domain/morning/threshold.ts';

export interface Mornings {
  readonly plans: readonly MorningPlan[];
  readonly watches: readonly WatchPlan[];
  /** When the week's digest is posted; left out where it isn't wanted. */
  readonly digest?: MorningPlan;
  /** Takes a slot for at most three minutes. */
  claim(slot: SlotName): Promise<'yours' | 'taken' | 'done'>;
  done(slot: SlotName, at: number): Promise<void>;
  /** Gives it back where it could not be carried out. */
  release(slot: SlotName): Promise<void>;
  /** True for the first who asks within this time, over all processes. */
  once(name: string, ms: number): Promise<boolean>;
  /** Somebody had the site looked at, whatever the time: `at`, milliseconds since 1970 UTC. No slot is done by it. */
  byHand(site: string, at: number): Promise<void>;
  /** The slot of the site that was last done; undefined: none, or not remembered. */
  last(site: string): Promise<{ readonly date: string; readonly time: string; readonly at: number } | undefined>;
  /** When somebody last had it looked at; undefined: never, or not remembered. */
  lastByHand(site: string): Promise<number | undefined>;
}

export type SlotName = Pick<MorningSlot, 'site' | 'date' | 'time'>;

/** Looked at between the mornings. */
export interface WatchPlan extends Thresholds {
  readonly site: string;
  readonly everyMs: number;
  /** How often the lists of weight high are asked; 0: only in the morning. */
  readonly listingsEveryMs: number;
}
