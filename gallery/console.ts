/** Messages as the console shows them, on a desk and on a phone, in light and in dark. */
import { join } from 'node:path';
import { entryHtml, staticFile } from '../adapters/chat/web/pages.ts';
import { foreign } from '../src/domain/foreign.ts';
import { message } from '../src/messages/message.ts';
import type { Message } from '../src/messages/message.ts';
import { sayWelcome } from '../src/messages/welcome.ts';
import { everyKind, worstCase } from '../test/support/every-kind.ts';
import { photograph } from './browser.ts';

const WIDTHS = { desk: 900, phone: 400 } as const;

const WELCOME = { operations: 'http://127.0.0.1:3979', console: 'http://127.0.0.1:3980/console' };

const PICTURES: Readonly<Record<string, Message>> = {
  kinds: everyKind(foreign('mx1.example.com')),
  hostile: everyKind(foreign('<b>x</b> \u202Ecod.exe <script>alert(1)</script>')),
  drill: { ...sayWelcome(false, WELCOME), drill: true },
  worst: { ...worstCase(), blocks: worstCase().blocks.slice(0, 6) },
  refused: message('warning', 'freeze needs the role responder; yours is viewer. An admin can give it to you.'),
};

export async function hang(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [name, said] of Object.entries(PICTURES))
    for (const [place, width] of Object.entries(WIDTHS))
      for (const theme of ['light', 'dark'] as const) {
        const file = join(folder, `console-${name}-${place}-${theme}.png`);
        photograph(page(said, theme), file, width);
        files.push(file);
      }
  return files;
}

/** The style sheet follows the reader's choice; here the picture's. */
function page(said: Message, theme: 'light' | 'dark'): string {
  const css = staticFile('/console/console.css')?.text ?? '';
  const chosen = theme === 'dark' ? css.replace('(prefers-color-scheme: dark)', 'all') : css;
  const entry = { number: 1, at: 0, body: { kind: 'message', key: 'k', message: said } } as const;
  const html = entryHtml({ kind: 'entry', entry, room: 'main' }).replaceAll('<details>', '<details open>');
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${chosen}</style>
<main>${html}</main>
<script>document.documentElement.dataset.height = String(Math.ceil(document.querySelector('main').getBoundingClientRect().bottom + 12));</script>`;
}
