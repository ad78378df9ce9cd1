/** How exposed a mail server is: the worst first, then each door, then the advice in the playbook's order. */
import type { Advice, AdviceId, Exposure } from '../domain/exposure/audit.ts';
import type { DoorLook } from '../domain/exposure/door.ts';
import { foreign, say } from '../domain/foreign.ts';
import type { Phrase } from '../domain/foreign.ts';
import { worded } from '../domain/worded.ts';
import { message, notice } from './message.ts';
import type { Block, Message, Tone } from './message.ts';

export function sayAudit(host: string, looks: readonly DoorLook[], exposure: Exposure): Message {
  const critical = exposure.findings.filter((each) => each.severity === 'critical');
  const blind = looks.filter((look) => look.state.kind === 'unknown').length;
  const open = looks.filter((look) => look.state.kind === 'open').length;
  const tone: Tone =
    critical.length > 0 ? 'critical' : blind > 0 ? 'unknown' : exposure.findings.length > 0 ? 'warning' : 'good';
  const worst = critical[0] ?? exposure.findings[0];
  const summary = worst
    ? say`${foreign(host, 100)}: on port ${worst.port}, ${worded(worst.what, 200)}`
    : say`${foreign(host, 100)}: ${open} of ${looks.length} doors open, ${blind > 0 ? `${blind} could not be looked at` : 'nothing found'}`;
  return message(
    tone,
    summary,
    ...(open + blind === 0 ? [notice('unknown', NO_DOOR)] : []),
    doorTable(looks),
    ...exposure.findings.map(findingBlock),
    ...adviceBlocks(exposure.advice),
  );
}

const NO_DOOR =
  'Not one door is open, not even that of a mail server: make sure that this is one, and that nothing in between refuses in its name.';

function doorTable(looks: readonly DoorLook[]): Block {
  return {
    kind: 'table',
    title: 'Doors',
    columns: [
      { name: 'port', align: 'right' },
      { name: 'protocol' },
      { name: 'state' },
      { name: 'TLS' },
      { name: 'password in the clear' },
      { name: 'certificate' },
    ],
    rows: looks.map((look) => [[String(look.plan.port)], [look.plan.protocol.toUpperCase()], ...cellsOf(look)]),
  };
}

function cellsOf({ state }: DoorLook): readonly Phrase[] {
  switch (state.kind) {
    case 'closed':
      return [['closed'], [''], [''], ['']];
    case 'unknown':
      return [say`unknown: ${foreign(state.why, 80)}`, [''], [''], ['']];
    case 'open':
      return [
        ['open'],
        [state.encryption.replace('-', ' ')],
        [state.loginInClear],
        state.certificate ? say`${state.certificate.daysLeft} days, ${foreign(state.certificate.subject, 60)}` : [''],
      ];
    default:
      return state satisfies never;
  }
}

function findingBlock(finding: Exposure['findings'][number]): Block {
  return notice(finding.severity, say`Port ${finding.port}: ${worded(finding.what, 300)}.`);
}

function adviceBlocks(advice: readonly Advice[]): readonly Block[] {
  return [
    {
      kind: 'table',
      title: 'Advice, in this order',
      columns: [{ name: 'advice' }, { name: 'holds' }, { name: 'because' }],
      rows: advice.map((each): readonly Phrase[] => [[wordsOf(each.id)], [each.holds], [each.because]]),
    },
  ];
}

function wordsOf(id: AdviceId): string {
  switch (id) {
    case 'need':
      return 'Do without it where nobody needs it';
    case 'few':
      return 'Disable it in bulk and enable it for the few';
    case 'tls-only':
      return 'TLS only (995, 993)';
    case 'imap-not-pop3':
      return 'IMAP rather than POP3';
    case 'signed':
      return 'Have management sign the risk that is left';
    default:
      return id satisfies never;
  }
}
