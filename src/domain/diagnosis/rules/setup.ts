/** How the site is set up, where it bears on mail that waits or is refused. */
import { foreign, say } from '../../foreign.ts';
import { pointsOf } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { setupFaults } from '../setup-faults.ts';

const error = pointsOf('configuration-error');

/** A missing reverse name or a wrong SPF record is a reason to be refused; alone it is never the whole cause. */
export const wrongRecords: Rule = (evidence, signs) => {
  const isRefused = signs.reason?.kind === 'blocked' && signs.reason.share >= 0.5;
  const strength = isRefused ? 0.3 : 0.1;
  return setupFaults(evidence)
    .filter((fault) => fault.id === 'reverse-dns' || fault.id === 'spf' || fault.id === 'helo-name')
    .slice(0, 3)
    .map((fault) => error.supports(fault.id, strength, fault.text));
};

export const wrongClock: Rule = (evidence) =>
  setupFaults(evidence)
    .filter((fault) => fault.id === 'clock')
    .map((fault) => error.supports('clock', 0.3, fault.text));

/** A freeze of one's own explains that mail waits: neither an attack nor an error. */
export const heldByFreeze: Rule = (_evidence, signs) =>
  signs.frozen
    ? [
        error.opposes(
          'frozen',
          0.6,
          say`outbound mail is held by a freeze; that it waits (${foreign(signs.reason?.example ?? 'no reason told', 100)}) says nothing about the cause`,
        ),
      ]
    : [];
