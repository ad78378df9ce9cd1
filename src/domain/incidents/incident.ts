/**
 * An incident: its events, folded.
 *
 * Owns: the events that an incident's stream may hold, and the state they add up to. Does not own: the measures' own
 * streams (domain/measures/record.ts); an incident names them by number.
 */
import type { CauseId } from '../causes.ts';
import type { Chain } from '../escalation/rules.ts';
import type { Foreign, Phrase } from '../foreign.ts';
import type { Who } from '../measures/record.ts';
import type { Facts } from '../playbook/step.ts';

/** `house`: Tourniquet itself. */
export const HOUSE: Who = { person: 'house', shown: { foreign: 'Tourniquet' } };

export type IncidentEvent = IncidentHappening & {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
};

type IncidentHappening =
  | {
      readonly kind: 'opened';
      readonly by: Who;
      readonly site: string;
      readonly title: Foreign;
      readonly drill?: true;
      /** Repeats with the same key join it: cause and site. */
      readonly key?: string;
    }
  /** The same thing was found again. */
  | { readonly kind: 'repeated'; readonly what: Phrase }
  /** Where it is talked about; the first is its thread. `reference` is the surface's own. */
  | { readonly kind: 'bound'; readonly surface: string; readonly conversation: string; readonly reference?: string }
  | {
      readonly kind: 'verdict';
      readonly verdict: CauseId;
      readonly confidence: number;
      readonly said: Phrase;
      readonly for: readonly Phrase[];
      readonly against: readonly Phrase[];
      readonly missing: readonly Phrase[];
      /** The playbook's facts that the evidence has answered (domain/playbook). */
      readonly facts?: Facts;
    }
  | { readonly kind: 'acknowledged'; readonly by: Who }
  /** Nobody answered "still on it?". */
  | { readonly kind: 'acknowledgement-stale' }
  | { readonly kind: 'asked-still-on-it' }
  | { readonly kind: 'noted'; readonly by: Who; readonly text: Foreign }
  | { readonly kind: 'assigned'; readonly by: Who; readonly to: string }
  | {
      readonly kind: 'step';
      readonly step: string;
      readonly outcome: 'begun' | 'done' | 'skipped' | 'by-hand' | 'undone' | 'failed';
      readonly by: Who;
      readonly reason?: Foreign;
      readonly measure?: number;
      /** The request that it came from. */
      readonly request?: string;
    }
  /** A look has shown that it goes on: the playbook begins anew with what is known, and what is in force stays. */
  | { readonly kind: 'goes-on'; readonly seen: Phrase }
  /** What somebody knows and says: which machine, which account. */
  | { readonly kind: 'facts'; readonly by: Who; readonly facts: Facts }
  | { readonly kind: 'measure'; readonly number: number }
  /** It is not known how this measure stands, since then: people are called, whoever has the incident. */
  | { readonly kind: 'measure-unknown'; readonly measure: number; readonly since: number; readonly said: Phrase }
  | {
      readonly kind: 'escalated';
      readonly tier: number;
      readonly round: number;
      readonly to: readonly string[];
      readonly way: string;
    }
  /** People are called until somebody has it: by whom, in which order, is fixed now. */
  | { readonly kind: 'escalation'; readonly by: Who; readonly chain: Chain }
  /** What became of paging through one service. */
  | {
      readonly kind: 'paged';
      readonly tier: number;
      readonly round: number;
      readonly pager: string;
      readonly outcome: 'sent' | 'failed';
      readonly detail?: Foreign;
    }
  /** A paging service was told that somebody has it, or that it is over. */
  | {
      readonly kind: 'pager-told';
      readonly pager: string;
      readonly what: 'acknowledge' | 'resolve';
      /** Which run's alert; the first is 0, or left out. */
      readonly run?: number;
    }
  | { readonly kind: 'closed'; readonly by: Who; readonly reason?: Foreign };

export interface Incident {
  readonly number: number;
  readonly state: 'open' | 'acknowledged' | 'closed';
  readonly site: string;
  readonly title: Foreign;
  readonly key?: string;
  readonly drill: boolean;
  readonly openedBy: Who;
  readonly openedAt: number;
  readonly acknowledgedBy?: Who;
  readonly acknowledgedAt?: number;
  readonly owner?: string;
  readonly verdict?: Extract<IncidentEvent, { readonly kind: 'verdict' }>;
  readonly conversations: readonly Extract<IncidentEvent, { readonly kind: 'bound' }>[];
  /** Of the playbook's newest round. */
  readonly steps: readonly Extract<IncidentEvent, { readonly kind: 'step' }>[];
  /** The last of the incident's measures when that round began, where it isn't the first. */
  readonly roundAfter?: number;
  /** When it began. What was looked at before shows an earlier round. */
  readonly roundAt?: number;
  readonly measures: readonly number[];
  readonly repeats: number;
  /** Of which it was not known how they stand, and since when. */
  readonly unknowns: readonly { readonly measure: number; readonly since: number }[];
  /** What people are called for beside the incident itself, until somebody has it. */
  readonly calledFor?: Phrase;
  readonly escalations: readonly Extract<IncidentEvent, { readonly kind: 'escalated' }>[];
  readonly closedAt?: number;
  readonly closedBy?: Who;
  readonly closedWhy?: Foreign;
  /**
   * What the playbook is for: the newest verdict that names a cause. A later "nothing is wrong" or "can't be told" is how
   * an incident ends, or a look that wasn't taken; it doesn't take the playbook away.
   */
  readonly cause?: CauseId;
  /** What is known: of the newest verdict, and what people said. */
  readonly facts: Facts;
  readonly chain?: Chain;
  /** When each further run of calls began, because nothing was heard of who had it. */
  readonly runs: readonly number[];
  readonly pages: readonly Extract<IncidentEvent, { readonly kind: 'paged' }>[];
  readonly pagersTold: readonly Extract<IncidentEvent, { readonly kind: 'pager-told' }>[];
  /** When a person last did something in it. */
  readonly touchedAt?: number;
  /** When "still on it?" was asked and nobody has answered since. */
  readonly askedAt?: number;
}

/** The state of an incident. Undefined where the stream doesn't begin with `opened`. */
export function foldIncident(number: number, events: readonly IncidentEvent[]): Incident | undefined {
  const [first, ...rest] = events;
  if (first?.kind !== 'opened') return undefined;
  const begun: Incident = {
    number,
    state: 'open',
    site: first.site,
    title: first.title,
    drill: first.drill ?? false,
    openedBy: first.by,
    openedAt: first.at,
    conversations: [],
    steps: [],
    measures: [],
    repeats: 0,
    unknowns: [],
    escalations: [],
    facts: {},
    runs: [],
    pages: [],
    pagersTold: [],
    ...(first.key !== undefined && { key: first.key }),
  };
  return rest.reduce((incident, event) => touched(apply(incident, event), event), begun);
}

function apply(incident: Incident, event: IncidentEvent): Incident {
  switch (event.kind) {
    case 'opened':
    case 'noted':
      return incident;
    case 'asked-still-on-it':
      return { ...incident, askedAt: event.at };
    case 'facts':
      return { ...incident, facts: { ...incident.facts, ...event.facts } };
    case 'repeated':
      return { ...incident, repeats: incident.repeats + 1 };
    case 'bound': {
      const known = incident.conversations.some(
        (each) => each.surface === event.surface && each.conversation === event.conversation,
      );
      return known ? incident : { ...incident, conversations: [...incident.conversations, event] };
    }
    case 'verdict':
      return {
        ...incident,
        verdict: event,
        cause: isCause(event.verdict) || incident.cause === undefined ? event.verdict : incident.cause,
        facts: { ...incident.facts, ...event.facts, verdict: event.verdict },
      };
    case 'acknowledged':
      if (incident.state === 'closed') return incident;
      return {
        ...withoutCause(withoutQuestion(incident)),
        state: 'acknowledged',
        acknowledgedBy: event.by,
        acknowledgedAt: event.at,
      };
    case 'acknowledgement-stale': {
      if (incident.state !== 'acknowledged') return incident;
      return calledAnew(incident, event.at);
    }
    case 'measure-unknown': {
      const unknowns = [...incident.unknowns, { measure: event.measure, since: event.since }];
      if (incident.state === 'closed' || incident.calledFor) return { ...incident, unknowns };
      const called = isBeingCalledFirst(incident, event.at) ? incident : calledAnew(incident, event.at);
      return { ...called, unknowns, calledFor: event.said };
    }
    case 'assigned':
      return { ...incident, owner: event.to };
    case 'step':
      return { ...incident, steps: [...incident.steps, event] };
    case 'goes-on': {
      // Who it was before says nothing about who it is now.
      const { offender: _who, offenderIsServer: _server, ...facts } = incident.facts;
      return { ...incident, steps: [], roundAfter: Math.max(0, ...incident.measures), roundAt: event.at, facts };
    }
    case 'measure':
      return incident.measures.includes(event.number)
        ? incident
        : { ...incident, measures: [...incident.measures, event.number] };
    case 'escalated':
      return { ...incident, escalations: [...incident.escalations, event] };
    case 'escalation':
      return incident.chain ? incident : { ...incident, chain: event.chain };
    case 'paged':
      return { ...incident, pages: [...incident.pages, event] };
    case 'pager-told':
      return { ...incident, pagersTold: [...incident.pagersTold, event] };
    case 'closed':
      return {
        ...incident,
        state: 'closed',
        closedAt: event.at,
        closedBy: event.by,
        ...(event.reason && { closedWhy: event.reason }),
      };
    default:
      return event satisfies never;
  }
}

/** What a person did last, by which it is seen that somebody is still on it. */
function touched(incident: Incident, event: IncidentEvent): Incident {
  if (!('by' in event) || event.by.person === HOUSE.person) return incident;
  return { ...withoutQuestion(incident), touchedAt: event.at };
}

/** Nobody has it any more, and the chain begins at its first tier. */
function calledAnew(incident: Incident, at: number): Incident {
  const { acknowledgedBy: _by, acknowledgedAt: _at, ...rest } = withoutQuestion(incident);
  return { ...rest, state: 'open', runs: [...incident.runs, at] };
}

/** The first call is due already: there is nobody who could have missed it. */
function isBeingCalledFirst({ chain, state, escalations }: Incident, at: number): boolean {
  if (!chain) return true;
  return state === 'open' && escalations.length === 0 && chain.from <= at;
}

function withoutCause(incident: Incident): Incident {
  const { calledFor: _for, ...rest } = incident;
  return rest;
}

function withoutQuestion(incident: Incident): Incident {
  const { askedAt: _at, ...rest } = incident;
  return rest;
}

function isCause(verdict: CauseId): boolean {
  return verdict !== 'undetermined' && verdict !== 'healthy';
}
