import { describe, expect, it } from 'vitest';
import { compareSweep } from '../../../src/domain/blocklists/compare.ts';
import type { Difference, Sighting } from '../../../src/domain/blocklists/compare.ts';
import type { Change } from '../../../src/domain/blocklists/history.ts';
import { removalAdvice } from '../../../src/domain/blocklists/removal.ts';
import type { ListVerdict } from '../../../src/domain/blocklists/verdict.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const listed: ListVerdict = { state: 'listed', nature: 'abuse', codes: ['127.0.0.2'], meanings: [], causes: [] };
const clear: ListVerdict = { state: 'clear' };
const unknown: ListVerdict = { state: 'unknown', why: 'timeout' };

function seen(subject: string, zone: string, verdict: ListVerdict, duplicateOf?: string): Sighting {
  return { subject, list: { shown: zone, weight: 'high', ...(duplicateOf !== undefined && { duplicateOf }) }, verdict };
}

/** `states`: L or C, one change each, the last of them yesterday, a day apart. */
function history(states: string): readonly Change[] {
  return states.split('').map((state, index) => ({
    at: NOW - (states.length - index) * DAY,
    state: state === 'L' ? 'listed' : 'clear',
    codes: [],
  }));
}

const kinds = (difference: Difference): string =>
  (['appeared', 'vanished', 'flapping', 'standing', 'unseen'] as const)
    .flatMap((kind) => difference[kind].map((each) => `${kind} ${each.list}: ${each.subjects.join(' ')}`))
    .join('; ');

describe('what is new since yesterday', () => {
  it.each<readonly [string, string, ListVerdict, string]>([
    ['a listing that was not there', 'C', listed, 'appeared a.test: x'],
    ['a listing that is gone', 'L', clear, 'vanished a.test: x'],
    ['a listing that is still there', 'L', listed, 'standing a.test: x'],
    ['nothing, and nothing before', 'C', clear, ''],
    ['row 44: a listing on the first look: shown, not called new', '', listed, 'standing a.test: x'],
    ['a list that can not be asked, and listed before: neither gone nor there', 'L', unknown, 'unseen a.test: x'],
    ['a list that can not be asked, and was clear', 'C', unknown, ''],
    ['row 45: a listing that comes and goes each day', 'CLCLC', listed, 'flapping a.test: x'],
    ['row 45: the same on a day on which it is gone', 'LCLCL', clear, 'flapping a.test: x'],
    ['one that came back once', 'LC', listed, 'appeared a.test: x'],
  ])('%s', (_what, before, verdict, said) => {
    expect(kinds(compareSweep([seen('x', 'a.test', verdict)], () => history(before), NOW))).toBe(said);
  });

  it('row 45: forgets that it flapped once it has kept still for a week', () => {
    const old = history('CLCLC').map((change) => ({ ...change, at: change.at - 8 * DAY }));
    expect(kinds(compareSweep([seen('x', 'a.test', listed)], () => old, NOW))).toBe('appeared a.test: x');
  });

  it('a listing whose codes change every day has not flapped', () => {
    const codes = history('LLLLLL').map((change, index) => ({ ...change, codes: [`127.0.0.${index}`] }));
    expect(kinds(compareSweep([seen('x', 'a.test', listed)], () => codes, NOW))).toBe('standing a.test: x');
  });

  it('row 42: the same listing by zen, sbl and xbl is one finding, under the name of the whole', () => {
    const sightings = [
      seen('x', 'zen.test', listed),
      seen('x', 'sbl.test', listed, 'zen.test'),
      seen('x', 'xbl.test', listed, 'zen.test'),
    ];
    expect(kinds(compareSweep(sightings, () => history('C'), NOW))).toBe('appeared zen.test: x');
  });

  it('a list that takes a whole network at once is one piece of news, with the worst that it says', () => {
    const all = ['x', 'y', 'z'].map((subject) => seen(subject, 'a.test', listed));
    const difference = compareSweep(all, () => history('C'), NOW);
    expect(difference.appeared).toEqual([
      { list: 'a.test', weight: 'high', nature: 'abuse', subjects: ['x', 'y', 'z'] },
    ]);
    expect(difference.isBaseline).toBe(false);
  });

  it('knows the first sweep of all', () => {
    expect(compareSweep([seen('x', 'a.test', listed)], () => [], NOW).isBaseline).toBe(true);
  });
});

describe('the moment to ask for removal', () => {
  it.each([
    ['abuse, and nobody has seen the leak stop', ['abuse'], { kind: 'unknown' }, 'not-yet'],
    ['abuse, and an incident goes on', ['abuse', 'policy'], { kind: 'not-shown', incident: 3 }, 'not-yet'],
    ['abuse, and the leak was seen to have stopped', ['abuse'], { kind: 'stopped', at: NOW, incident: 3 }, 'now'],
    ['a policy', ['policy'], { kind: 'unknown' }, 'now'],
    ['information', ['informational'], { kind: 'unknown' }, 'not-needed'],
  ] as const)('%s: %s', (_what, natures, leak, moment) => {
    expect(removalAdvice(natures, leak).moment).toBe(moment);
  });
});
