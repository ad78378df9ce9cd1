/** Looks of a morning, made by hand. */
import type { Difference, ListNews } from '../../src/domain/blocklists/compare.ts';
import { diagnose } from '../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../src/domain/diagnosis/evidence.ts';
import type { MorningLook } from '../../src/domain/morning/judge.ts';

const LISTS = ['a.test', 'b.test', 'c.test', 'd.test', 'e.test'];

export function difference(more: Partial<Difference> = {}): Difference {
  return { appeared: [], vanished: [], flapping: [], standing: [], unseen: [], isBaseline: false, ...more };
}

export function listed(list: string, more: Partial<ListNews> = {}): ListNews {
  return { list, weight: 'high', nature: 'abuse', subjects: ['198.51.100.10'], ...more };
}

/** Queues and lists were looked at and are clear. */
export const WELL: Evidence = {
  site: { sharedAddress: true, smartHost: false },
  queue: { messages: 3 },
  listings: [
    { subject: '198.51.100.10', state: 'clear', lists: LISTS.map((zone) => ({ zone, state: 'clear' as const })) },
  ],
};

/** The queues are clear and the address is listed for abuse: a workstation. */
export const LISTED: Evidence = {
  ...WELL,
  listings: [
    {
      subject: '198.51.100.10',
      state: 'listed',
      lists: LISTS.map((zone) => ({
        zone,
        state: 'listed' as const,
        nature: 'abuse' as const,
        causes: ['compromised-workstation'],
      })),
    },
  ],
};

export function morningLook(evidence: Evidence, more: Partial<MorningLook> = {}): MorningLook {
  const diagnosis = diagnose(evidence);
  return {
    site: 'hq',
    evidence,
    diagnosis,
    listings: difference(),
    failed: [],
    failedBefore: [],
    silent: [],
    verdictBefore: diagnosis.verdict,
    confirmed: [],
    standing: [],
    now: 1_800_000_000_000,
    ...more,
  };
}
