/** Messages to render: one of every kind, the worst data of each, hostile texts. */
import { foreign, say } from '../../../src/domain/foreign.ts';
import { actions, button, heading, message, notice, text } from '../../../src/messages/message.ts';
import type { Block, Message } from '../../../src/messages/message.ts';

/** Texts that mean something to Markdown, HTML, Teams or a terminal. */
export const HOSTILE: readonly string[] = [
  '[click](https://evil.example)',
  '**bold** _it_ ~~no~~ `code`',
  '<at>everyone</at>',
  '<a href="https://evil.example">x</a>',
  '![x](https://evil.example/x.png)',
  'https://evil.example/login',
  'www.evil.example',
  '{{DATE(2026-11-24T07:30:00Z,SHORT)}}',
  '{{{{{{',
  '1. one',
  '- item',
  '&lt;b&gt;',
  '\u202egnp.exe',
  '\u200bhidden',
  '\u001b[2J',
  'a\r\nb',
  '\u2028',
  '\ud800',
  '"}],"actions":[{"type":"Action.OpenUrl"}]',
];

export const EVERY_KIND: Message = message(
  'critical',
  say`203.0.113.7 is listed; ${4210} messages wait`,
  heading('What happened'),
  text(say`One workstation behind the shared address sends by itself, as ${foreign('*boss*@example.com')} says.`),
  { kind: 'facts', facts: [{ name: 'server', value: ['mx1'] }] },
  {
    kind: 'facts',
    facts: [
      { name: 'oldest', value: ['3 h'], tone: 'warning' },
      { name: 'last reason', value: [foreign('host [192.0.2.1] said: 550 5.7.1 <blocked>')] },
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
    title: 'Pull the plug',
    steps: [
      { name: 'freeze outbound', state: 'done', note: ['by Ana at 07:12'] },
      {
        name: 'block port 25',
        state: 'current',
        note: ['waits for approval'],
        buttons: [{ ...button('Do it', 'do', 'danger'), confirm: 'Port 25 is blocked for everybody but mx1.' }],
      },
      { name: 'find the machine', state: 'waiting' },
    ],
  },
  {
    kind: 'evidence',
    title: 'compromised-workstation, 86 %',
    items: [
      { side: 'for', text: ['the queues are clear'] },
      { side: 'against', text: ['the server browsed the web'] },
      { side: 'missing', text: ['the firewall’s counters'] },
    ],
  },
  {
    kind: 'series',
    title: 'queue of mx1',
    unit: 'messages',
    points: Array.from({ length: 24 }, (_, index) => ({
      at: index * 300_000,
      value: index === 5 ? null : index * index,
    })),
  },
  {
    kind: 'measure',
    number: 4,
    name: 'freeze-outbound',
    target: ['mx1'],
    state: 'in force',
    since: 0,
    until: 3_600_000,
    by: foreign('Ana'),
    observed: ['read back 20 s ago'],
    buttons: [button('Undo', 'undo 4')],
  },
  {
    kind: 'approval',
    id: 'a1',
    title: ['Pull the plug?'],
    commands: ['nft -f - # table inet tq_unplug'],
    blastRadius: [['nobody reaches the internet for 30 min']],
    needs: 'two approvals',
    expiresAt: 900_000,
    buttons: [
      { ...button('Approve', 'approve a1', 'danger'), nonce: 'n1' },
      { ...button('No', 'deny a1'), nonce: 'n2' },
    ],
  },
  actions(button('Next', 'do', 'primary'), button('Status', 'status'), button('Help', 'help')),
  notice('warning', 'The firewall was not asked.'),
);

const LONG = foreign('🛑*[x](https://evil.example)_'.repeat(400), 10_000);

function many<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Each kind with more, longer and wider content than any platform takes. */
export function worstBlocks(): readonly Block[] {
  const buttons = many(40, (index) => ({
    ...button(`Press this very long label number ${index} of many`, `do ${'x'.repeat(500)}`, 'danger'),
    nonce: `nonce-${index}`,
    confirm: 'Really? '.repeat(200),
  }));
  return [
    heading([LONG]),
    text([LONG]),
    notice('critical', [LONG]),
    {
      kind: 'facts',
      facts: many(300, (index) => ({ name: `fact ${index} ${'n'.repeat(200)}`, value: [LONG], tone: 'warning' })),
    },
    {
      kind: 'table',
      title: 'Senders '.repeat(50),
      columns: many(12, (index) => ({ name: `column ${index}`, align: 'right' })),
      rows: many(2000, () => many(12, () => [LONG])),
    },
    {
      kind: 'progress',
      title: 'Steps '.repeat(50),
      steps: many(120, (index) => ({
        name: `step ${index} ${'s'.repeat(300)}`,
        state: 'current',
        note: [LONG],
        buttons,
      })),
    },
    { kind: 'evidence', title: 'Evidence '.repeat(50), items: many(500, () => ({ side: 'for', text: [LONG] })) },
    {
      kind: 'series',
      title: 'Series '.repeat(50),
      unit: 'messages',
      points: many(5000, (index) => ({ at: index * 60_000, value: index % 7 === 0 ? null : index })),
    },
    {
      kind: 'measure',
      number: 12,
      name: 'block-port-25 '.repeat(20),
      target: [LONG],
      state: 'drifted '.repeat(30),
      since: 0,
      until: 3_600_000,
      by: LONG,
      observed: [LONG],
      buttons,
    },
    {
      kind: 'approval',
      id: 'a1',
      title: [LONG],
      commands: many(400, (index) => `nft add rule inet tq ${index} ${'x'.repeat(900)}`),
      blastRadius: many(200, () => [LONG]),
      needs: 'two approvals '.repeat(30),
      expiresAt: 900_000,
      buttons,
    },
    { kind: 'actions', buttons },
  ];
}

export function allAtWorst(): Message {
  return message('critical', [LONG], ...worstBlocks(), ...worstBlocks(), ...worstBlocks(), ...worstBlocks());
}
