/**
 * What a mail server's log says, whoever wrote it: one event per line that matters.
 *
 * Rules:
 * 1. An event says what the line says, nothing more; lines are brought together by the fold.
 * 2. `at` is in seconds since 1970 UTC. Text is as it was logged; it becomes `Foreign` where it is shown.
 */
export type LogEvent =
  /** The server took a message. */
  | { readonly kind: 'taken'; readonly at: number; readonly id: string; readonly origin: Origin }
  /** It tried to pass the message on to one recipient. */
  | {
      readonly kind: 'passed';
      readonly at: number;
      readonly id: string;
      readonly recipient: string;
      /** Where one line names several. */
      readonly others?: readonly string[];
      readonly way: Way;
      /** The recipient was an alias of one's own (a forward), so that it is no relaying. */
      readonly forwarded: boolean;
    }
  | { readonly kind: 'done'; readonly at: number; readonly id: string }
  | {
      readonly kind: 'login-failed';
      readonly at: number;
      readonly address: string | undefined;
      readonly account: string | undefined;
    }
  /** `count`: so many recipients, where one line names several. */
  | { readonly kind: 'unknown-recipient'; readonly at: number; readonly count?: number }
  | { readonly kind: 'bounce'; readonly at: number }
  /** A line of the mail server that says nothing else that matters here; it shows how far the log goes. */
  | { readonly kind: 'other'; readonly at: number };

/** Where a message came from. */
export type Origin =
  | { readonly kind: 'login'; readonly account: string; readonly address: string | undefined }
  | { readonly kind: 'local'; readonly uid: string }
  | { readonly kind: 'client'; readonly address: string }
  /** The server itself: a bounce. */
  | { readonly kind: 'own' };

/** home: to a mailbox or a system of one's own; away: out to another server; unknown: the line does not tell. */
export type Way =
  | { readonly kind: 'home' }
  | { readonly kind: 'away'; readonly relay: string | undefined }
  | { readonly kind: 'unknown' };

/** Gives the event of a line; undefined where it is no line of a mail server. */
export type LineReader = (line: string) => LogEvent | undefined;
