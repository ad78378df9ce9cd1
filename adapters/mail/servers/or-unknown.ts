/** A look that fails at the host is an answer: unknown. Anything else that goes wrong is a fault of ours. */
import { foreign } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import { HostUnknown } from '../../../src/ports/host.ts';

export async function orUnknown<T>(look: () => Promise<T>): Promise<T | { kind: 'unknown'; why: Phrase }> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof HostUnknown)) throw error;
    return { kind: 'unknown', why: [foreign(error.message, 400)] };
  }
}
