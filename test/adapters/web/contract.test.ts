import { describe } from 'vitest';
import { openRooms } from '../../../adapters/chat/web/rooms.ts';
import { entryHtml } from '../../../adapters/chat/web/pages.ts';
import { keepsTheChatContract } from '../../contracts/chat-surface.ts';
import type { ChatStage, Delivered } from '../../contracts/chat-surface.ts';
import { join } from 'node:path';
import { openWebStage } from './stage.ts';

async function openStage(): Promise<ChatStage> {
  const stage = await openWebStage();
  const cookie = await stage.enter('anna');
  // By the id that the page made: an answer that comes again takes its own place.
  const answers = new Map<string, string>();
  let count = 0;
  const handIn = async (said: object): Promise<Delivered> => {
    const id = `event-id-${(count += 1)}`;
    const body = JSON.stringify({ id, room: 'main', ...said });
    const send = async (): Promise<void> => {
      const response = await stage.post('/console/say', body, { cookie });
      const { refused }: { refused?: string } = JSON.parse(await response.text());
      if (refused !== undefined) answers.set(id, refused);
    };
    await send();
    return { again: send };
  };
  // What a page shows is what the room keeps: read anew from the disk, as after a restart.
  const entries = () => openRooms(join(stage.folder, 'console')).entries('main');
  return {
    surface: stage.console.surface,
    heard: stage.heard,
    answerWith: stage.answerWith,
    shown: () => [
      ...entries().map((entry) => ({ where: 'main', raw: bare(entryHtml({ kind: 'entry', entry, room: 'main' })) })),
      ...[...answers.values()].map((raw) => ({ where: 'to anna', raw: bare(raw) })),
    ],
    conversation: () => stage.console.conversation('main'),
    say: (words) => handIn({ text: words }),
    press: (label) => {
      const shown = entries()
        .map((entry) => entryHtml({ kind: 'entry', entry, room: 'main' }))
        .findLast((html) => html.includes(`>${label}</button>`));
      const button = new RegExp(`<button [^>]*data-command="([^"]*)"(?: data-nonce="([^"]*)")?[^>]*>${label}<`).exec(
        shown ?? '',
      );
      if (!button) throw new Error(`no message has a button ${label}`);
      const key = /data-key="([^"]*)"/.exec(shown ?? '')?.[1];
      return handIn({ command: button[1], nonce: button[2], key, label });
    },
    echo: async (words) => {
      await stage.post('/console/say', JSON.stringify({ id: 'event-id-echo', room: 'main', text: words }));
    },
    close: stage.close,
  };
}

/** The markup of ours left out: what remains must hold no tag. */
function bare(html: string): string {
  return html.replaceAll(
    /<\/?(?:article|section|details|summary|h[23]|p|b|small|span|time|dl|dt|dd|div|table|caption|thead|tbody|tr|th|td|ol|ul|li|pre|button|a)(?: (?:class|type|href|download|data-[a-z]+)(?:="[^"<>]*")?)*>/g,
    ' ',
  );
}

describe('the console as a chat', () => {
  keepsTheChatContract(openStage, { hears: true, markup: [/</, />/] });
});
