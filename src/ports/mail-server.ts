/** The configured mail servers, to look at. Looking never changes a queue. */
import type { Mta } from '../domain/queues/snapshot.ts';

export interface MailServer {
  readonly name: string;
  readonly mta: Mta;
  /** What the server's own tool prints of its queue, as it comes. Throws HostUnknown. */
  listing(deadlineMs: number): AsyncIterable<readonly (string | undefined)[]>;
}

export interface MailServers {
  readonly names: readonly string[];
  find(name: string): MailServer | undefined;
}
