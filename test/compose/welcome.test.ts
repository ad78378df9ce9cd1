import { expect, it } from 'vitest';
import { renderText } from '../../adapters/chat/terminal/render.ts';
import { sayWelcome } from '../../src/messages/welcome.ts';

it('the greeting is three lines, of which the third says where to begin with nothing configured', () => {
  const at = { operations: 'http://127.0.0.1:3979', console: undefined };
  const shown = (configured: boolean): string =>
    renderText(sayWelcome(configured, at), { colour: false, width: 100, unfolded: false }).text;
  const lines = shown(false).split('\n');
  expect(lines[2]).toBe('Nothing is configured yet: say drill start, check YOUR.ADDRESS, or help.');
  expect(lines[3]).toMatch(/^Operations: /);
  expect(shown(true)).not.toContain('Nothing is configured');
});
