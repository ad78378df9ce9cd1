import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../../src/domain/diagnosis/evidence.ts';
import { mayOverturn } from '../../../src/domain/incidents/overturn.ts';
import type { Standing } from '../../../src/domain/incidents/overturn.ts';

const listed: Evidence = {
  site: { sharedAddress: true },
  listings: [
    { subject: '203.0.113.7', state: 'listed', lists: [{ zone: 'a.bl.test', state: 'listed', nature: 'abuse' }] },
  ],
  queue: { messages: 3 },
};
const attempts = (mailServer: boolean): Evidence => ({
  ...listed,
  blockedAttempts: {
    watchedSeconds: 300,
    outboundFrozen: true,
    sources: [{ address: '10.0.0.5', attempts: 90, destinations: 80, mailServer }],
  },
});
const may = (standing: Standing | undefined, evidence: Evidence): boolean =>
  mayOverturn(standing, evidence, diagnose(evidence));
const bounces = { verdict: 'ndr-attack', at: 100, lastMeasureAt: 200 } as const;

describe('a verdict of an incident', () => {
  it('is replaced by any later one before a measure was taken', () => {
    expect(may(undefined, listed)).toBe(true);
    expect(may({ ...bounces, lastMeasureAt: undefined }, listed)).toBe(true);
    expect(may({ ...bounces, lastMeasureAt: 50 }, listed)).toBe(true);
    expect(may({ ...bounces, verdict: 'undetermined' }, listed)).toBe(true);
  });

  it('is not overturned by what its own measures have made: a cleaned queue of a listed address names no machine', () => {
    expect(diagnose(listed).verdict).toBe('compromised-workstation');
    expect(may(bounces, listed)).toBe(false);
    expect(may(bounces, { ...listed, listings: [{ subject: '203.0.113.7', state: 'clear', lists: [] }] })).toBe(false);
  });

  it('is overturned by proof that no measure can make', () => {
    expect(may(bounces, attempts(false))).toBe(true);
    expect(may({ ...bounces, verdict: 'compromised-workstation' }, attempts(true))).toBe(true);
  });

  it('is confirmed by the same verdict', () => {
    expect(may({ ...bounces, verdict: 'compromised-workstation' }, listed)).toBe(true);
  });
});
