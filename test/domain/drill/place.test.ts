import { expect, it } from 'vitest';
import { keyInDrill, keyItself, placeOf, placesOf, readDrillKey } from '../../../src/domain/drill/place.ts';

const HERE = { surface: 'slack', id: 'C1/1790000001.000001' } as const;

it('a key says which drill it was said in, and what the drill itself calls it', () => {
  const key = keyInDrill(placeOf(HERE), 'incident-1');
  expect(readDrillKey(key)).toEqual({ place: 'slack/C1/1790000001.000001', key: 'incident-1' });
  expect(keyItself(key)).toBe('incident-1');
});

it.each(['incident-1', '', 'drill', 'drill-approve-1', undefined])('%j is said in no drill', (key) => {
  expect(readDrillKey(key)).toBeUndefined();
});

it('a thread beneath what was said in a drill belongs to it, after itself', () => {
  const beneath = keyInDrill('slack/C1', 'incident-1');
  expect(placesOf({ ...HERE, beneath })).toEqual(['slack/C1/1790000001.000001', 'slack/C1']);
  expect(placesOf({ ...HERE, beneath: 'incident-1' })).toEqual(['slack/C1/1790000001.000001']);
});
