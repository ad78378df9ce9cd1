/** What every store of offers keeps to. */
import { expect, it } from 'vitest';
import { message } from '../../src/messages/message.ts';
import type { Offer, Offers } from '../../src/ports/offers.ts';

export function keepsOffers(open: () => Offers): void {
  const offer = (key: string, words: string, id = 'room'): Offer => ({
    conversation: { surface: 'teams', id, reference: 'r' },
    key,
    message: message('good', words),
  });

  it('gives back what was kept of an incident: the newest under each key, in each conversation', async () => {
    const offers = open();
    await offers.keep(1, offer('a', 'first'));
    await offers.keep(1, offer('a', 'second'));
    await offers.keep(1, offer('a', 'elsewhere', 'other'));
    await offers.keep(2, offer('a', 'of another incident'));
    const kept = await offers.of(1);
    expect(kept).toHaveLength(2);
    expect(kept).toEqual(expect.arrayContaining([offer('a', 'second'), offer('a', 'elsewhere', 'other')]));
  });

  it('forgets what is dropped, and nothing else', async () => {
    const offers = open();
    await offers.keep(3, offer('a', 'one'));
    await offers.keep(3, offer('b', 'two'));
    await offers.drop(3, offer('a', 'one'));
    expect(await offers.of(3)).toEqual([offer('b', 'two')]);
  });
}
