/**
 * What became of one measure: its events, folded.
 *
 * Owns: the events that a measure's stream in the ledger may hold, and the state they add up to. Does not own: which
 * event may follow (lifecycle.ts), the stream itself (ports/journal.ts).
 * Rules:
 * 1. `proposed` comes first and carries everything that is needed later: order, plan with its undo, prior state.
 * 2. `engaging` and `releasing` are written before the world is touched; whoever finds them unfinished continues.
 * 3. What was observed last never changes what was decided; the state names both.
 */
import type { Conversation } from '../../ports/conversation.ts';
import type { Foreign, Phrase } from '../foreign.ts';
import type { MeasureOrder } from './order.ts';
import type { MeasurePlan, MeasureTask, Observation, ReleaseWay } from './plan.ts';

/** Who: one stable name per person over all surfaces, and how they are shown. */
export interface Who {
  readonly person: string;
  readonly shown: Foreign;
}

export type MeasureEvent = MeasureHappening & {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
};

/** How it was seen to stand outside. */
export type Seen = Observation['kind'];

type MeasureHappening =
  | {
      readonly kind: 'proposed';
      readonly by: Who;
      readonly order: MeasureOrder;
      readonly plan: MeasurePlan;
      /** SHA-256 of the plan's order, commands and undo, as hexadecimal: what is approved is exactly this. */
      readonly hash: string;
      readonly nonce: string;
      readonly quorum: number;
      readonly expiresAt: number;
      readonly incident?: number;
      /** Who is asked to decide, by the names of tourniquet.yaml; left out: whoever may. */
      readonly asked?: readonly string[];
      /** Proposed in a drill: never mixes with real ones. */
      readonly drill?: true;
    }
  /** Its card was shown there, under this key; it is edited whenever something becomes of it. */
  | { readonly kind: 'told'; readonly conversation: Conversation; readonly key: string }
  | { readonly kind: 'approved'; readonly by: Who }
  | { readonly kind: 'denied'; readonly by: Who; readonly why?: Foreign }
  /** One person alone went ahead; flagged in the report. */
  | { readonly kind: 'broke-glass'; readonly by: Who; readonly reason: Foreign }
  | { readonly kind: 'expired' }
  | { readonly kind: 'engaging'; readonly fence: number }
  | { readonly kind: 'engaged'; readonly until?: number }
  /** Nothing stands of it: it could not be carried out, and what had been begun was taken back. */
  | { readonly kind: 'failed'; readonly why: Phrase }
  | { readonly kind: 'proved'; readonly proof: 'proved' | 'disproved' | 'unknown'; readonly by: readonly Phrase[] }
  | {
      readonly kind: 'observed';
      readonly seen: Seen;
      readonly notes: readonly Phrase[];
      readonly until?: number;
      /** Unknown, as a person has not confirmed yet. */
      readonly awaits?: 'person';
    }
  | { readonly kind: 'renewed'; readonly by: Who; readonly until?: number }
  | { readonly kind: 'kept'; readonly by: Who; readonly reason: Foreign }
  /** It was not known how it stands, since then (milliseconds since 1970 UTC): people are called in this incident. */
  | { readonly kind: 'called-about'; readonly since: number; readonly incident: number }
  /** People were asked whether it is still needed. */
  | { readonly kind: 'asked' }
  | { readonly kind: 'releasing'; readonly by: Who; readonly way: ReleaseWay; readonly fence: number }
  | { readonly kind: 'release-refused'; readonly differences: readonly Phrase[] }
  | { readonly kind: 'released'; readonly notes: readonly Phrase[] }
  /** Its lease ended on the device itself. */
  | { readonly kind: 'lapsed' };

export type MeasureState =
  | 'proposed'
  | 'denied'
  | 'expired'
  | 'approved'
  | 'engaging'
  | 'in-force'
  | 'releasing'
  | 'released'
  | 'lapsed'
  | 'failed';

export interface MeasureRecord {
  readonly number: number;
  readonly state: MeasureState;
  readonly order: MeasureOrder;
  readonly plan: MeasurePlan;
  readonly hash: string;
  readonly nonce: string;
  readonly quorum: number;
  readonly expiresAt: number;
  readonly proposedBy: Who;
  readonly proposedAt: number;
  readonly approvedBy: readonly Who[];
  readonly decidedAt?: number;
  readonly deniedBy?: Who;
  readonly brokeGlass?: { readonly by: Who; readonly reason: Foreign };
  readonly incident?: number;
  readonly asked?: readonly string[];
  readonly drill: boolean;
  readonly told: readonly { readonly conversation: Conversation; readonly key: string }[];
  /** When it came into force. */
  readonly since?: number;
  readonly until?: number;
  readonly kept?: { readonly by: Who; readonly reason: Foreign };
  readonly askedAt?: number;
  readonly calledAbout?: { readonly since: number; readonly incident: number };
  readonly lastSeen?: {
    readonly at: number;
    readonly seen: Seen;
    readonly notes: readonly Phrase[];
  };
  readonly proof?: {
    readonly at: number;
    readonly proof: 'proved' | 'disproved' | 'unknown';
    readonly by: readonly Phrase[];
  };
  readonly release?: { readonly by: Who; readonly way: ReleaseWay; readonly at: number };
  /** The release was refused, because somebody else had changed it. */
  readonly refused?: readonly Phrase[];
  readonly why?: Phrase;
  readonly endedAt?: number;
}

/** The state of a measure. Undefined where the stream doesn't begin with `proposed`. */
export function foldMeasure(number: number, events: readonly MeasureEvent[]): MeasureRecord | undefined {
  const [first, ...rest] = events;
  if (first?.kind !== 'proposed') return undefined;
  const begun: MeasureRecord = {
    number,
    state: 'proposed',
    order: first.order,
    plan: first.plan,
    hash: first.hash,
    nonce: first.nonce,
    quorum: first.quorum,
    expiresAt: first.expiresAt,
    proposedBy: first.by,
    proposedAt: first.at,
    approvedBy: [],
    drill: first.drill ?? false,
    told: [],
    ...(first.incident !== undefined && { incident: first.incident }),
    ...(first.asked && { asked: first.asked }),
  };
  return rest.reduce(apply, begun);
}

function apply(record: MeasureRecord, event: MeasureEvent): MeasureRecord {
  switch (event.kind) {
    case 'proposed':
      return record;
    case 'told':
      return { ...record, told: [...record.told, { conversation: event.conversation, key: event.key }] };
    case 'approved': {
      const approvedBy = [...record.approvedBy, event.by];
      const enough = approvedBy.length >= record.quorum;
      return { ...record, approvedBy, ...(enough && { state: 'approved', decidedAt: event.at }) };
    }
    case 'broke-glass':
      return {
        ...record,
        state: 'approved',
        decidedAt: event.at,
        brokeGlass: { by: event.by, reason: event.reason },
      };
    case 'denied':
      return { ...record, state: 'denied', deniedBy: event.by, decidedAt: event.at, endedAt: event.at };
    case 'expired':
      return { ...record, state: 'expired', decidedAt: event.at, endedAt: event.at };
    case 'engaging':
      return { ...record, state: 'engaging' };
    case 'engaged':
      return {
        ...record,
        state: 'in-force',
        since: record.since ?? event.at,
        lastSeen: { at: event.at, seen: 'in-force', notes: [] },
        ...(event.until !== undefined && { until: event.until }),
      };
    case 'failed':
      return { ...record, state: 'failed', why: event.why, endedAt: event.at };
    case 'proved':
      return { ...record, proof: { at: event.at, proof: event.proof, by: event.by } };
    case 'observed': {
      const { refused, ...kept } = record;
      // Whoever had changed it has put it back, or has taken it away.
      const stillRefused =
        refused && (event.seen === 'changed' || event.seen === 'slipped' || event.seen === 'unknown');
      return {
        ...kept,
        ...(stillRefused && { refused }),
        lastSeen: { at: event.at, seen: event.seen, notes: event.notes },
        ...(event.until !== undefined && { until: event.until }),
      };
    }
    case 'renewed':
      return { ...record, ...(event.until !== undefined && { until: event.until }) };
    case 'kept':
      return { ...record, kept: { by: event.by, reason: event.reason } };
    case 'called-about':
      return { ...record, calledAbout: { since: event.since, incident: event.incident } };
    case 'asked':
      return { ...record, askedAt: event.at };
    case 'releasing': {
      const { refused: _before, ...kept } = record;
      return { ...kept, state: 'releasing', release: { by: event.by, way: event.way, at: event.at } };
    }
    case 'release-refused':
      return {
        ...record,
        state: 'in-force',
        refused: event.differences,
        lastSeen: { at: event.at, seen: 'changed', notes: event.differences },
      };
    case 'released':
      return { ...record, state: 'released', endedAt: event.at };
    case 'lapsed':
      return { ...record, state: 'lapsed', endedAt: event.at };
    default:
      return event satisfies never;
  }
}

/** Something of it may stand outside. */
export function isStanding(record: MeasureRecord): boolean {
  return record.state === 'engaging' || record.state === 'in-force' || record.state === 'releasing';
}

/** It may still come to something: proposed, approved or standing. */
export function isOpen(record: MeasureRecord): boolean {
  return record.state === 'proposed' || record.state === 'approved' || isStanding(record);
}

/** What its driver is given. */
export function taskOf(record: MeasureRecord): MeasureTask {
  const { prior, seal } = record.plan;
  return { tag: tagOf(record.number), order: record.order, prior, ...(seal !== undefined && { seal }) };
}

/** Tags everything that the measure leaves outside. */
export function tagOf(number: number): string {
  return `tq${number}`;
}
