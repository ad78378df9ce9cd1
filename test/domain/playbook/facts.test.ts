import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/domain/diagnosis/diagnose.ts';
import type { Evidence } from '../../../src/domain/diagnosis/evidence.ts';
import { factsOf } from '../../../src/domain/playbook/facts.ts';

type Sources = NonNullable<Evidence['blockedAttempts']>['sources'];

function offenderOf(sources: Sources) {
  const evidence: Evidence = { blockedAttempts: { watchedSeconds: 600, outboundFrozen: true, sources } };
  const diagnosis = diagnose(evidence);
  const { offender, offenderIsServer } = factsOf(evidence, diagnosis);
  return { verdict: diagnosis.verdict, offender, offenderIsServer };
}

const MACHINE = { address: '10.0.0.23', attempts: 48, destinations: 40, mailServer: false };
const PRINTER = { address: '10.0.0.9', attempts: 900, destinations: 1, mailServer: false };
const SERVER = { address: '10.0.0.5', attempts: 30, destinations: 25, mailServer: true };

describe('the machine that a playbook takes off the network', () => {
  it('is the one that tries furthest, and never the printer that fails at its one relay', () => {
    expect(offenderOf([PRINTER, MACHINE])).toEqual({
      verdict: 'compromised-workstation',
      offender: MACHINE.address,
      offenderIsServer: false,
    });
  });

  it('is the one that the verdict is about, though another tries more', () => {
    expect(offenderOf([MACHINE, SERVER])).toEqual({
      verdict: 'compromised-server',
      offender: SERVER.address,
      offenderIsServer: true,
    });
  });
});
