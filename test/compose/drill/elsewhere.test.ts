import { describe, expect, it } from 'vitest';
import {
  isPlayedElsewhere,
  playedElsewhere,
  refuseHandedOn,
  refuseIfOver,
} from '../../../src/compose/drill/elsewhere.ts';
import { keyInDrill } from '../../../src/domain/drill/place.ts';
import { plain } from '../../../src/domain/foreign.ts';

const here = { surface: 'slack', id: 'C1' } as const;

function marksOf(owner: string | undefined) {
  const marks = {
    owner,
    set: async () => {},
    clear: async () => void (marks.owner = undefined),
    elsewhere: async () => marks.owner,
  };
  return marks;
}

describe('what is said where another process plays a drill', () => {
  it('is let through where no drill is played', async () => {
    expect(await playedElsewhere(marksOf(undefined), here, async () => true)).toEqual({ kind: 'nowhere' });
  });

  it('is handed on for as long as that process lives', async () => {
    const marks = marksOf('other');
    for (let time = 0; time < 2; time += 1)
      expect(await playedElsewhere(marks, here, async () => true)).toEqual({ kind: 'played', owner: 'other' });
  });

  it('is marked as a drill’s also where it is not understood, and nobody waits for a Redis that is away to tell', async () => {
    expect(await isPlayedElsewhere(marksOf('other'), here)).toBe(true);
    expect(await isPlayedElsewhere(marksOf(undefined), here)).toBe(false);
    expect(await isPlayedElsewhere({ elsewhere: () => Promise.reject(new Error('away')) }, here)).toBe(false);
    expect(await isPlayedElsewhere({ elsewhere: () => new Promise(() => {}) }, here)).toBe(false);
  });

  it('is refused where it was handed on to a drill that ended meanwhile', () => {
    expect(refuseHandedOn()).toMatchObject({ status: 'refused' });
  });

  it('is refused once and told that it is over where that process is gone, and real from then on', async () => {
    const marks = marksOf('dead');
    const found = await playedElsewhere(marks, here, async () => false);
    const words = found.kind === 'over' ? plain(found.answer.message.summary) : '';
    expect(words).toMatch(/nothing was done. What you say from now on is real/);
    expect(await playedElsewhere(marks, here, async () => false)).toEqual({ kind: 'nowhere' });
  });

  it('never becomes real on a card of a drill that is over, or in the thread beneath it', () => {
    expect(refuseIfOver({ ...here, beneath: keyInDrill('slack/C1', 'incident-1') })).toMatchObject({
      status: 'refused',
    });
    expect(refuseIfOver({ ...here, beneath: 'incident-1' })).toBeUndefined();
    expect(refuseIfOver(here)).toBeUndefined();
  });
});
