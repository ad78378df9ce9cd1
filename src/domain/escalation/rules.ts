/** The form of an escalation: what is configured, and what is fixed of it when a chain begins. */
/** thread: named in the incident's conversation. direct: a message of one's own. page: by the paging services. */
export type CallWay = 'thread' | 'direct' | 'page';

export interface EscalationRules {
  readonly tiers: readonly {
    /** People, `rota:NAME` for whoever is on duty there, and `group:NAME` for a group of the chat. */
    readonly call: readonly string[];
    readonly by: readonly CallWay[];
    readonly waitMs: number;
  }[];
  /** How often the tiers are gone through, 1 to 20. */
  readonly rounds: number;
  readonly quiet?: { readonly from: string; readonly to: string; readonly timezone: string };
  /** Nothing heard of who has it for this long: "still on it?" */
  readonly staleMs: number;
  /** No answer for this long: called again. */
  readonly answerMs: number;
}

export interface Chain {
  readonly tiers: readonly {
    readonly people: readonly string[];
    readonly by: readonly CallWay[];
    readonly waitMs: number;
  }[];
  readonly rounds: number;
  /** When the first call is due, milliseconds since 1970 UTC. */
  readonly from: number;
  readonly staleMs: number;
  readonly answerMs: number;
}
