import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../adapters/chat/slack/limits.ts';
import { NATIVE } from '../../../adapters/chat/slack/render/block.ts';
import type { NativeType } from '../../../adapters/chat/slack/render/block.ts';
import { readValue } from '../../../adapters/chat/slack/render/buttons.ts';
import { renderSlack } from '../../../adapters/chat/slack/render/render.ts';
import { literal, mrkdwn } from '../../../adapters/chat/slack/render/text.ts';
import { registry } from '../../../src/commands/registry.ts';
import { foreign, plain as bare, say } from '../../../src/domain/foreign.ts';
import { sayHelpInChat } from '../../../src/messages/help.ts';
import { actions, message, notice } from '../../../src/messages/message.ts';
import type { Block, Message, Progress } from '../../../src/messages/message.ts';
import { everyKind, kindsWith, worstCase } from '../../support/every-kind.ts';
import { faultsOfBlocks } from '../../support/slack/blocks.ts';

const ALL: ReadonlySet<NativeType> = new Set(NATIVE);
const HOST = foreign('mx1.example.test');

describe('what Slack is shown', () => {
  const kinds = Object.entries(kindsWith(HOST)) as [Block['kind'], Block][];

  it.each(kinds)('%s, natively', async (kind, block) => {
    const shown = renderSlack(message('warning', 'A summary', block), 'key-1');
    expect(faultsOfBlocks(shown.blocks, 'message')).toEqual([]);
    await expect(JSON.stringify(shown, null, 2)).toMatchFileSnapshot(`golden/${kind}.native.txt`);
  });

  it.each(kinds)('%s, in classic blocks', async (kind, block) => {
    const shown = renderSlack(message('warning', 'A summary', block), 'key-1', { refused: ALL });
    expect(faultsOfBlocks(shown.blocks, 'message', ALL)).toEqual([]);
    await expect(JSON.stringify(shown, null, 2)).toMatchFileSnapshot(`golden/${kind}.classic.txt`);
  });

  it.each([
    ['native', new Set<NativeType>()],
    ['classic', ALL],
    ['without alerts', new Set<NativeType>(['alert'])],
  ])('keeps every limit at the worst, %s, and what decides is kept', async (form, refused) => {
    const shown = renderSlack(worstCase(), 'key-1', { refused });
    expect(faultsOfBlocks(shown.blocks, 'message', refused)).toEqual([]);
    expect(shown.blocks.length).toBeGreaterThan(LIMITS.blocksOfMessage - 5);
    expect(JSON.stringify(shown.blocks)).toContain('approve A7');
    expect(JSON.stringify(shown.blocks)).toMatch(/… \d+ more parts/);
    expect(shown.text.length).toBeLessThanOrEqual(LIMITS.messageText);
    const outline = shown.blocks.map((block) => {
      const json = JSON.stringify(block);
      return `${json.length} ${json.slice(0, 120)}`;
    });
    await expect(`${outline.join('\n')}\n`).toMatchFileSnapshot(`golden/worst.${form.replace(' ', '-')}.txt`);
  });

  describe.each(kinds.map(([kind]) => kind))('%s at its worst', (kind) => {
    const block = worstCase().blocks.find((each) => each.kind === kind);

    it.each([
      ['native', new Set<NativeType>()],
      ['classic', ALL],
    ])('is cut within the limits, visibly, %s', async (form, refused) => {
      if (!block) throw new Error(`the worst case has no ${kind}`);
      const shown = renderSlack(message('critical', 'A summary', block), 'key-1', { refused });
      expect(faultsOfBlocks(shown.blocks, 'message', refused)).toEqual([]);
      expect(shown.text.length).toBeLessThanOrEqual(LIMITS.messageText);
      expect(JSON.stringify(shown)).toContain('…');
      await expect(`${outlineOf(shown)}\n`).toMatchFileSnapshot(`golden/worst-${kind}.${form}.txt`);
    });
  });

  it('marks a drill', () => {
    const shown = renderSlack({ ...everyKind(HOST), drill: true }, 'k');
    expect(shown.text).toMatch(/^DRILL /);
    expect(JSON.stringify(shown.blocks[0])).toContain('*DRILL*');
  });

  it('always says the same in words', () => {
    const { text } = renderSlack(everyKind(HOST), 'k');
    for (const words of [
      '4210 messages wait',
      'Freeze outbound mail',
      'null sender | 3900',
      'firewall counters',
      '#4 block-port-25',
      'approve A7',
    ])
      expect(text).toContain(words);
  });

  describe('whom a message calls', () => {
    const IDS: Readonly<Record<string, string>> = {
      anna: 'U0ANNA',
      'group:on-call': 'S0OPS',
      odd: '!channel',
      eve: 'x> <!here',
    };
    const mentionOf = (name: string): string | undefined => IDS[name];
    const calling = (...calls: readonly string[]): Message => ({ ...message('critical', 'Somebody is needed'), calls });

    it('is mentioned, people and user groups, once each, in the blocks and in the notification', () => {
      const shown = renderSlack(calling('anna', 'group:on-call', 'anna'), 'k', { mentionOf });
      expect(shown.blocks[1]).toMatchObject({ text: { text: '<@U0ANNA> <!subteam^S0OPS>' } });
      expect(shown.text).toBe('<@U0ANNA> <!subteam^S0OPS> 🔴 Somebody is needed');
    });

    it('is named by nothing but an id: what has none, or no Slack id, is no mention', () => {
      expect(JSON.stringify(renderSlack(calling('odd', 'eve', 'ben', '<@U1>'), 'k', { mentionOf }))).not.toContain('<');
    });

    it('is not mentioned in a drill', () => {
      expect(JSON.stringify(renderSlack({ ...calling('anna'), drill: true }, 'k', { mentionOf }))).not.toContain('<@');
    });

    it('leaves the limits kept at the worst', () => {
      const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
      const shown = renderSlack({ ...worstCase(), calls: names }, 'k', {
        mentionOf: (name) => `U0${name.toUpperCase()}`,
      });
      expect(faultsOfBlocks(shown.blocks, 'message')).toEqual([]);
      expect(shown.text.length).toBeLessThanOrEqual(LIMITS.messageText);
      expect(shown.text).toContain('<@U0P9>');
      expect(shown.text).toContain('… 20 more');
    });
  });

  it('puts what does not fit into a row of buttons into a menu, and what asks first never', () => {
    const plain = Array.from({ length: 12 }, (_, index) => ({
      label: `B${index}`,
      command: `queue mx${index}`,
      style: 'primary' as const,
    }));
    const asking = { label: 'Unplug', command: 'unplug', style: 'danger' as const, confirm: 'Really?' };
    const [, row] = renderSlack(message('neutral', 's', actions(...plain, asking)), 'k').blocks;
    const elements = Array.isArray(row?.['elements']) ? row['elements'] : [];
    expect(elements.map((each: { type: string; style?: string }) => `${each.type} ${each.style ?? ''}`.trim())).toEqual(
      ['button primary', 'button primary', 'button', 'button', 'button', 'static_select'],
    );
    expect(elements[4]).toMatchObject({ confirm: { text: { text: 'Really?' } } });
    expect(elements[5].options).toHaveLength(8);
    expect(readValue(elements[5].options[0].value)).toEqual({ command: 'queue mx4', key: 'k' });
  });

  it('shows of a long playbook where it stands, and folds the rest; one that is over is folded whole', () => {
    const playbook = (states: readonly Progress['steps'][number]['state'][]): Progress => ({
      kind: 'progress',
      title: 'playbook',
      steps: states.map((state, index) => ({ name: `S${index + 1}`, state })),
    });
    const parts = (progress: Progress, refused: readonly NativeType[] = []): readonly string[] =>
      renderSlack(message('warning', 'x', progress), 'k', { refused: new Set(refused) })
        .blocks.slice(1)
        .map((each) => `${each.type} ${JSON.stringify(each).match(/\d+\. S\d+/g)?.length ?? 0}`);
    const waiting = Array.from({ length: 6 }, () => 'waiting' as const);
    const under = playbook(['done', 'done', 'done', 'current', ...waiting]);
    expect(parts(under)).toEqual(['plan 4', 'container 10']);
    expect(JSON.stringify(renderSlack(message('warning', 'x', under), 'k').blocks)).toContain('playbook: step 4 of 10');
    expect(parts(playbook(Array.from({ length: 10 }, () => 'done')))).toEqual(['container 10']);
    expect(parts(under, ['container'])).toEqual(['plan 10']);
    expect(parts(playbook(['done', 'current', 'waiting']))).toEqual(['plan 3']);
  });

  it('shows of help what is pressed first, and folds the list', () => {
    const commands = registry.filter((each) => !each.shellOnly);
    const shown = renderSlack(sayHelpInChat(commands), 'k');
    expect(faultsOfBlocks(shown.blocks, 'message')).toEqual([]);
    expect(shown.blocks.map((each) => each.type)).toEqual([
      'section',
      'actions',
      'container',
      'container',
      'container',
      'section',
    ]);
    const classic = renderSlack(sayHelpInChat(commands), 'k', { refused: ALL });
    expect(JSON.stringify(classic.blocks)).toContain('*Decide and record*');
    expect(shown.text).toContain('freeze: hold all mail');
  });

  it('says nothing twice in words either', () => {
    const words = 'ack needs the role responder';
    expect(renderSlack(message('warning', words, notice('warning', words)), 'k').text).toBe(`🟡 ${words}`);
    const approval = kindsWith(HOST).approval as Extract<Block, { kind: 'approval' }>;
    const lines = renderSlack(message('warning', approval.title, approval), 'k').text.split('\n');
    expect(lines.filter((line) => line.includes(bare(approval.title)))).toHaveLength(1);
    expect(lines[1]).toMatch(/^\$ /);
  });

  it('says nothing twice: a question that is the whole message stands in its head alone', () => {
    const asked = everyKind(foreign('mx1')).blocks.find((block) => block.kind === 'approval');
    if (asked?.kind !== 'approval') throw new Error('no approval');
    const said = message('warning', asked.title, asked);
    const shown = JSON.stringify(renderSlack(said, 'k').blocks);
    expect(shown.split('Freeze outbound mail of').length).toBe(2);
  });

  it('links our own addresses and nobody else’s', () => {
    expect(mrkdwn(say`removal: https://check.spamhaus.org/ (${foreign('https://evil.test/')})`, 500)).toBe(
      'removal: <https://check.spamhaus.org/> (`https://evil.test/`)',
    );
  });

  it('lets no address become a picture', () => {
    expect(mrkdwn('at 2001:db8:1234:1::5, and at 07:36:05', 100)).toBe('at `2001:db8:1234:1::5`, and at 07:36:05');
  });

  it('keeps the spaces between what it puts together', () => {
    expect(mrkdwn(say`port ${25} ${foreign('pc-7')} ${'58'} times ${foreign(' ')}!`, 100)).toBe(
      'port 25 `pc-7` 58 times !',
    );
  });

  it('writes a table that is wider than a line as one line for each row, with the names of its columns', () => {
    const wide = {
      kind: 'table' as const,
      title: 'Who tries',
      columns: [{ name: 'source' }, { name: 'attempts', align: 'right' as const }, { name: 'who' }],
      rows: [[[foreign('10.20.0.20')], ['58'], [foreign('x'.repeat(90))]]],
    };
    const shown = renderSlack(message('neutral', 's', wide), 'k', { refused: ALL }).blocks[1];
    expect(shown).toMatchObject({
      text: { text: `*Who tries*\n•  \`10.20.0.20\`  *attempts* 58  *who* \`${'x'.repeat(90)}\`` },
    });
  });

  it('cuts between characters, and says so', () => {
    expect(mrkdwn('a&b'.repeat(10), 12)).toBe('a&amp;ba…');
    expect(literal('😀😀😀', 4)).toBe('😀…');
    expect(mrkdwn([foreign('x'.repeat(50))], 10)).toBe(`\`${'x'.repeat(7)}…\``);
  });
});

/** JSON in which what is long is shown by its ends and its length, and more than four alike by their number. */
function outlineOf(value: unknown): string {
  const short = (each: unknown): unknown => {
    if (typeof each === 'string')
      return each.length <= 160 ? each : `${each.slice(0, 90)} ⟨${each.length} characters⟩ ${each.slice(-50)}`;
    if (Array.isArray(each)) {
      const all = each.map(short);
      return all.length <= 5 ? all : [...all.slice(0, 3), `⟨${all.length} in all⟩`, all.at(-1)];
    }
    return typeof each === 'object' && each !== null
      ? Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, short(inner)]))
      : each;
  };
  return JSON.stringify(short(value), null, 2);
}

/** Everything that a client could read as markup, a mention or a link that we did not make. */
function assertHarmless(hostile: string, refused: ReadonlySet<NativeType>): void {
  const shown = renderSlack(everyKind(foreign(hostile, 400)), 'k', { refused });
  const all = [shown.text, ...stringsIn(shown.blocks)];
  expect(all.filter((text) => HARMFUL.test(text.replaceAll('\n', '')))).toEqual([]);
}

/** Strings of mrkdwn and literal places; values of buttons are ours alone and shown to nobody. */
function stringsIn(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return ['text', 'caption', 'title', 'name', 'label'].includes(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => stringsIn(each, key));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, each]) => stringsIn(each, name));
  return [];
}

const HARMFUL = /<|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('text from outside', () => {
  const nasty = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
    {
      weight: 5,
      arbitrary: fc
        .array(
          fc.constantFrom(
            '<!channel>',
            '<!here|x>',
            '<@U1>',
            '<#C1>',
            '<https://e.test|x>',
            '<',
            '>',
            '&',
            '!',
            '@',
            '`',
            '```',
            '*',
            '_',
            '~',
            '&lt;',
            '\u202E',
            '\u200B',
            '\u2066',
            '\u0000',
            '\u001B[31m',
            '\n',
            '|',
            'http://e.test',
            'a@e.test',
            '\uD800',
          ),
          { maxLength: 12 },
        )
        .map((parts) => parts.join('')),
    },
  );

  it('becomes no mention, no link, no control in phrases, in 10,000 random tries', () => {
    fc.assert(
      fc.property(nasty, (hostile) => {
        const outside = foreign(hostile, 400);
        const phrase = say`from ${outside} to ${outside}`;
        const texts = [mrkdwn(phrase, 3000), mrkdwn(phrase, 30), literal(phrase, 3000), literal(phrase, 12)];
        const codes = (texts[0] ?? '').split('`').length - 1;
        return texts.every((text) => !HARMFUL.test(text)) && (codes === 0 || codes === 4);
      }),
      { numRuns: 10_000 },
    );
  });

  it('is harmless in every kind of block, native and classic, in 10,000 random tries', () => {
    fc.assert(fc.property(nasty, fc.constantFrom(new Set<NativeType>(), ALL), assertHarmless), { numRuns: 10_000 });
  });
});
