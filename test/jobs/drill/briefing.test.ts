import { expect, it } from 'vitest';
import { sayDrillBegins } from '../../../src/messages/drill.ts';
import type { PlayedDrill } from '../../../src/ports/drills.ts';

const DRILL: PlayedDrill = {
  scenario: { name: 'stolen-login', title: 'Somebody sends through a stolen login', expert: [] },
  seed: 7,
  speed: 20,
  hint: () => Promise.reject(new Error('nobody asks')),
  join: () => {},
};

it('a morning that nobody chose is not given away by its name; one that was chosen is named with its seed', () => {
  expect(JSON.stringify(sayDrillBegins(DRILL, false))).not.toMatch(/stolen|login/);
  expect(JSON.stringify(sayDrillBegins(DRILL, false))).toContain('Seed 7');
  expect(JSON.stringify(sayDrillBegins(DRILL, true))).toContain('stolen-login');
});
