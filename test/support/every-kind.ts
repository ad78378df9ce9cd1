/** One message with every kind of block, each with text from outside in it; and one at worst-case data. */
import { foreign, say } from '../../src/domain/foreign.ts';
import type { Foreign } from '../../src/domain/foreign.ts';
import { actions, heading, message, notice, text } from '../../src/messages/message.ts';
import type { Block, Button, Message } from '../../src/messages/message.ts';

const AT = Date.UTC(2026, 10, 24, 7, 30);

export function kindsWith(outside: Foreign): Readonly<Record<Block['kind'], Block>> {
  return {
    heading: heading(say`What happened at ${outside}`),
    text: text(say`One workstation behind ${outside} sends by itself.`),
    facts: {
      kind: 'facts',
      facts: [
        { name: 'server', value: [outside] },
        { name: 'oldest', value: ['3 h'], tone: 'warning' },
      ],
    },
    table: {
      kind: 'table',
      title: 'Senders',
      columns: [{ name: 'sender' }, { name: 'messages', align: 'right' }],
      rows: [
        [[outside], ['12']],
        [['null sender'], ['3900']],
      ],
    },
    progress: {
      kind: 'progress',
      title: 'Pull the plug',
      steps: [
        { name: 'Freeze outbound mail', state: 'done', note: ['held 1,412 messages'] },
        {
          name: 'Block port 25',
          state: 'current',
          note: say`waits for ${outside}`,
          buttons: [plainButton('Do it', 'do 2')],
        },
        { name: 'Find the machine', state: 'waiting' },
      ],
    },
    evidence: {
      kind: 'evidence',
      title: 'Evidence',
      items: [
        { side: 'for', text: say`queues of ${outside} are clear` },
        { side: 'against', text: ['the server was used to browse'] },
        { side: 'missing', text: ['firewall counters'] },
      ],
    },
    series: {
      kind: 'series',
      title: 'Messages in the queue',
      unit: 'messages',
      points: [100, 400, null, 900, 4210].map((value, index) => ({ at: AT + index * 60_000, value })),
    },
    measure: {
      kind: 'measure',
      number: 4,
      name: 'block-port-25',
      target: [outside],
      state: 'in force',
      since: AT,
      until: AT + 3_600_000,
      by: outside,
      observed: say`480 attempts of ${outside}`,
      buttons: [{ label: 'Undo', command: 'undo 4', style: 'danger', nonce: 'n4', confirm: 'Open port 25 again?' }],
    },
    approval: {
      kind: 'approval',
      id: 'A7',
      title: say`Freeze outbound mail of ${outside}?`,
      commands: ['postconf -e master_service_disable=smtp/unix', 'postfix reload'],
      blastRadius: [say`holds ${1412} messages, 37 of them from ${outside}`],
      needs: 'One approver other than the proposer',
      expiresAt: AT + 900_000,
      buttons: [
        { label: 'Approve', command: 'approve A7', style: 'primary', nonce: 'n7', confirm: 'Freeze it now?' },
        { label: 'Decline', command: 'decline A7', style: 'plain', nonce: 'n7' },
      ],
    },
    actions: actions(
      plainButton('Pull the plug', 'pull-the-plug', 'danger'),
      plainButton('Freeze', 'freeze mx1', 'primary'),
      plainButton('Queue', 'queue mx1'),
      plainButton('Help', 'help'),
    ),
    notice: notice('warning', say`The list does not answer for ${outside}.`),
  };
}

export function everyKind(outside: Foreign): Message {
  return message('critical', say`${outside} is listed; ${4210} messages wait`, ...Object.values(kindsWith(outside)));
}

/** Every list far over any platform's limit, every text as long as the house lets it be. */
export function worstCase(): Message {
  const long = foreign(`${'very-long-host-name.'.repeat(40)}example.test`, 600);
  const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const buttons = many(30, (index) =>
    plainButton(`Button with a rather long label number ${index} of thirty that are too many`, `queue mx${index}`),
  );
  const kinds = kindsWith(long);
  return message(
    'critical',
    say`${long} and ${long} and ${long}`,
    heading(say`${'A heading that goes on '.repeat(20)}${long}`),
    text(many(30, (index) => `Sentence ${index} of a text that is much too long for one block. `.repeat(8)).join('\n')),
    { kind: 'facts', facts: many(37, (index) => ({ name: `fact ${index}`, value: [long] })) },
    {
      kind: 'table',
      title: 'A table of two thousand rows',
      columns: [{ name: 'sender' }, { name: 'messages', align: 'right' }, { name: 'reason' }],
      rows: many(2000, (index) => [[foreign(`sender-${index}@example.test`)], [String(4000 - index)], [long]]),
    },
    { kind: 'table', columns: [{ name: 'again' }], rows: many(300, (index) => [[`row ${index}`]]) },
    {
      kind: 'progress',
      title: 'A playbook of sixty steps',
      steps: many(60, (index) => ({
        name: `Step ${index}`,
        state: 'waiting' as const,
        note: [long],
        buttons: buttons.slice(0, 3),
      })),
    },
    {
      kind: 'evidence',
      title: 'Evidence',
      items: many(120, (index) => ({
        side: (['for', 'against', 'missing', 'neutral'] as const)[index % 4] ?? 'for',
        text: [long],
      })),
    },
    {
      kind: 'series',
      title: 'A series of a whole day, with a title that does not fit',
      unit: 'messages',
      points: many(1440, (index) => ({ at: AT + index * 60_000, value: index % 7 === 0 ? null : index })),
    },
    {
      kind: 'series',
      title: 'Another',
      unit: 'messages',
      points: many(3, (index) => ({ at: AT + index, value: index })),
    },
    {
      kind: 'series',
      title: 'A third',
      unit: 'messages',
      points: many(3, (index) => ({ at: AT + index, value: index })),
    },
    ...many(40, () => kinds.measure),
    kinds.approval,
    actions(...buttons),
    ...many(20, (index) => notice('unknown', say`${index}: ${long}`)),
  );
}

function plainButton(label: string, command: string, style: Button['style'] = 'plain'): Button {
  return { label, command, style };
}
