/**
 * Who may decide about a proposed measure, and what follows.
 *
 * Owns: the rules of approval. Does not own: roles (commands/roles.ts), where a decision is kept (the ledger).
 * Rules:
 * 1. What is approved is exactly the plan that was shown: a button of an older plan, or of another measure, is answered.
 * 2. The proposer never counts as an approver; nobody counts twice.
 * 3. One "no" ends it, also after enough have agreed, as long as nothing has begun. The proposer may withdraw.
 * 4. After its expiry nothing is approved; it has to be proposed anew, as the world may have moved on.
 * 5. Where one person is alone, the glass can be broken with a reason; the report says so.
 * 6. A press that comes too late is answered with who decided what and when.
 */
import { foreign, say } from '../foreign.ts';
import type { Foreign, Phrase } from '../foreign.ts';
import type { MeasureEvent, MeasureRecord, Who } from './record.ts';

export type Decision =
  | { readonly kind: 'approve'; readonly by: Who; readonly nonce?: string }
  | { readonly kind: 'deny'; readonly by: Who; readonly nonce?: string; readonly why?: Foreign }
  | { readonly kind: 'break-glass'; readonly by: Who; readonly reason: string };

export type Ruling =
  | { readonly kind: 'decided'; readonly event: MeasureEvent }
  /** The rule that refuses it, and what can be done. `event`: what has to be written down all the same. */
  | {
      readonly kind: 'refused';
      readonly rule: RefusalRule;
      readonly why: Phrase;
      readonly remedy: string;
      readonly event?: MeasureEvent;
    };

export type RefusalRule =
  | 'decided-already'
  | 'expired'
  | 'older-plan'
  | 'own-proposal'
  | 'counted-already'
  | 'no-glass'
  | 'no-reason';

/** `now` in milliseconds since 1970 UTC; `breakGlass`: whether the site permits it. */
export function ruleOn(record: MeasureRecord, decision: Decision, now: number, breakGlass: boolean): Ruling {
  const isStopped = record.state === 'approved' && decision.kind === 'deny';
  if (record.state !== 'proposed' && !isStopped)
    return refuse('decided-already', sayDecided(record), 'say ledger to see what stands');
  if ('nonce' in decision && decision.nonce !== undefined && decision.nonce !== record.nonce)
    return refuse(
      'older-plan',
      say`this button belongs to another plan than measure ${record.number}’s`,
      `say ledger, and decide on what is shown there`,
    );
  if (now >= record.expiresAt && !isStopped)
    return {
      ...refuse(
        'expired',
        say`measure ${record.number} was not approved in time; nothing was done`,
        'propose it again, as the world may have moved on',
      ),
      event: { kind: 'expired', at: now },
    };
  switch (decision.kind) {
    case 'deny':
      return decided({ kind: 'denied', at: now, by: decision.by, ...(decision.why && { why: decision.why }) });
    case 'approve':
      if (decision.by.person === record.proposedBy.person)
        return refuse(
          'own-proposal',
          say`who proposed measure ${record.number} can’t approve it`,
          breakGlass
            ? `ask a second person; alone, say break-glass ${record.number} and why`
            : 'ask a second person with the role approver',
        );
      if (record.approvedBy.some((each) => each.person === decision.by.person))
        return refuse(
          'counted-already',
          say`you have approved measure ${record.number} already`,
          `${missing(record)} more must agree`,
        );
      return decided({ kind: 'approved', at: now, by: decision.by });
    case 'break-glass':
      if (!breakGlass)
        return refuse(
          'no-glass',
          say`going ahead alone is switched off here`,
          'an admin can allow it: measures.breakGlass in tourniquet.yaml',
        );
      if (decision.reason.trim().length < 5)
        return refuse(
          'no-reason',
          say`breaking the glass needs a reason`,
          `say break-glass ${record.number} and why nobody else can be asked`,
        );
      return decided({ kind: 'broke-glass', at: now, by: decision.by, reason: foreign(decision.reason, 400) });
    default:
      return decision satisfies never;
  }
}

/**
 * An approval that nothing came of for as long as one may take (a full disk, a machine that slept) counts no more: the
 * world may have moved on, and nobody expects it any longer.
 */
export function isApprovalStale({ state, decidedAt, expiresAt, proposedAt }: MeasureRecord, now: number): boolean {
  return state === 'approved' && decidedAt !== undefined && now - decidedAt >= expiresAt - proposedAt;
}

/** How many more must agree. */
export function missing(record: MeasureRecord): number {
  return Math.max(0, record.quorum - record.approvedBy.length);
}

/** Who decided what and when, for whoever comes too late. */
export function sayDecided(record: MeasureRecord): Phrase {
  const when = new Date(record.decidedAt ?? record.proposedAt).toISOString().slice(0, 16).replace('T', ' ');
  const by = record.brokeGlass
    ? [say`${record.brokeGlass.by.shown} (alone, by breaking the glass)`]
    : record.approvedBy.map((who) => say`${who.shown}`);
  const names = by.flatMap((name, index) => (index === 0 ? [...name] : [' and ', ...name]));
  switch (record.state) {
    case 'proposed':
      return say`measure ${record.number} is still waiting for ${missing(record)} to agree`;
    case 'denied':
      return say`measure ${record.number} was refused by ${record.deniedBy?.shown ?? foreign('somebody')} at ${when} UTC; nothing was done`;
    case 'expired':
      return say`measure ${record.number} was not approved in time; nothing was done`;
    case 'approved':
    case 'engaging':
    case 'in-force':
    case 'releasing':
    case 'released':
    case 'lapsed':
    case 'failed':
      return say`measure ${record.number} was approved by ${names} at ${when} UTC; it is ${stateInWords(record)}`;
    default:
      return record.state satisfies never;
  }
}

export function stateInWords(record: MeasureRecord): string {
  switch (record.state) {
    case 'in-force':
      return record.lastSeen?.seen === 'unknown'
        ? 'not known to be in force'
        : record.lastSeen?.seen === 'absent'
          ? 'no longer in force, by somebody else’s hand or a restart there'
          : record.lastSeen?.seen === 'changed'
            ? 'changed by somebody else’s hand'
            : record.lastSeen?.seen === 'slipped'
              ? 'let go by the server itself, to be held again within a minute'
              : 'in force';
    case 'engaging':
      return 'being carried out';
    case 'releasing':
      return 'being taken back';
    case 'released':
      return 'taken back';
    case 'lapsed':
      return 'over, as its lease ended';
    case 'failed':
      return 'not carried out';
    case 'proposed':
      return 'waiting for approval';
    case 'approved':
      return 'approved, and not begun yet';
    case 'denied':
      return 'refused';
    case 'expired':
      return 'expired';
    default:
      return record.state satisfies never;
  }
}

function decided(event: MeasureEvent): Ruling {
  return { kind: 'decided', event };
}

function refuse(rule: RefusalRule, why: Phrase, remedy: string) {
  return { kind: 'refused', rule, why, remedy } as const;
}
