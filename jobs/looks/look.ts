/** Looks taken side by side, each with its own deadline; one that fails is named and takes nothing else with it. */
import type { LookRecord } from '../../src/ports/evidence-store.ts';
import type { Clock } from '../../src/ports/clock.ts';

export interface Look<T> {
  /** In words, as it is named where it fails. */
  readonly name: string;
  readonly deadlineMs: number;
  take(deadlineMs: number): Promise<T>;
}

export type Looked<T> =
  | { readonly kind: 'taken'; readonly name: string; readonly value: T; readonly ms: number }
  | { readonly kind: 'failed'; readonly name: string; readonly why: string; readonly ms: number };

/** A look's own deadline is kept by its port; this much later it is given up here. */
const GRACE_MS = 500;

/** Never throws. */
export async function take<T>(look: Look<T>, clock: Clock): Promise<Looked<T>> {
  const began = clock.monotonic();
  const ms = (): number => Math.round(clock.monotonic() - began);
  const late = new AbortController();
  try {
    const value = await Promise.race([
      look.take(look.deadlineMs),
      clock.wait(look.deadlineMs + GRACE_MS, late.signal).then(() => {
        throw new Error(`no answer within ${Math.round(look.deadlineMs / 100) / 10} s`);
      }),
    ]);
    return { kind: 'taken', name: look.name, value, ms: ms() };
  } catch (error) {
    return { kind: 'failed', name: look.name, why: error instanceof Error ? error.message : String(error), ms: ms() };
  } finally {
    late.abort();
  }
}

export function recordOf(looked: Looked<unknown>): LookRecord {
  const { name, ms } = looked;
  return looked.kind === 'taken' ? { name, state: 'taken', ms } : { name, state: 'failed', ms, why: looked.why };
}
