import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdaptiveCard } from '../../../adapters/chat/teams/card.ts';
import { LIMITS, bytesOf } from '../../../adapters/chat/teams/limits.ts';
import { renderCard, summaryOf } from '../../../adapters/chat/teams/render.ts';
import { isHarmless } from '../../../adapters/chat/teams/text.ts';
import { registry } from '../../../src/commands/registry.ts';
import { foreign } from '../../../src/domain/foreign.ts';
import { sayHelpInChat } from '../../../src/messages/help.ts';
import { button, message, text } from '../../../src/messages/message.ts';
import type { Block, Message, Progress } from '../../../src/messages/message.ts';
import { faultsOf } from '../../support/teams/card-schema.ts';
import { EVERY_KIND, HOSTILE, allAtWorst, worstBlocks } from '../../support/teams/specimens.ts';

/** Every object of a card, wherever it stands. */
function objectsOf(value: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsOf)];
}

function ofType(card: AdaptiveCard, type: string): readonly Record<string, unknown>[] {
  return objectsOf(card).filter((each) => each['type'] === type);
}

/** Texts that are read as Markdown. */
function markdownOf(card: AdaptiveCard): readonly string[] {
  return [
    ...ofType(card, 'TextBlock').map((each) => String(each['text'])),
    ...ofType(card, 'FactSet').flatMap((each) =>
      objectsOf(each['facts']).flatMap((fact) => [String(fact['title']), String(fact['value'])]),
    ),
  ];
}

const FORM = { key: 'k1' } as const;

describe('an Adaptive Card', () => {
  it('has a native form for every kind of block', () => {
    expect(renderCard(EVERY_KIND, FORM)).toMatchSnapshot();
  });

  it.each(worstBlocks())('keeps to its size at worst-case data: $kind', async (block) => {
    const card = renderCard(message('critical', 'worst', block), FORM);
    expect(bytesOf(card)).toBeLessThanOrEqual(LIMITS.cardBytes);
    await expect(`${JSON.stringify(card, undefined, 1)}\n`).toMatchFileSnapshot(
      `__snapshots__/worst-${block.kind}.txt`,
    );
  });

  it('keeps to its size with all of them at once, and asks for the decision still', () => {
    const card = renderCard(allAtWorst(), FORM);
    expect(bytesOf(card)).toBeLessThanOrEqual(LIMITS.cardBytes);
    expect(JSON.stringify(card)).toContain('more parts did not fit');
    expect(ofType(card, 'Action.Execute').length).toBeGreaterThan(0);
  });

  it('writes a fact beneath its name where a phone would break the name in a word', () => {
    const card = (name: string): AdaptiveCard =>
      renderCard(
        message('good', 'here', { kind: 'facts', facts: [{ name, value: ['a spam source'], tone: 'critical' }] }),
        FORM,
      );
    expect(ofType(card('since when'), 'Table')).toHaveLength(1);
    expect(ofType(card('spam.lists.example'), 'Table')).toEqual([]);
    expect(JSON.stringify(card('spam.lists.example'))).toMatch(/spam\.lists\.example.*a spam source/);
  });

  it('says how much of each list it left out', () => {
    const rows = Array.from({ length: 200 }, (_, index) => [[`row ${index}`]]);
    const table: Block = { kind: 'table', columns: [{ name: 'a' }], rows };
    expect(JSON.stringify(renderCard(message('good', 'long', table), FORM))).toContain(
      `… ${200 - LIMITS.tableRows} more`,
    );
  });

  it('gives each button Execute with a Submit fallback that brings back the same', () => {
    const pressed = { ...button('Approve', 'approve a1', 'danger'), nonce: 'n1' };
    const card = renderCard(message('warning', 'decide', { kind: 'actions', buttons: [pressed] }), FORM);
    const [execute] = ofType(card, 'Action.Execute');
    const data = { tq: { command: 'approve a1', key: 'k1', label: 'Approve', nonce: 'n1' } };
    expect(execute).toMatchObject({ style: 'destructive', data, fallback: { type: 'Action.Submit', data } });
  });

  it('folds the list of commands, and shows what is pressed first', () => {
    const built = renderCard(sayHelpInChat(registry), { key: 'k' });
    expect(faultsOf(built)).toEqual([]);
    const shown = JSON.stringify(built.body.filter((each) => each.isVisible !== false));
    expect(shown).toContain('What happened?');
    expect(shown).toContain('Decide and record');
    expect(shown).not.toContain('hold all mail');
    expect(JSON.stringify(built)).toContain('hold all mail');
  });

  it('puts two buttons beside each other only where their labels leave room: what does not fit is cut off', () => {
    const rows = (...labels: readonly string[]): readonly number[] => {
      const buttons = labels.map((label) => button(label, 'status'));
      const card = renderCard(message('neutral', 'go on', { kind: 'actions', buttons }), FORM);
      return ofType(card, 'ActionSet').map((each) => objectsOf(each['actions']).filter((one) => 'verb' in one).length);
    };
    expect(rows('Done', 'Skip', 'Look')).toEqual([3]);
    expect(rows('I have it', 'See that the lists have let the address go', 'Ledger')).toEqual([1, 2]);
  });

  it('gives each column of a table room for its longest word', () => {
    const columns = [{ name: 'source' }, { name: 'who' }, { name: 'destinations' }];
    const rows = [[['10.20.0.20'], ['a sentence with many words '.repeat(9)], ['57']]];
    const card = renderCard(message('good', 'table', { kind: 'table', columns, rows }), FORM);
    const widths = objectsOf(ofType(card, 'Table')[0]?.['columns']).map((each) => Number(each['width']));
    expect(widths[0]).toBeGreaterThanOrEqual(11);
    expect(widths[2]).toBeGreaterThanOrEqual(13);
    expect(Math.max(...widths)).toBeLessThan(3 * Math.min(...widths));
  });

  it('writes a row of more columns than a phone has room for as two lines, every cell with its column’s name', () => {
    const columns = ['source', 'who', 'attempts', 'first', 'last'].map((name) => ({ name }));
    const rows = [[['10.20.0.20'], [foreign('pc-reception')], ['58'], ['07:34'], ['07:36']]];
    const card = renderCard(message('good', 'table', { kind: 'table', title: 'Who tries', columns, rows }), FORM);
    expect(ofType(card, 'Table')).toEqual([]);
    const words = JSON.stringify(card.body);
    for (const each of ['Who tries', '10.20.0.20', 'pc-reception', 'attempts 58', 'first 07:34', 'last 07:36'])
      expect(words).toContain(each);
  });

  it.each([
    [['source', 'who', 'connections', 'destinations'], 0],
    [['list', 'since', 'for', 'now'], 1],
  ])('writes a row of %j as a table only where their longest words have room on a phone', (names, tables) => {
    const rows = [[['10.20.0.20'], [foreign('pc-reception')], ['40'], ['39']]];
    const table: Block = { kind: 'table', columns: names.map((name) => ({ name })), rows };
    expect(ofType(renderCard(message('good', 'table', table), FORM), 'Table')).toHaveLength(tables);
  });

  it('says nothing twice: a question that is the whole message stands in its head alone', () => {
    const approval: Block = {
      kind: 'approval',
      id: 'a',
      title: ['Freeze mx1?'],
      commands: ['postconf'],
      blastRadius: [],
      needs: 'one',
      expiresAt: 0,
      buttons: [],
    };
    const body = JSON.stringify(renderCard(message('warning', 'Freeze mx1?', approval), FORM).body);
    expect(body.split('Freeze mx1?')).toHaveLength(2);
  });

  it('shows of a long playbook where it stands, and folds the rest; one that is over is folded whole', () => {
    const steps = (states: readonly Progress['steps'][number]['state'][]): Progress => ({
      kind: 'progress',
      title: 'playbook',
      steps: states.map((state, index) => ({ name: `S${index + 1}`, state })),
    });
    const at = ['done', 'done', 'done', 'current', ...Array.from({ length: 6 }, () => 'waiting' as const)] as const;
    const shown = (progress: Progress): readonly [open: string, folded: string] => {
      const { body } = renderCard(message('warning', 'x', progress), FORM);
      const folded = body.filter((each) => 'isVisible' in each && !each.isVisible);
      return [JSON.stringify(body.filter((each) => !folded.includes(each))), JSON.stringify(folded)];
    };
    const [open, folded] = shown(steps(at));
    expect(open.match(/\d+\. S\d+/g)).toEqual(['3. S3', '4. S4', '5. S5', '6. S6']);
    expect(open).toContain('playbook: step 4 of 10');
    expect(open).toContain('All 10 steps');
    expect(folded.match(/\d+\. S\d+/g)).toHaveLength(10);
    const [over, all] = shown(steps(Array.from({ length: 10 }, () => 'done')));
    expect(over).toContain('10 steps, all over');
    expect(over).not.toMatch(/\d+\. S\d+/);
    expect(all.match(/\d+\. S\d+/g)).toHaveLength(10);
  });

  it('puts what a button asks first between the press and the deed', () => {
    const asked = { ...button('Unplug', 'do', 'danger'), confirm: 'Nobody reaches the internet for 30 minutes.' };
    const card = renderCard(message('warning', 'decide', { kind: 'actions', buttons: [asked] }), FORM);
    const [opens] = ofType(card, 'Action.ToggleVisibility');
    const [target] = (opens?.['targetElements'] ?? []) as string[];
    const [question] = objectsOf(card).filter((each) => each['id'] === target);
    expect(question).toMatchObject({ isVisible: false });
    expect(JSON.stringify(question)).toContain('Nobody reaches the internet');
    expect(ofType(card, 'Action.Execute')).toHaveLength(1);
    expect(JSON.stringify(question)).toContain('Action.Execute');
  });

  it('has no buttons while something pressed is being worked on', () => {
    const card = renderCard(EVERY_KIND, { ...FORM, buttonless: true });
    expect(ofType(card, 'Action.Execute')).toEqual([]);
  });

  it('gives every element that can be shown or hidden an id of its own', () => {
    const card = renderCard(EVERY_KIND, FORM);
    const ids = objectsOf(card.body).flatMap((each) => (typeof each['id'] === 'string' ? [each['id']] : []));
    expect(new Set(ids).size).toBe(ids.length);
    const targets = ofType(card, 'Action.ToggleVisibility').flatMap((each) => each['targetElements'] as string[]);
    for (const target of targets) expect(ids).toContain(target);
  });

  it('marks a drill on the card and in the notification', () => {
    const drilled: Message = { ...EVERY_KIND, drill: true };
    expect(JSON.stringify(renderCard(drilled, FORM))).toContain('DRILL');
    expect(summaryOf(drilled)).toMatch(/^DRILL/);
  });

  it('mentions people where it is told to, and nowhere else', () => {
    const plainCard = renderCard(message('neutral', [foreign('<at>everybody</at>')]), FORM);
    expect(plainCard.msteams.entities).toBeUndefined();
    const card = renderCard(message('critical', 'come'), {
      ...FORM,
      mentions: [{ id: '00000000-0000-0000-0000-000000000001', name: 'An<a>' }],
    });
    expect(card.msteams.entities).toEqual([
      { type: 'mention', text: '<at>Ana</at>', mentioned: { id: '00000000-0000-0000-0000-000000000001', name: 'Ana' } },
    ]);
    expect(JSON.stringify(card.body)).toContain('<at>Ana</at>');
  });

  it('lets no foreign text be markup, a link, a mention, a function or a hidden character', () => {
    const hostile = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constantFrom(...HOSTILE));
    fc.assert(
      fc.property(hostile, hostile, (bad, worse) => {
        const said = message(
          'neutral',
          [foreign(bad)],
          text([foreign(bad), ' and ', foreign(worse)]),
          { kind: 'facts', facts: [{ name: 'it said', value: [foreign(bad)] }] },
          { kind: 'table', columns: [{ name: 'a' }], rows: [[[foreign(worse)]]] },
          { kind: 'evidence', title: 'e', items: [{ side: 'for', text: [foreign(bad)] }] },
        );
        const card = renderCard(said, FORM);
        const strings = objectsOf(card).flatMap((each) =>
          Object.values(each).filter((value) => typeof value === 'string'),
        );
        const broken = [
          ...markdownOf(card).filter((words) => !isHarmless(words)),
          ...[...strings, summaryOf(said)].filter((each) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\{\{/u.test(each)),
          ...strings.filter((each) => each === 'Action.OpenUrl'),
        ];
        expect([broken, card.msteams.entities]).toEqual([[], undefined]);
      }),
      { numRuns: 10_000 },
    );
  });
});
