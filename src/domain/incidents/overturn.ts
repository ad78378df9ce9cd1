/**
 * Whether a later look may overturn an incident's verdict.
 *
 * Rules:
 * 1. Before any measure was taken, the latest look counts.
 * 2. Measures rewrite what is seen: a cleaned queue is clear, a frozen one is full of "transport unavailable". So once one
 *    was taken since the verdict, only what measures don't touch overturns it: attempts at port 25, logins, local programs, machines inside,
 *    mail relayed for strangers, a test for an open relay.
 * 3. That nothing is wrong any more, or can't be told, is what measures are for: it overturns nothing.
 */
import type { CauseId } from '../causes.ts';
import type { Diagnosis } from '../diagnosis/diagnose.ts';
import type { Evidence } from '../diagnosis/evidence.ts';

export interface Standing {
  readonly verdict: CauseId;
  /** When it was found, and when the incident's last measure came into force; milliseconds since 1970 UTC. */
  readonly at: number;
  readonly lastMeasureAt: number | undefined;
}

const ENOUGH_ATTEMPTS = 10;
const ENOUGH_STRANGERS = 20;

export function mayOverturn(standing: Standing | undefined, evidence: Evidence, diagnosis: Diagnosis): boolean {
  if (!standing || standing.verdict === 'undetermined' || standing.verdict === 'healthy') return true;
  if (standing.verdict === diagnosis.verdict) return true;
  if (standing.lastMeasureAt === undefined || standing.lastMeasureAt < standing.at) return true;
  return hasProof(evidence, diagnosis);
}

function hasProof(evidence: Evidence, { verdict, signs }: Diagnosis): boolean {
  switch (verdict) {
    case 'compromised-workstation':
      return attempted(evidence, false) || signs.oddClients.length > 0;
    case 'compromised-server':
      return attempted(evidence, true) || signs.oddLocals.length > 0;
    case 'authenticated-relay':
      return signs.oddLogins.some((odd) => odd.guessed || odd.foreignAddresses > 0);
    case 'open-relay':
      return evidence.openRelayTest === 'accepted' || (evidence.relayedForStrangers ?? 0) >= ENOUGH_STRANGERS;
    case 'ndr-attack':
    case 'smart-host-refusal':
    case 'configuration-error':
    case 'policy-listing':
    case 'healthy':
    case 'undetermined':
      return false;
    default:
      return verdict satisfies never;
  }
}

function attempted({ blockedAttempts }: Evidence, byServer: boolean): boolean {
  return (blockedAttempts?.sources ?? []).some(
    (source) =>
      (source.mailServer === true) === byServer &&
      source.attempts >= ENOUGH_ATTEMPTS &&
      (!byServer || blockedAttempts?.outboundFrozen === true),
  );
}
