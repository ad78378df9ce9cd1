/** The configured mail servers, to look at. Looking never changes a queue. */
import type { Envelope } from '../domain/queues/envelope.ts';
import type { QueueId } from '../domain/queues/queue-id.ts';
import type { Mta } from '../domain/queues/snapshot.ts';

export interface MailServer {
  readonly name: string;
  readonly mta: Mta;
  /** What the server's own tool prints of its queue, as it comes. Throws HostUnknown. */
  listing(deadlineMs: number): AsyncIterable<readonly (string | undefined)[]>;
  /**
   * How many messages wait, counted without listing them; undefined where that can't be told cheaply. Left out: never.
   */
  count?(deadlineMs: number): Promise<number | undefined>;
  /**
   * The envelopes of these messages (100 at most), never their bodies; a message that is gone meanwhile is left out.
   * Throws HostUnknown.
   */
  envelopes(ids: readonly QueueId[], deadlineMs: number): Promise<readonly Envelope[]>;
}

export interface MailServers {
  readonly names: readonly string[];
  find(name: string): MailServer | undefined;
}
