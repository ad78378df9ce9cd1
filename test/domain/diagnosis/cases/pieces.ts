/** What the rules' cases are put together from: causes, and small pieces of evidence. */
import type { CauseId } from '../../../../src/domain/causes.ts';
import type { Evidence, ListingEvidence } from '../../../../src/domain/diagnosis/evidence.ts';
import type { Point } from '../../../../src/domain/diagnosis/rule.ts';

/** Cause, side, the point's own name; an empty list: the rule says nothing here. */
export type Told = readonly (readonly [CauseId, Point['side'], string])[];
export type Case = readonly [what: string, evidence: Evidence, told: Told];

export const [workstation, server, login, ndr, relay] = [
  'compromised-workstation',
  'compromised-server',
  'authenticated-relay',
  'ndr-attack',
  'open-relay',
] as const;
export const [error, refusal, policy, healthy] = [
  'configuration-error',
  'smart-host-refusal',
  'policy-listing',
  'healthy',
] as const;

export function listed(over: Partial<ListingEvidence['lists'][number]> = {}): Pick<Evidence, 'listings'> {
  const lists = [{ zone: 'listing.bl.test', state: 'listed', nature: 'abuse', ...over } as const];
  return { listings: [{ subject: '203.0.113.7', state: over.nature === 'policy' ? 'clear' : 'listed', lists }] };
}
export const unlisted: Pick<Evidence, 'listings'> = {
  listings: [{ subject: '203.0.113.7', state: 'clear', lists: [{ zone: 'clear.bl.test', state: 'clear' }] }],
};
export const clear = { queue: { messages: 3 } };
export const domains = (many: number) =>
  Array.from({ length: many }, (_, index) => ({ domain: `d${index}.example`, recipients: 20 }));
export const full = { queue: { messages: 4000, topRecipientDomains: domains(20) } };
export const waiting = (reason: string, many = 600): Evidence => ({
  queue: { messages: many, topRecipientDomains: domains(20), topReasons: [{ reason, recipients: many }] },
});
export const bouncing = { queue: { messages: 900, nullSender: { messages: 880, recipientDomains: 700 } } };
export const guessed = {
  account: 'administrator',
  messages: 4100,
  recipientDomains: 1900,
  addresses: ['198.51.100.7'],
  usualPerHour: 3,
  failuresBefore: 220,
};
export const asEver = { account: 'anna', messages: 12, recipientDomains: 8, usualPerHour: 14 };
export const script = { uid: 'www-data', messages: 900, recipientDomains: 700, usualPerHour: 2 };
export const inside = { address: '10.0.0.23', messages: 900, recipientDomains: 700, usualPerHour: 2 };
export const watched = (
  sources: NonNullable<Evidence['blockedAttempts']>['sources'],
  outboundFrozen = true,
  watchedSeconds = 600,
): Evidence => ({ blockedAttempts: { watchedSeconds, outboundFrozen, sources } });
