import { describe, expect, it } from 'vitest';
import { refuseIfOver, refuseIfPlayedElsewhere } from '../../../src/compose/drill/elsewhere.ts';
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
    expect(await refuseIfPlayedElsewhere(marksOf(undefined), here, async () => true)).toBeUndefined();
  });

  it('is refused for as long as that process lives', async () => {
    const marks = marksOf('other');
    for (let time = 0; time < 2; time += 1)
      expect(await refuseIfPlayedElsewhere(marks, here, async () => true)).toMatchObject({ status: 'refused' });
  });

  it('is refused once and told that it is over where that process is gone, and real from then on', async () => {
    const marks = marksOf('dead');
    const refused = await refuseIfPlayedElsewhere(marks, here, async () => false);
    expect(plain(refused?.message.summary ?? [])).toMatch(/nothing was done. What you say from now on is real/);
    expect(await refuseIfPlayedElsewhere(marks, here, async () => false)).toBeUndefined();
  });

  it('never becomes real on a card of a drill that is over, or in the thread beneath it', () => {
    expect(refuseIfOver({ ...here, beneath: keyInDrill('slack/C1', 'incident-1') })).toMatchObject({
      status: 'refused',
    });
    expect(refuseIfOver({ ...here, beneath: 'incident-1' })).toBeUndefined();
    expect(refuseIfOver(here)).toBeUndefined();
  });
});
