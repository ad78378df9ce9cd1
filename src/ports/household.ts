/** How Tourniquet itself is: for `status`, readiness and figures. Each part is unknown where it can't be asked. */
export interface Household {
  look(): Promise<HouseholdLook>;
  /** Writes down that a canary job was really consumed, now. */
  noteCanary(): Promise<void>;
}

export interface HouseholdLook {
  readonly version: string;
  /** One line each, from the configuration: sites, servers, firewalls, chats. */
  readonly configured: readonly { readonly name: string; readonly value: string }[];
  readonly redis: { readonly kind: 'private' | 'configured'; readonly version: string | undefined };
  readonly queue:
    | { readonly waiting: number; readonly active: number; readonly delayed: number; readonly failed: number }
    | undefined;
  /** Measures that stand outside; undefined where the ledger does not answer. */
  readonly measures:
    | {
        readonly standing: number;
        /** Standing, but not as we left them. */
        readonly changed: number;
        /** It isn't known, since more than a minute, how they stand. */
        readonly unknown: number;
      }
    | undefined;
  readonly workers: readonly { readonly id: string; readonly roles: string; readonly seenSecondsAgo: number }[];
  /** Seconds since a canary job was really consumed; undefined: never. */
  readonly canarySecondsAgo: number | undefined;
  readonly resolvers: readonly {
    readonly address: string;
    readonly state: 'answers' | 'fails' | 'unknown';
    readonly note: string;
  }[];
}
