/**
 * Is it the moment to ask for removal?
 *
 * Rules:
 * 1. For abuse: only once the leak has been shown to have stopped. That nobody has seen it go on shows nothing. Asked too
 *    early, most lists list again, and for longer.
 * 2. For a policy (dynamic range, missing reverse DNS) there is no leak to wait for, only the reason to be mended.
 * 3. An information asks for nothing.
 */
import type { Nature } from './blocklist.ts';

/** What is known of the leak behind a subject. */
export type Leak =
  | { readonly kind: 'stopped'; readonly at: number; readonly incident: number }
  | { readonly kind: 'not-shown'; readonly incident: number }
  | { readonly kind: 'unknown' };

export interface RemovalAdvice {
  readonly moment: 'now' | 'not-yet' | 'not-needed';
  readonly why: string;
  /** The one next step, in words that follow "Next:". */
  readonly next: string;
}

/** `natures`: of what lists the subject. */
export function removalAdvice(natures: readonly Nature[], leak: Leak): RemovalAdvice {
  if (natures.includes('abuse')) return whileLeaking(leak);
  if (natures.includes('policy'))
    return {
      moment: 'now',
      next: 'mend what the list names, then ask for removal at its page',
      why: 'it is a policy (reverse DNS, the range, the relay), no leak to wait for',
    };
  return { moment: 'not-needed', next: '', why: 'it is information only; no receiver refuses mail for it' };
}

function whileLeaking(leak: Leak): RemovalAdvice {
  switch (leak.kind) {
    case 'stopped':
      return {
        moment: 'now',
        next: 'ask for removal at each list’s page, and say truthfully what it was',
        why: `incident ${leak.incident} has seen the leak stop on ${new Date(leak.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      };
    case 'not-shown':
      return {
        moment: 'not-yet',
        next: `see the leak stop in incident ${leak.incident}`,
        why: `incident ${leak.incident} has not yet seen the leak stop; asked too early, most lists list again, and for longer`,
      };
    case 'unknown':
      return {
        moment: 'not-yet',
        next: 'triage, which finds what sends',
        why: 'nothing shows that the leak has stopped; asked too early, most lists list again, and for longer',
      };
    default:
      return leak satisfies never;
  }
}
