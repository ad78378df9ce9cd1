/**
 * Messages as Slack's blocks are shown by the npm package slack-blocks-to-jsx, in light and dark.
 *
 * What it doesn't know is put right for the picture alone: `verbatim` (it takes it for "no markup"); `data_table`, which
 * is drawn as a `table` of its first page; `:00:`, which it takes for an emoji; and signs that need a font.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NATIVE } from '../adapters/chat/slack/render/block.ts';
import { renderSlack } from '../adapters/chat/slack/render/render.ts';
import { registry } from '../src/commands/registry.ts';
import { readBounce } from '../src/domain/bounces/bounce.ts';
import { foreign } from '../src/domain/foreign.ts';
import { sayBounce } from '../src/messages/bounce.ts';
import { sayHelpInChat, sayHelpOf, sayMisheard } from '../src/messages/help.ts';
import { message, text } from '../src/messages/message.ts';
import type { Block, Message } from '../src/messages/message.ts';
import { everyKind, kindsWith, worstCase } from '../test/support/every-kind.ts';
import { photograph } from './browser.ts';
import { playMorning } from './morning.ts';

/** How wide a picture is, in pixels, and in which colours. */
const VIEWS = [
  { name: 'light', theme: 'light', width: 720 },
  { name: 'dark', theme: 'dark', width: 720 },
  { name: 'phone', theme: 'light', width: 390 },
] as const;
const HOST = foreign('mx1.example.test');

/** What hangs on the wall: a name, and the messages of one picture. */
async function pictures(): Promise<Readonly<Record<string, readonly Shown[]>>> {
  const of = (said: Message): Shown => ({ said, classic: false });
  const morning = await playMorning();
  const moment = (line: string) => {
    const found = morning.find((each) => each.line.startsWith(line));
    if (!found) throw new Error(`Nobody said ${line} that morning.`);
    return found;
  };
  const headlineAfter = (line: string): readonly Shown[] => {
    const { headline } = moment(line);
    return headline ? [of(headline)] : [];
  };
  const kinds = kindsWith(HOST);
  const part = (...wanted: readonly Block['kind'][]): Message =>
    message('critical', 'mx1 is listed; 4,210 messages wait', ...wanted.map((kind) => kinds[kind]));
  const spec = registry.find((each) => each.name === 'check');
  return {
    triage: [of(moment('triage').answer)],
    proposal: [of(moment('do freeze-outbound').answer)],
    headline: headlineAfter('do block-port-25'),
    closed: headlineAfter('close'),
    hunt: [of(moment('do hunt').answer)],
    check: [of(moment('do off-lists').answer)],
    incident: [of(part('progress', 'evidence', 'series', 'measure', 'notice'))],
    decision: [of(part('approval'))],
    figures: [of(part('heading', 'facts', 'table', 'text', 'actions'))],
    help: [of(sayHelpInChat(registry.filter((each) => !each.shellOnly))), ...(spec ? [of(sayHelpOf(spec))] : [])],
    misheard: [of(sayMisheard('there is no command "chekc"', 'did you mean check?', 'check'))],
    bounce: [
      of(sayBounce(readBounce('550 5.7.1 client [185.12.45.7] blocked using zen.spamhaus.org to bob@partner.example'))),
    ],
    drill: [of({ ...part('notice', 'actions'), drill: true })],
    hostile: [
      of(message('warning', 'Hostile text stays text', ...HOSTILE.map((bad) => text(['it says: ', foreign(bad)])))),
    ],
    classic: [{ said: everyKind(HOST), classic: true }],
    worst: [of(worstCase())],
  };
}

interface Shown {
  readonly said: Message;
  readonly classic: boolean;
}

const HOSTILE = [
  '<!channel> wake up',
  '<https://evil.test|your bank>',
  '*bold* _it_ `code` ```block```',
  '‮gnp.exe',
  '<@U0ANNA> said so',
];

export async function hang(folder: string, only?: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [name, shown] of Object.entries(await pictures())) {
    if (only !== undefined && only !== name) continue;
    for (const { name: view, theme, width } of VIEWS) {
      const file = join(folder, `slack-${name}-${view}.png`);
      const document = photograph(page(shown, theme), file, width);
      // Bare addresses are linked by this renderer once `verbatim` is taken away; Slack itself leaves them alone.
      if (/>your bank<\/a>|@channel/i.test(document)) throw new Error(`${name}: a text became a link or a mention`);
      files.push(file);
    }
  }
  return files;
}

interface React {
  createElement(type: unknown, properties: object): unknown;
}

function page(shown: readonly Shown[], theme: 'light' | 'dark'): string {
  const require = createRequire(import.meta.url);
  const react = require('react') as React;
  const server = require('react-dom/server') as { renderToStaticMarkup(element: unknown): string };
  const drawn = require('slack-blocks-to-jsx') as { Message: unknown };
  const css = readFileSync(require.resolve('slack-blocks-to-jsx/dist/style.css'), 'utf8');
  const html = shown.map(({ said, classic }) => {
    const { blocks } = renderSlack(said, 'gallery', { refused: new Set(classic ? NATIVE : []) });
    const element = react.createElement(drawn.Message, {
      blocks: blocks.map(drawable),
      name: 'Tourniquet',
      logo: LOGO,
      time: new Date(Date.UTC(2026, 10, 24, 7, 31)),
      theme,
    });
    return withSigns(server.renderToStaticMarkup(element));
  });
  const colours = theme === 'dark' ? 'background:#1a1d21;color:#d1d2d3' : 'background:#fff;color:#1d1c1d';
  return `<!doctype html><meta charset="utf-8"><style>${css} body{margin:0;${colours};font-family:Lato,sans-serif;font-size:15px} main{padding:12px;display:block} main *{min-width:0} main table{display:block;overflow-x:auto}</style>
<main data-theme="${theme}">${html.join('\n')}</main>
<script>document.documentElement.dataset.height = String(Math.ceil(document.querySelector('main').getBoundingClientRect().bottom));</script>`;
}

/** Machines without a font of emoji draw boxes; Slack draws its own. */
function withSigns(html: string): string {
  const colours = { '🟢': '#2bac76', '🟡': '#ecb22e', '🔴': '#e01e5a', '🔵': '#36a3f7', '⚪': '#b5b5b8' };
  return Object.entries(colours).reduce(
    (done, [sign, colour]) =>
      done.replaceAll(
        sign,
        `<span style="display:inline-block;width:13px;height:13px;border-radius:50%;vertical-align:-1px;background:${colour}"></span>`,
      ),
    html,
  );
}

const LOGO = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="6" fill="#7a1f1f"/><path d="M8 14h20v8H8z" fill="#fff"/><path d="M16 8h4v20h-4z" fill="#e8b4b4"/></svg>')}`;

function drawable(block: unknown): unknown {
  if (Array.isArray(block)) return block.map(drawable);
  if (typeof block !== 'object' || block === null) return block;
  const fields = Object.fromEntries(
    Object.entries(block).flatMap(([name, value]: [string, unknown]) =>
      name === 'verbatim' ? [] : [[name, drawable(value)]],
    ),
  );
  if (fields['type'] === 'mrkdwn')
    return { ...fields, text: String(fields['text']).replace(/(?<=[0-9a-f]{2}):(?=[0-9a-f]{2})/gi, '∶') };
  if (fields['type'] === 'raw_number' || fields['type'] === 'raw_text')
    return { type: 'raw_text', text: String(fields['text']).replaceAll(':', '∶') };
  if (fields['type'] !== 'data_table') return fields;
  const rows: readonly unknown[] = Array.isArray(fields['rows']) ? fields['rows'] : [];
  return { type: 'table', rows: rows.slice(0, 1 + Number(fields['page_size'])), column_settings: [] };
}
