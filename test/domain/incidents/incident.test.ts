import { describe, expect, it } from 'vitest';
import type { CauseId } from '../../../src/domain/causes.ts';
import { HOUSE, foldIncident } from '../../../src/domain/incidents/incident.ts';
import type { IncidentEvent } from '../../../src/domain/incidents/incident.ts';

const opened: IncidentEvent = { kind: 'opened', at: 1, by: HOUSE, site: 'hq', title: { foreign: 'listed' } };
const fold = (...events: readonly IncidentEvent[]) => foldIncident(42, [opened, ...events]);

describe('an incident', () => {
  it('is open until somebody has it, and open again when nobody answers whether they still do', () => {
    const taken = { kind: 'acknowledged', at: 2, by: { person: 'ana', shown: { foreign: 'Ana' } } } as const;
    expect(fold()?.state).toBe('open');
    expect(fold(taken)).toMatchObject({ state: 'acknowledged', acknowledgedAt: 2 });
    const stale = fold(taken, { kind: 'acknowledgement-stale', at: 3 });
    expect(stale?.state).toBe('open');
    expect(stale?.acknowledgedBy).toBeUndefined();
  });

  it('stays closed whatever comes late', () => {
    const closed = { kind: 'closed', at: 5, by: HOUSE } as const;
    expect(fold(closed, { kind: 'acknowledged', at: 6, by: HOUSE })?.state).toBe('closed');
    expect(fold(closed, { kind: 'acknowledgement-stale', at: 6 })?.state).toBe('closed');
  });

  it('keeps its cause when a later look finds nothing, and takes a better one', () => {
    const verdict = (cause: CauseId, at: number): IncidentEvent => ({
      kind: 'verdict',
      at,
      verdict: cause,
      confidence: 0.9,
      said: [cause],
      for: [],
      against: [],
      missing: [],
    });
    const found = [verdict('undetermined', 1), verdict('compromised-workstation', 2)];
    expect(fold(...found, verdict('healthy', 3))).toMatchObject({
      cause: 'compromised-workstation',
      verdict: { verdict: 'healthy' },
    });
    expect(fold(...found, verdict('compromised-server', 3))?.cause).toBe('compromised-server');
  });

  it('knows each conversation and each measure once', () => {
    const bound = { kind: 'bound', at: 2, surface: 'slack', conversation: 'C1' } as const;
    const incident = fold(bound, bound, { kind: 'measure', at: 3, number: 7 }, { kind: 'measure', at: 4, number: 7 });
    expect(incident).toMatchObject({ conversations: [bound], measures: [7] });
  });
});
