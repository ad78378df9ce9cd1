/** From a diagnosis to the facts that a playbook asks for. What isn't known is left out. */
import { CAUSES } from '../causes.ts';
import type { CauseId } from '../causes.ts';
import type { Diagnosis } from '../diagnosis/diagnose.ts';
import { reachOf } from '../diagnosis/next-step.ts';
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
  const guilty = guiltyOf(evidence, diagnosis.verdict);
  if (guilty) {
    facts['offender'] = guilty.address;
    if (guilty.mailServer !== undefined) facts['offenderIsServer'] = guilty.mailServer;
  }
  const { sharedAddress, smartHost } = evidence.site ?? {};
  if (sharedAddress !== undefined) facts['sharedAddress'] = sharedAddress;
  if (smartHost !== undefined) facts['smartHostInUse'] = smartHost;
  return facts;
}

type Source = NonNullable<Evidence['blockedAttempts']>['sources'][number];

/** The machine that the verdict is about; of several the one that tries furthest, as a printer fails at its one relay. */
function guiltyOf({ blockedAttempts }: Evidence, verdict: CauseId): Source | undefined {
  const all = (blockedAttempts?.sources ?? [])
    .filter((source) => source.attempts >= GUILTY_ATTEMPTS)
    .toSorted((a, b) => reachOf(b) - reachOf(a) || b.attempts - a.attempts);
  const meant = all.find((source) => (source.mailServer === true) === (verdict === 'compromised-server'));
  return meant ?? all[0];
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
