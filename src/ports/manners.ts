/**
 * What an operator's rules permit, kept over all runs and processes that share the same memory.
 *
 * Guarantee: two runs at once together ask no more than one may. Where the memory fails, the questions are permitted
 * (the operator's own refusal is then the limit, and is shown as such).
 */
export interface Manners {
  /**
   * Takes the operator's next permitted moment and gives the milliseconds to wait until then; undefined, and takes
   * nothing, where that would be more than `longestMs`. `everyMs`: what the operator permits, 1 to 60,000.
   */
  nextMoment(operator: string, everyMs: number, longestMs: number): Promise<number | undefined>;
  /** Takes up to `count` of the `perDay` questions of this day (UTC); gives how many were granted. */
  take(operator: string, perDay: number, count: number): Promise<number>;
  /** Gives back what was taken and not asked. */
  giveBack(operator: string, count: number): Promise<void>;
}
