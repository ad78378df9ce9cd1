/**
 * Paging services.
 *
 * Guarantees of every adapter (test/contracts/pager.ts): the same page again is the same alert there (its key names it);
 * `send` resolves only once the service has taken it; it ends within 10 s; no secret is in an error's words.
 */
export interface Page {
  /** Names the alert at the service: the same for all that is said of one run of calls about an incident. */
  readonly key: string;
  readonly what: 'trigger' | 'acknowledge' | 'resolve';
  /** One line, ours; at most 1000 characters. */
  readonly summary: string;
  readonly urgency: 'critical' | 'warning';
  readonly incident: number;
  readonly site: string;
  /** Who is called, by name. */
  readonly people: readonly string[];
}

export interface Pager {
  readonly name: string;
  /** Throws PageFailed. */
  send(page: Page): Promise<void>;
}

export interface Pagers {
  /** In the order in which they are tried. */
  readonly all: readonly Pager[];
}

/** The service has not taken it. `again`: the same way may work later. */
export class PageFailed extends Error {
  readonly again: boolean;
  constructor(why: string, again: boolean, options?: ErrorOptions) {
    super(why, options);
    this.name = 'PageFailed';
    this.again = again;
  }
}
