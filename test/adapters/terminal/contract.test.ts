import { describe } from 'vitest';
import { openTerminalSurface } from '../../../adapters/chat/terminal/surface.ts';
import { keepsTheChatContract } from '../../contracts/chat-surface.ts';
import type { ChatStage } from '../../contracts/chat-surface.ts';

/** A screen as a person sees it: what is written is kept, what is moved over is gone. */
async function openStage(): Promise<ChatStage> {
  const lines: string[] = [];
  const surface = openTerminalSurface(
    {
      write: (text) => {
        const up = /^.\[(\d+)A.\[0J/s.exec(text);
        if (up) lines.splice(lines.length - Number(up[1]));
        else lines.push(...text.split('\n').slice(0, -1));
      },
      columns: () => 100,
      colour: false,
    },
    () => {},
    () => {},
  );
  return {
    surface,
    heard: [],
    answerWith: () => {},
    shown: () => [{ where: 'screen', raw: lines.join('\n') }],
    conversation: () => ({ surface: 'terminal', id: 'here' }),
    close: async () => {},
  };
}

describe('the terminal as a chat', () => {
  keepsTheChatContract(openStage, { hears: false, markup: [] });
});
