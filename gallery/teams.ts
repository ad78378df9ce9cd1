/** Cards as Microsoft's own renderer shows them, in light and in dark, with the colours of Teams. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { renderCard } from '../adapters/chat/teams/render.ts';
import { registry } from '../src/commands/registry.ts';
import { foreign } from '../src/domain/foreign.ts';
import { sayHelpInChat } from '../src/messages/help.ts';
import { message, text } from '../src/messages/message.ts';
import type { Block, Message } from '../src/messages/message.ts';
import { sayHello } from '../src/messages/welcome.ts';
import { EVERY_KIND, HOSTILE, worstBlocks } from '../test/support/teams/specimens.ts';
import { photograph } from './browser.ts';
import { playMorning } from './morning.ts';
import { COLOURS } from './teams-colours.ts';

/** How wide a picture is, in pixels, and in which colours. */
const VIEWS = [
  { name: 'light', theme: 'light', width: 640 },
  { name: 'dark', theme: 'dark', width: 640 },
  { name: 'phone', theme: 'light', width: 390 },
] as const;

/** What hangs on the wall: a name, and the cards of one picture. */
async function pictures(): Promise<Readonly<Record<string, readonly object[]>>> {
  const of = (said: Message, more: object = {}): object => renderCard(said, { key: 'k', ...more });
  const part = (...kinds: readonly Block['kind'][]): Message => ({
    ...EVERY_KIND,
    blocks: EVERY_KIND.blocks.filter((block) => kinds.includes(block.kind)),
  });
  const morning = await playMorning();
  const moment = (line: string) => {
    const found = morning.find((each) => each.line.startsWith(line));
    if (!found) throw new Error(`Nobody said ${line} that morning.`);
    return found;
  };
  const headlineAfter = (line: string): readonly object[] => {
    const { headline } = moment(line);
    return headline ? [of(headline)] : [];
  };
  return {
    triage: [of(moment('triage').answer)],
    proposal: [of(moment('do freeze-outbound').answer)],
    headline: headlineAfter('do block-port-25'),
    closed: headlineAfter('close'),
    hunt: [of(moment('do hunt').answer)],
    check: [of(moment('do off-lists').answer)],
    incident: [of(part('heading', 'text', 'progress', 'evidence', 'series', 'measure', 'notice'))],
    decision: [of(part('approval', 'actions'))],
    figures: [of(part('facts', 'table'))],
    working: [of(part('progress', 'measure'), { buttonless: true, footer: ['… working: Do it'] })],
    hello: [of(sayHello()), of({ ...sayHello(), drill: true })],
    help: [of(sayHelpInChat(registry.filter((spec) => !spec.shellOnly)))],
    mention: [
      of(message('critical', 'mx1 is listed by Spamhaus', text('Nobody has taken it for 10 minutes.')), {
        mentions: [{ id: 'x', name: 'Ana' }],
      }),
    ],
    hostile: [
      of(message('warning', 'Hostile text stays text', ...HOSTILE.map((bad) => text(['it says: ', foreign(bad)])))),
      of(
        message('warning', 'In facts and tables as well', {
          kind: 'facts',
          facts: HOSTILE.slice(0, 8).map((bad, index) => ({ name: `fact ${index}`, value: [foreign(bad)] })),
        }),
      ),
    ],
    ...Object.fromEntries(
      worstBlocks().map((block) => [`worst-${block.kind}`, [of(message('critical', 'worst', block))]]),
    ),
  };
}

export async function hang(folder: string, only?: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [name, cards] of Object.entries(await pictures())) {
    if (only !== undefined && only !== name) continue;
    for (const { name: view, theme, width } of VIEWS) {
      const file = join(folder, `teams-${name}-${view}.png`);
      const document = photograph(page(cards, theme), file, width);
      const shown = document.slice(document.indexOf('<main'));
      if (/<(?:a|img|iframe)[\s>]|javascript:/i.test(shown))
        throw new Error(`${name}: a text became a link or a picture`);
      if (/data-error="([^"]+)"/.test(shown)) throw new Error(`${name}: the renderer refused the card`);
      files.push(file);
    }
  }
  return files;
}

function page(cards: readonly object[], theme: 'light' | 'dark'): string {
  const colours = COLOURS[theme];
  const require = createRequire(import.meta.url);
  const script = readFileSync(
    join(dirname(require.resolve('adaptivecards/package.json')), 'dist', 'adaptivecards.min.js'),
    'utf8',
  );
  const inline = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
  return `<!doctype html><meta charset="utf-8"><style>${colours.css}</style><main></main>
<script>${script.replaceAll('</script', String.raw`<\/script`)}</script>
<script>
const main = document.querySelector('main');
for (const payload of ${inline(cards)}) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(${inline(colours.host)});
  const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
  card.parse(payload, context);
  if (context.eventCount > 0) main.dataset.error = context.getEventAt(0).message;
  const frame = document.createElement('div');
  frame.className = 'frame';
  frame.append(card.render());
  // Teams shows a mention as the name, coloured; the renderer doesn't know what one is.
  for (const { text, mentioned } of payload.msteams.entities ?? []) {
    for (const each of frame.querySelectorAll('.ac-textBlock p, .ac-textBlock'))
      if (each.textContent === text) each.innerHTML = '<b class="mention"></b>', each.firstChild.textContent = mentioned.name;
  }
  main.append(frame);
}
document.documentElement.dataset.height = String(Math.ceil(main.getBoundingClientRect().bottom));
</script>`;
}
