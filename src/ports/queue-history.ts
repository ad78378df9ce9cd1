/** How deep each server's queue was at each look of the last 30 days. Losing it loses the trend, nothing else. */
import type { QueueLook } from '../domain/queues/trend.ts';

export interface QueueHistory {
  /** The looks since `since` (milliseconds since 1970 UTC), oldest first. */
  recent(server: string, since: number): Promise<readonly QueueLook[]>;
  note(server: string, look: QueueLook): Promise<void>;
}
