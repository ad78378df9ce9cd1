/** What answers still offer, for as long as the drill lasts. */
import type { Offer, Offers } from '../../src/ports/offers.ts';

export function makeOffers(): Offers {
  const kept = new Map<string, readonly [incident: number, offer: Offer]>();
  const slot = (incident: number, { conversation, key }: Offer): string =>
    `${incident} ${conversation.surface} ${conversation.id} ${key}`;
  return {
    keep: async (incident, offer) => void kept.set(slot(incident, offer), [incident, offer]),
    of: async (incident) => [...kept.values()].flatMap(([number, offer]) => (number === incident ? [offer] : [])),
    drop: async (incident, offer) => void kept.delete(slot(incident, offer)),
  };
}
