import { expect, it } from 'vitest';
import { nearestWord } from '../../src/domain/nearest.ts';

it('the nearest word is the one mistyped by a letter or two, or the only one that begins so before its hyphen', () => {
  const words = ['disable-account', 'clean-queue', 'check', 'freeze', 'plug-in', 'plug-out'];
  expect(nearestWord('freze', words)).toBe('freeze');
  expect(nearestWord('disable', words)).toBe('disable-account');
  expect(nearestWord('Clean', words)).toBe('clean-queue');
  expect(nearestWord('plug', words)).toBeUndefined();
  expect(nearestWord('weather', words)).toBeUndefined();
});
