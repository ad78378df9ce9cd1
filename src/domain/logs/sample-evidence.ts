/**
 * Who hands mail in, from a sample of the envelopes in the queue: for where the logs are gone.
 *
 * Rules:
 * 1. A share of the sample stands for the same share of the queue; less than 20 envelopes that tell say nothing.
 * 2. Nothing is known of what is usual or of failures; domains are not counted, for a sample shows few of them.
 */
import { isLoopback, isOutside } from '../address/special.ts';
import type { InsideClientEvidence, LocalSenderEvidence, LoginEvidence } from '../diagnosis/evidence.ts';
import type { Envelope } from '../queues/envelope.ts';

const ENOUGH = 20;

export interface SampleEvidence {
  readonly logins: readonly LoginEvidence[];
  readonly localSenders: readonly LocalSenderEvidence[];
  readonly insideClients: readonly InsideClientEvidence[];
}

/** `messages`: how many there are in the queue. Undefined: the sample is too small to say anything. */
export function evidenceOfSample(envelopes: readonly Envelope[], messages: number): SampleEvidence | undefined {
  const telling = envelopes.filter((each) => each.origin !== undefined);
  if (telling.length < ENOUGH) return undefined;
  const scale = (count: number): number => Math.round((count / telling.length) * messages);
  const logins = new Map<string, { count: number; readonly addresses: Set<string> }>();
  const locals = new Map<string, number>();
  const clients = new Map<string, number>();
  for (const { origin } of telling) {
    if (origin?.kind === 'login') {
      const login = logins.get(origin.account) ?? { count: 0, addresses: new Set<string>() };
      logins.set(origin.account, login);
      login.count += 1;
      if (origin.address !== undefined) login.addresses.add(origin.address);
    } else if (origin?.kind === 'local') locals.set(origin.uid, (locals.get(origin.uid) ?? 0) + 1);
    else if (origin?.kind === 'client' && !isOutside(origin.address) && !isLoopback(origin.address))
      clients.set(origin.address, (clients.get(origin.address) ?? 0) + 1);
  }
  return {
    logins: [...logins].map(([account, { count, addresses }]) => ({
      account,
      messages: scale(count),
      addresses: [...addresses].slice(0, 20),
    })),
    localSenders: [...locals].map(([uid, count]) => ({ uid, messages: scale(count) })),
    insideClients: [...clients].map(([address, count]) => ({ address, messages: scale(count) })),
  };
}
