/**
 * What the bot may ask of an agent: the verbs of a measure's driver, for the agent's own host, and nothing else. There is
 * no verb for running a command.
 */
import type { MeasureOrder } from './order.ts';
import type { MeasurePlan, MeasureTask, Observation, Proof, Released, ReleaseWay } from './plan.ts';

export type Errand =
  | { readonly verb: 'plan'; readonly order: MeasureOrder; readonly tag: string }
  | { readonly verb: 'observe' | 'verify'; readonly task: MeasureTask }
  | { readonly verb: 'engage' | 'renew'; readonly task: MeasureTask; readonly fence: number; readonly who: string }
  | {
      readonly verb: 'release';
      readonly task: MeasureTask;
      readonly fence: number;
      readonly way: ReleaseWay;
      readonly who: string;
    };

export type ErrandReply =
  | { readonly kind: 'planned'; readonly plan: MeasurePlan }
  | { readonly kind: 'observed'; readonly seen: Observation }
  | { readonly kind: 'verified'; readonly proof: Proof }
  | { readonly kind: 'done' }
  | { readonly kind: 'released'; readonly released: Released }
  /** Never possible so. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Not known what became of it. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'fenced' };

/** What an agent permits by itself, whatever it is asked. */
export interface AgentLimits {
  readonly measures: readonly MeasureOrder['kind'][];
  readonly longestLeaseMinutes: number;
  /** Canonical addresses or ranges that are never quarantined; answers whether this one is among them. */
  isProtected(address: string): boolean;
}

/** The limit of its own that the agent refuses by; undefined where none does. Taking back is never refused. */
export function refusedByLimits(order: MeasureOrder, limits: AgentLimits): string | undefined {
  if (!limits.measures.includes(order.kind))
    return `this agent does not carry out ${order.kind}; an admin of the host can permit it under agent.measures in its tourniquet.yaml`;
  const lease = 'leaseMinutes' in order ? order.leaseMinutes : undefined;
  if (lease !== undefined && lease > limits.longestLeaseMinutes)
    return `this agent permits leases of ${limits.longestLeaseMinutes} min at most; ${lease} were asked for`;
  if (order.kind === 'quarantine-host' && limits.isProtected(order.address))
    return `${order.address} is protected by this agent; an admin of the host can change measures.protected in its tourniquet.yaml`;
  return undefined;
}
