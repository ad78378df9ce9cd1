import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderText } from '../../../adapters/chat/terminal/render.ts';
import { widthOf } from '../../../adapters/chat/terminal/layout.ts';
import { foreign, say } from '../../../src/domain/foreign.ts';
import { actions, button, heading, message, notice, text } from '../../../src/messages/message.ts';
import type { Message } from '../../../src/messages/message.ts';

const PLAIN = { colour: false, width: 72, unfolded: true, firstNumber: 1 } as const;

const EVERY_KIND: Message = message(
  'critical',
  say`203.0.113.7 is listed; ${4210} messages wait`,
  heading('What happened'),
  text('One workstation behind the shared address sends by itself.'),
  {
    kind: 'facts',
    facts: [
      { name: 'server', value: ['mx1'] },
      { name: 'oldest', value: ['3 h'], tone: 'warning' },
    ],
  },
  {
    kind: 'table',
    title: 'Senders',
    columns: [{ name: 'sender' }, { name: 'messages', align: 'right' }],
    rows: [
      [[foreign('a@example.com')], ['12']],
      [['<>'], ['3900']],
    ],
  },
  {
    kind: 'progress',
    title: 'Playbook',
    steps: [
      { name: 'freeze outbound', state: 'done' },
      {
        name: 'block port 25',
        state: 'current',
        note: ['waits for approval'],
        buttons: [button('Do it', 'do', 'danger')],
      },
    ],
  },
  {
    kind: 'evidence',
    title: 'Evidence',
    items: [
      { side: 'for', text: ['queues are clear'] },
      { side: 'against', text: ['the server browsed'] },
      { side: 'missing', text: ['firewall counters'] },
    ],
  },
  {
    kind: 'series',
    title: 'queue',
    unit: 'messages',
    points: [
      { at: 0, value: 1 },
      { at: 1, value: null },
      { at: 2, value: 9 },
    ],
  },
  {
    kind: 'measure',
    number: 4,
    name: 'freeze-outbound',
    target: ['mx1'],
    state: 'in force',
    since: 0,
    until: 3_600_000,
    observed: ['read back 20 s ago'],
    buttons: [button('Undo', 'undo 4')],
  },
  {
    kind: 'approval',
    id: 'a1',
    title: ['Pull the plug?'],
    commands: ['nft -f -'],
    blastRadius: [['nobody reaches the internet for 30 min']],
    needs: 'two approvals',
    expiresAt: 900_000,
    buttons: [button('Approve', 'approve a1', 'danger'), button('No', 'deny a1')],
  },
  actions(button('Next', 'do', 'primary')),
  notice('warning', 'The firewall was not asked.'),
);

describe('the terminal', () => {
  it('shows every kind of block, with a sign for each tone and numbered buttons', () => {
    const shown = renderText(EVERY_KIND, PLAIN);
    expect(shown.text).toMatchInlineSnapshot(`
      "✖ 203.0.113.7 is listed; 4210 messages wait

      What happened
      One workstation behind the shared address sends by itself.
        server  mx1
        oldest  3 h
      Senders
        sender         messages
        a@example.com        12
        <>                 3900
      Playbook
        ✔ 1. freeze outbound
        ▶ 2. block port 25  waits for approval
             [1] Do it
      Evidence
        for     queues are clear
        against the server browsed
        missing firewall counters
      queue: ▁·█ 9 messages
        #4 freeze-outbound mx1: in force, since 1970-01-01 00:00 UTC, until
           1970-01-01 01:00 UTC
           read back 20 s ago
           [2] Undo

      Pull the plug?
          $ nft -f -
        • nobody reaches the internet for 30 min
        two approvals; open until 1970-01-01 00:15 UTC
        [3] Approve  [4] No
        [5] Next
      ▲ The firewall was not asked."
    `);
    expect(shown.buttons.map((each) => each.command)).toEqual(['do', 'undo 4', 'approve a1', 'deny a1', 'do']);
  });

  it('shows the words to type where buttons can not be pressed', () => {
    const { firstNumber: _number, ...shell } = PLAIN;
    expect(renderText(EVERY_KIND, shell).text).toContain('→ approve a1');
  });

  it('lets no foreign text control the terminal', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('\u001b[2J', '\u009b31m', '\u202egnp.exe', '\u0007', 'a\rb', 'a\nb', '\u200b'),
    );
    fc.assert(
      fc.property(hostile, (bad) => {
        const shown = renderText(
          message('neutral', [foreign(bad)], text([foreign(bad)]), notice('neutral', [foreign(bad)])),
          { ...PLAIN, colour: false },
        ).text;
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: 10_000 },
    );
  });

  it('keeps to the width of the terminal', () => {
    const long = message('good', 'wide', text('words '.repeat(60)), {
      kind: 'table',
      columns: [{ name: 'a' }, { name: 'b' }],
      rows: [[['x'], ['long '.repeat(40)]]],
    });
    for (const line of renderText(long, PLAIN).text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(72);
    const headed = message('good', 'narrow', heading('heading '.repeat(9).trim()), ...EVERY_KIND.blocks);
    for (const line of renderText(headed, { ...PLAIN, width: 40 }).text.split('\n'))
      expect(widthOf(line), line).toBeLessThanOrEqual(40);
  });

  it('breaks a line between two buttons, and within none', () => {
    const offered = actions(...['check', 'queue', 'triage'].map((each) => button(each, `${each} ${'x'.repeat(12)} y`)));
    const { firstNumber: _number, ...shell } = PLAIN;
    expect(
      renderText(message('neutral', 'here', offered), { ...shell, width: 48 })
        .text.split('\n')
        .slice(1),
    ).toEqual(['  → check xxxxxxxxxxxx y  → queue xxxxxxxxxxxx y', '  → triage xxxxxxxxxxxx y']);
  });

  it('cuts a table that no screen holds, visibly', () => {
    const rows = Array.from({ length: 256 }, (_, index) => [[`row ${index}`]]);
    const shown = renderText(message('good', 'long', { kind: 'table', columns: [{ name: 'a' }], rows }), PLAIN).text;
    expect(shown).toContain('row 39');
    expect(shown).not.toContain('row 40');
    expect(shown).toContain('… 216 more');
  });

  it('marks a drill', () => {
    expect(renderText({ ...EVERY_KIND, drill: true }, PLAIN).text).toMatch(/^DRILL /);
  });

  it('gives the steps around the next one a line each, and those far from it a line together, hiding none', () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
    const states = ['done', 'done', 'skipped', 'done', 'current', 'waiting', 'waiting', 'waiting'] as const;
    const steps = names.map((name, index) => ({ name, state: states[index] ?? 'waiting' }));
    const playbook = message('neutral', 'here', { kind: 'progress', title: 'Playbook', steps: [...steps, ...steps] });
    expect(renderText(playbook, PLAIN).text.split('\n').slice(1)).toEqual([
      'Playbook',
      '  ✔ 1–2. one, two',
      '  – 3. three',
      '  ✔ 4. four',
      '  ▶ 5. five',
      '  ○ 6. six',
      '  ○ 7. seven',
      '  ○ 8. eight',
      '  ✔ 9–10. one, two',
      '  – 11. three',
      '  ✔ 12. four',
      '  ▶ 13. five',
      '  ○ 14–16. six, seven, eight',
    ]);
    const { firstNumber: _number, ...shell } = PLAIN;
    expect(renderText(playbook, shell).text.split('\n')).toHaveLength(18);
  });
});
