import { describe, expect, it } from 'vitest';
import { scoreDrill } from '../../../src/domain/drill/score.ts';
import type { DrillRecord, DrillTruth } from '../../../src/domain/drill/score.ts';
import type { CauseId } from '../../../src/domain/causes.ts';

const calm: DrillTruth = {
  elapsedMs: 3_600_000,
  spamLeaked: 10,
  backscatterLeaked: 0,
  lastLeakMs: 60_000,
  mailHeld: 0,
  longestHoldMs: 0,
  stillActive: [],
  innocent: [],
  askedTooEarly: false,
  standing: [],
};
const named = (...verdicts: readonly CauseId[]): DrillRecord => ({
  verdicts: verdicts.map((verdict, index) => ({ afterMs: index * 1000, verdict })),
  measures: [],
  kept: [],
});
const score = (truth: Partial<DrillTruth>, record: Partial<DrillRecord> = {}, cause: CauseId = 'open-relay') =>
  scoreDrill(cause, [], { ...calm, ...truth }, { ...named(cause), ...record });

describe('the score of a drill', () => {
  it('counts the last verdict that names something; not knowing yet on the way is no fault, the wrong cause is', () => {
    const of = (...verdicts: readonly CauseId[]) => score({}, named(...verdicts));
    expect(of('undetermined', 'open-relay')).toMatchObject({ isVerdictRight: true, rightVerdictAfterMs: 1000 });
    expect(of('open-relay', 'undetermined', 'healthy')).toMatchObject({ verdict: 'open-relay' });
    expect(of('ndr-attack')).toMatchObject({ isVerdictRight: false, rightVerdictAfterMs: undefined });
    expect(of()).toMatchObject({ verdict: 'undetermined', isVerdictRight: false });
  });

  it('says innocent people first, then what goes on, then what was left, and calls kept what somebody chose', () => {
    const standing = [{ number: 3, what: 'way-out on mx1' }];
    expect(score({ innocent: ['pc-1'], stillActive: ['x'], standing }).result).toBe('innocent-cut-off');
    expect(score({ stillActive: ['x'], standing })).toMatchObject({ result: 'leaking', containedAfterMs: undefined });
    expect(score({ standing })).toMatchObject({ result: 'not-undone', isUndoComplete: false });
    expect(score({ standing }, { kept: [3] })).toMatchObject({ result: 'contained', isUndoComplete: true });
    expect(score({})).toMatchObject({ result: 'contained', containedAfterMs: 60_000, wrongSteps: [] });
  });

  it('names each wrong step: whoever was innocent, removal asked for too early, an attack fought where there was none', () => {
    expect(score({ innocent: ['pc-1'] }).wrongSteps).toEqual(['pc-1 was cut off, and had done nothing']);
    expect(score({ askedTooEarly: true }).wrongSteps).toEqual(['removal was asked for while it still leaked']);
    const fought = { measures: ['freeze-outbound', 'reroute'] };
    expect(score({}, fought, 'configuration-error').wrongSteps).toEqual(['freeze-outbound: this was no attack']);
    expect(score({}, fought).wrongSteps).toEqual([]);
  });
});
