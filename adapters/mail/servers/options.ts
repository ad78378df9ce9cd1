/** What is configured of a mail server that its measures need. */
import type { MailServer } from '../../../src/ports/mail-server.ts';

/** Between two looks at a server that was told something: each look starts programs there. Milliseconds. */
export const POLL_MS = 25;

export interface ServerOptions {
  readonly name: string;
  /** Configuration folders of Postfix instances; empty: the one that Postfix itself names. */
  readonly instances: readonly string[];
  /** The alarm's own mail leaves through this server, so that a freeze holds it too. */
  readonly pagerLeavesHere: boolean;
  /** The provider's relay, for reroute. */
  readonly smartHost?: SmartHostOptions;
  /** Where it logs: a path, or `journal`; undefined: not configured. */
  readonly log?: string;
  /** Looks at its queue and at single envelopes. */
  readonly mail: MailServer;
}

export interface SmartHostOptions {
  /** A host name or an address. */
  readonly host: string;
  readonly port: number;
  /** A file on the mail server with its login, in the server's own form; the secret stays there. */
  readonly loginFile?: string;
}
