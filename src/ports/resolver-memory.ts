/**
 * When the resolvers of a path were last looked at without a fault, so that they aren't looked at in every check. A
 * fault is never remembered: once mended, the next check sees it.
 */
export interface ResolverMemory {
  /** Milliseconds since 1970 UTC; undefined: not within the last hour, or it isn't known. Never throws. */
  lookedAt(path: string): Promise<number | undefined>;
  /** Never throws. */
  noteLook(path: string, at: number): Promise<void>;
}
