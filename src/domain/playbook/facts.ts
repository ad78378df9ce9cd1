/** From a diagnosis to the facts that a playbook asks for. What isn't known is left out. */
import { CAUSES } from '../causes.ts';
import type { Diagnosis } from '../diagnosis/diagnose.ts';
import type { Evidence } from '../diagnosis/evidence.ts';
import type { Facts } from './step.ts';

/** Attempts to port 25 that make a machine guilty while outbound mail is frozen. */
const GUILTY_ATTEMPTS = 10;

/** The facts that evidence and verdict give. */
export function factsOf(evidence: Evidence, diagnosis: Diagnosis): Facts {
  const { signs } = diagnosis;
  const facts: Record<string, string | number | boolean> = {};
  if (signs.queue !== 'not-looked') facts['queue'] = signs.queue;
  if (signs.listings !== 'not-looked' && signs.listings !== 'unknown') facts['listed'] = signs.listings;
  const account = signs.oddLogins[0]?.login.account;
  if (account !== undefined) facts['account'] = account;
  const guilty = evidence.blockedAttempts?.sources
    .filter((source) => source.attempts >= GUILTY_ATTEMPTS)
    .toSorted((a, b) => b.attempts - a.attempts)[0];
  if (guilty) {
    facts['offender'] = guilty.address;
    if (guilty.mailServer !== undefined) facts['offenderIsServer'] = guilty.mailServer;
  }
  const { sharedAddress, smartHost } = evidence.site ?? {};
  if (sharedAddress !== undefined) facts['sharedAddress'] = sharedAddress;
  if (smartHost !== undefined) facts['smartHostInUse'] = smartHost;
  return facts;
}

const YES_OR_NO = [true, false] as const;

/** The facts that have one of a few values. */
const VALUES: ReadonlyMap<string, readonly (string | number | boolean)[]> = new Map<
  string,
  readonly (string | boolean)[]
>([
  ['queue', ['full', 'some', 'clear']],
  ['listed', ['abuse', 'policy', 'minor', 'clear']],
  ['verdict', CAUSES],
  ['offenderIsServer', YES_OR_NO],
  ['sharedAddress', YES_OR_NO],
  ['smartHost', YES_OR_NO],
  ['smartHostInUse', YES_OR_NO],
]);

/** The values that a fact may have, where they are few; undefined where it may be anything. */
export function valuesOf(fact: string): readonly (string | number | boolean)[] | undefined {
  return VALUES.get(fact);
}
