/** When a way outside that was shut by a measure is open again, seen from a workstation of the lab's company. */
import { ADDRESSES } from '../lab/company.ts';
import type { Company } from '../lab/company.ts';
import { until } from '../lab/process.ts';

export interface WayOut {
  /** When the last try began that found it shut, in milliseconds since 1970 UTC; 0: none did. */
  readonly lastShut: number;
  /** When the first try had ended that found it open. */
  readonly open: number;
}

/** Tries until it is open. However slow the tries are, it was shut when `lastShut` was taken, and open by `open`. */
export async function whenOpenAgain(company: Company): Promise<WayOut> {
  let lastShut = 0;
  await until(
    async () => {
      const began = Date.now();
      if ((await company.connect('infected', ADDRESSES.outside, 443)) === 'open') return true;
      lastShut = began;
      return false;
    },
    30_000,
    'the way outside to be open again',
  );
  return { lastShut, open: Date.now() };
}
