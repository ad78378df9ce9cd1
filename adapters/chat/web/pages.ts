/** The console's pages and files. What they look like is in page/console.css, what they do in page/console.js. */
import { readFileSync } from 'node:fs';
import { foreign } from '../../../src/domain/foreign.ts';
import type { Message } from '../../../src/messages/message.ts';
import { escape, messageHtml } from './html.ts';
import type { Entry } from './rooms.ts';

const FILES: Readonly<Record<string, string>> = {
  '/console/console.css': 'text/css',
  '/console/console.js': 'text/javascript',
};

export function staticFile(path: string): { readonly type: string; readonly text: string } | undefined {
  const type = FILES[path];
  if (type === undefined) return undefined;
  return { type, text: readFileSync(new URL(`page${path.slice('/console'.length)}`, import.meta.url), 'utf8') };
}

export function roomHtml(room: string, who: string, commands: readonly string[]): string {
  return page(
    `Tourniquet: ${room}`,
    `<header><h1>Tourniquet</h1><p id="line" role="status">connecting …</p>
<form method="post" action="/console/leave"><span>${escape(shownName(who))}</span> <button>Leave</button></form></header>
<details id="board"><summary>What is in force and open</summary><div></div></details>
<main id="room" data-room="${escape(room)}" aria-live="polite"></main>
<form id="say"><label for="words" class="unseen">Say</label>
<input id="words" name="words" list="commands" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="4000" placeholder="help, status, triage, check …">
<datalist id="commands">${commands.map((name) => `<option value="${escape(name)}">`).join('')}</datalist>
<button class="primary">Say</button></form>
<dialog id="confirm"><p></p><form method="dialog"><button value="no">No</button> <button value="yes" class="danger">Yes</button></form></dialog>
<noscript><p class="notice warning">This page needs its script (console.js). The chat in the terminal does the same: tq chat.</p></noscript>
<script src="/console/console.js" type="module"></script>`,
  );
}

/** Seen by whoever has no session. */
export function doorHtml(why = ''): string {
  return page(
    'Tourniquet',
    `<main class="door"><h1>Tourniquet</h1>${why === '' ? '' : `<p class="notice warning">${escape(why)}</p>`}
<p>You enter with a link of your own. On the machine where Tourniquet runs, say</p>
<pre>tq console</pre><p>or, for somebody of tourniquet.yaml, <code>tq console NAME</code>.</p></main>`,
  );
}

export function enterHtml(who: string, pass: string): string {
  return page(
    'Tourniquet',
    `<main class="door"><h1>Tourniquet</h1><form method="post" action="/console/enter">
<input type="hidden" name="pass" value="${escape(pass)}"><button class="primary">Enter as ${escape(shownName(who))}</button></form></main>`,
  );
}

export function boardHtml(board: Message): string {
  return messageHtml(board);
}

/** An entry of a room, or an answer that only one person sees. */
export function entryHtml(
  shown:
    | { readonly kind: 'entry'; readonly entry: Entry; readonly room: string }
    | { readonly kind: 'private'; readonly message: Message },
): string {
  if (shown.kind === 'private') return `<article class="private">${messageHtml(shown.message)}</article>`;
  const { entry, room } = shown;
  const { body, number } = entry;
  const time = `<time>${new Date(entry.at).toISOString().slice(11, 16)} UTC</time>`;
  if (body.kind === 'person')
    return `<article class="person" data-number="${number}">${time}<b>${escape(shownName(body.who))}</b> ${escape(foreign(body.words, 4000).foreign)}</article>`;
  const file = body.file
    ? `<p><a href="/console/file?room=${room}&amp;number=${number}" download>${escape(body.file.name)}</a></p>`
    : '';
  return `<article class="${body.message.tone}" data-number="${number}" data-key="${escape(body.key)}">${time}${messageHtml(body.message)}${file}</article>`;
}

/** `terminal:anna` is anna of this machine. */
function shownName(who: string): string {
  return foreign(who.replace(/^terminal:/, ''), 60).foreign;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/console/console.css"></head><body>${body}</body></html>
`;
}
