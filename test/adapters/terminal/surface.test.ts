import { beforeEach, describe, expect, it } from 'vitest';
import { openTerminalSurface } from '../../../adapters/chat/terminal/surface.ts';
import type { TerminalSurface } from '../../../adapters/chat/terminal/surface.ts';
import { message } from '../../../src/messages/message.ts';

const HERE = { surface: 'terminal', id: 'here' } as const;

describe('the terminal', () => {
  let written: string[];
  let surface: TerminalSurface;
  beforeEach(() => {
    written = [];
    const screen = { write: (text: string) => void written.push(text), columns: () => undefined, colour: false };
    surface = openTerminalSurface(
      screen,
      () => {},
      () => {},
    );
  });
  const say = (key: string, words: string, more: { loud?: true; final?: true } = {}): Promise<string | undefined> =>
    surface.deliver({ conversation: HERE, key, message: message('warning', words), ...more }, undefined);

  it('says once what a headline and its loud twin both say, also where something stands between', async () => {
    await say('headline', 'Measure 1: in force');
    await say('other', 'Incident 1: next');
    await say('twin', 'Measure 1: in force', { loud: true });
    expect(written).toEqual(['▲ Measure 1: in force\n', '▲ Incident 1: next\n']);
  });

  it('says it again after the person has typed something, and an answer always', async () => {
    await say('headline', 'Measure 1: in force');
    surface.scrolled();
    await say('twin', 'Measure 1: in force', { loud: true });
    await say('answer', 'Measure 1: in force', { final: true });
    expect(written).toHaveLength(3);
  });
});
