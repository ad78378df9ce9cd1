/**
 * What somebody who does as they are told would say now: the press that the product itself recommends.
 *
 * Owns: choosing among the buttons that are on the screen. Does not own: any knowledge of the company; it reads what a
 * person reads.
 * Rules:
 * 1. The first primary button of the last answer, else of the incident's headline, else `next`.
 * 2. Nobody approves what they proposed: while a proposal waits for others, so does the player.
 * 3. What led nowhere twice is not said a third time: it is skipped with the reason, or taken back alone, or asked about.
 */
import { plain, say } from '../../src/domain/foreign.ts';
import type { Phrase } from '../../src/domain/foreign.ts';
import { sayHint } from '../../src/messages/drill.ts';
import type { Button, Message } from '../../src/messages/message.ts';
import type { Utterance } from '../../src/ports/conversation.ts';

export type Move =
  | { readonly kind: 'say'; readonly line: string; readonly why: Phrase }
  /** Others decide. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'over' };

export interface OnScreen {
  /** What was said so far, the last one last. */
  readonly lines: readonly string[];
  /** The answer to the last line. */
  readonly answer: Message | undefined;
  /** The incident's own message, as it stands. */
  readonly headline: Message | undefined;
}

const FIRST = 'triage';

export function nextMove({ lines, answer, headline }: OnScreen): Move {
  if (lines.length === 0)
    return { kind: 'say', line: FIRST, why: say`first see what happened; nothing is touched by looking` };
  if (headline === undefined) return openIncident(lines, answer);
  if (isClosed(headline)) return { kind: 'over' };
  if (answer && waitsForOthers(answer)) return { kind: 'wait' };
  const answered = answer ? recommended(answer) : [];
  const offered = [...answered, ...recommended(headline)];
  const found = offered.find((each) => timesSaid(lines, each.command) < 2);
  if (found) return { kind: 'say', line: found.command, why: whyOf(answer, headline) };
  const aside = answer && wayRound(answer, lines);
  if (aside !== undefined) return { kind: 'say', line: aside, why: say`it led nowhere twice` };
  return lines.at(-1) === 'next' && timesSaid(lines, 'next') > 6
    ? { kind: 'over' }
    : { kind: 'say', line: 'next', why: say`the playbook says what comes next` };
}

/** Nothing is wrong: there is nothing to open an incident for. */
function openIncident(lines: readonly string[], answer: Message | undefined): Move {
  if (answer?.tone === 'good') return { kind: 'over' };
  const offered = answer ? buttonsOf(answer).find((each) => each.command.startsWith('open')) : undefined;
  const line = offered?.command ?? 'open';
  if (timesSaid(lines, line) > 0) return { kind: 'over' };
  return { kind: 'say', line, why: say`an incident keeps what is found, decided and changed, and takes it back` };
}

/** The primary buttons that aren't somebody else's to press. */
function recommended(message: Message): readonly Button[] {
  return buttonsOf(message).filter(
    (each) => each.style === 'primary' && !/^(approve|deny|drill|hint)\b/.test(each.command),
  );
}

function waitsForOthers(message: Message): boolean {
  return message.blocks.some((block) => block.kind === 'approval');
}

/** What is offered besides, once the recommended way led nowhere. */
function wayRound(message: Message, lines: readonly string[]): string | undefined {
  const words = message.blocks.map((block) => ('text' in block ? plain(block.text) : '')).join('\n');
  const alone = /undo \d+ --ours-only/.exec(words)?.[0];
  if (alone !== undefined && timesSaid(lines, alone) < 2) return alone;
  return buttonsOf(message)
    .map((each) => each.command)
    .find((command) => command.startsWith('skip') && timesSaid(lines, command) < 1);
}

function whyOf(answer: Message | undefined, headline: Message): Phrase {
  const text = answer?.blocks.find((block) => block.kind === 'text');
  return text?.kind === 'text' ? text.text : headline.summary;
}

function isClosed(headline: Message): boolean {
  return plain(headline.summary).endsWith(' · closed');
}

function timesSaid(lines: readonly string[], line: string): number {
  return lines.slice(-12).filter((each) => each === line).length;
}

/** Every button of a message, in reading order. */
export function buttonsOf(message: Message): readonly Button[] {
  return message.blocks.flatMap((block): readonly Button[] => {
    switch (block.kind) {
      case 'actions':
      case 'approval':
      case 'measure':
        return block.buttons;
      case 'progress':
        return block.steps.flatMap((step) => step.buttons ?? []);
      case 'heading':
      case 'text':
      case 'facts':
      case 'table':
      case 'evidence':
      case 'series':
      case 'notice':
        return [];
      default:
        return block satisfies never;
    }
  });
}

/** The incident's own message among all that was said. */
export function headlineOf(said: readonly Utterance[]): Message | undefined {
  return said.findLast((each) => /^Incident \d+ · /.test(plain(each.message.summary)))?.message;
}

/** A hint from what was said in a drill so far. */
export function hintFrom(said: readonly Utterance[]): Message {
  const headline = headlineOf(said);
  const answer = said.findLast((each) => each.final === true)?.message;
  const move = nextMove({ lines: answer ? ['…'] : [], answer, headline });
  switch (move.kind) {
    case 'say':
      return sayHint(move.line, move.why);
    case 'wait':
      return sayHint('ledger', say`what you proposed waits for somebody else to agree; look meanwhile`);
    case 'over':
      return sayHint(undefined, []);
    default:
      return move satisfies never;
  }
}
