/**
 * What a surface remembers of what it has said, for all processes: which card a press stood on, which answer offers what
 * comes next. Losing it loses a nicety, never a decision.
 */
export interface Recall {
  /** Kept for a week; a later one under the same name takes its place. Never throws. */
  keep(name: string, words: string): Promise<void>;
  /** Undefined: never kept, forgotten, or it can't be known now. Never throws. */
  find(name: string): Promise<string | undefined>;
  /** Gives it to the first who asks, and forgets it. Never throws. */
  take(name: string): Promise<string | undefined>;
}
