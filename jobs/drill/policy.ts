/**
 * What somebody who does as they are told would say now: the press that the product itself recommends.
 *
 * Owns: choosing among what is on the screen. Does not own: any knowledge of the company; it reads what a person reads.
 * Rules:
 * 1. The first primary button of the last answer, else of the incident's headline, else `next`.
 * 2. Nobody approves what they proposed: while a proposal waits for others, so does the player.
 * 3. What led nowhere twice is not said a third time: what is missing is read from the screen, or it is skipped with the
 *    reason, or taken back alone.
 * 4. Where the answer says when to look again, time goes by until then.
 * 5. Whoever has closed an incident looks again an hour later, and opens another one where something new is found.
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
  /** So many minutes go by before the line is said. */
  | { readonly kind: 'later'; readonly line: string; readonly minutes: number }
  | { readonly kind: 'over' };

export interface OnScreen {
  /** What was said and answered so far, the last one last. */
  readonly said: readonly { readonly line: string; readonly answer: Message }[];
  /** The incident's own message, as it stands. */
  readonly headline: Message | undefined;
}

const FIRST = 'triage';
const MOST_LOOKS_AFTER = 2;
const LATER_MINUTES = 75;
/** Repeats are counted over the last so many lines. */
const RECENT = 12;

export function nextMove(screen: OnScreen): Move {
  const { said, headline } = screen;
  const last = said.at(-1);
  if (!last) return line(FIRST, say`first see what happened; nothing is touched by looking`);
  if (headline === undefined) return openIncident(screen, last.answer);
  if (isClosed(headline)) return afterwards(screen, last);
  if (waitsForOthers(last.answer)) return { kind: 'wait' };
  const again = lookAgain(last.answer);
  if (again) return again;
  const offered = hasNewVerdict(last.answer)
    ? [...recommended(headline), ...recommended(last.answer)]
    : [...recommended(last.answer), ...recommended(headline)];
  const found = offered.find((each) => timesSaid(screen, each.command) < 2);
  const aside = found && timesSaid(screen, found.command) === 0 ? undefined : wayRound(screen, last.answer);
  if (aside !== undefined) return line(aside, say`it led nowhere before`);
  if (found) return line(found.command, whyOf(last.answer, headline));
  const isStuck = last.line === 'next' && timesSaid(screen, 'next') > 6;
  return isStuck ? { kind: 'over' } : line('next', say`the playbook says what comes next`);
}

function line(words: string, why: Phrase): Move {
  return { kind: 'say', line: words, why };
}

/** Nothing is wrong: there is nothing to open an incident for. */
function openIncident(screen: OnScreen, answer: Message): Move {
  if (answer.tone === 'good') return { kind: 'over' };
  const offered = buttonsOf(answer).find((each) => each.command.startsWith('open'));
  const words = offered?.command ?? 'open';
  if (timesSaid(screen, words) > 1) return { kind: 'over' };
  return line(words, say`an incident keeps what is found, decided and changed, and takes it back`);
}

/** The incident is closed: is that all? A listing that is left over is no news. */
function afterwards(screen: OnScreen, last: OnScreen['said'][number]): Move {
  const closed = screen.said.filter((each) => each.line.startsWith('close')).length;
  if (last.line.startsWith('close') || last.line.startsWith('report'))
    return closed > MOST_LOOKS_AFTER ? { kind: 'over' } : { kind: 'later', line: FIRST, minutes: LATER_MINUTES };
  const open = buttonsOf(last.answer).find((each) => each.command.startsWith('open'));
  const isNews = last.line === FIRST && last.answer.tone !== 'good' && last.answer.tone !== 'unknown';
  const before = screen.said.find((each) => each.line === FIRST)?.answer.summary ?? [];
  const isTheSame = headlineWords(before) === headlineWords(last.answer.summary) && closed > 1;
  return isNews && open && !isTheSame ? line(open.command, say`something is still wrong`) : { kind: 'over' };
}

/** The answer came too early, and says so. */
function lookAgain(answer: Message): Extract<Move, { kind: 'later' }> | undefined {
  const words = [answer.summary, ...answer.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))];
  const minutes = /Look again in (\d+) min/.exec(words.map(plain).join('\n'))?.[1];
  const [found] = minutes === undefined ? [] : recommended(answer);
  return found && { kind: 'later', line: found.command, minutes: Number(minutes) };
}

/** Without how sure it is. */
function headlineWords(words: Phrase): string {
  return plain(words).replace(/ \(\d+ % sure\)$/, '');
}

/** The primary buttons that aren't somebody else's to press. */
function recommended(message: Message): readonly Button[] {
  return buttonsOf(message).filter(
    (each) => each.style === 'primary' && !/^(approve|deny|drill|hint|open)\b/.test(each.command),
  );
}

/** The verdict has just changed, and with it what comes next: the headline knows. */
function hasNewVerdict(message: Message): boolean {
  return message.blocks.some(
    (block) => block.kind === 'notice' && plain(block.text).startsWith('This is the verdict of incident'),
  );
}

function waitsForOthers(message: Message): boolean {
  return message.blocks.some((block) => block.kind === 'approval');
}

/** What is offered besides, once the recommended way led nowhere. */
function wayRound(screen: OnScreen, answer: Message): string | undefined {
  const words = [answer.summary, ...answer.blocks.map((block) => ('text' in block ? block.text : []))]
    .map(plain)
    .join('\n');
  const [, fact, command] = /needs (\w+), which is not known yet:.*or say (do [\w/-]+) \w+=/s.exec(words) ?? [];
  const value = fact === undefined ? undefined : readFact(screen, fact);
  if (command !== undefined && value !== undefined && timesSaid(screen, `${command} ${fact}=${value}`) === 0)
    return `${command} ${fact}=${value}`;
  const alone = /undo \d+ --ours-only/.exec(words)?.[0];
  if (alone !== undefined && timesSaid(screen, alone) < 2) return alone;
  if (fact === undefined && timesSaid(screen, screen.said.at(-1)?.line ?? '') < 2) return undefined;
  return buttonsOf(answer)
    .map((each) => each.command)
    .find((each) => each.startsWith('skip') && timesSaid(screen, each) < 1);
}

/** A person reads it from what was shown: who has sent most of what waits. */
function readFact({ said }: OnScreen, fact: string): string | undefined {
  if (fact !== 'sender') return undefined;
  const table = said
    .flatMap(({ answer }) => answer.blocks)
    .findLast((block) => block.kind === 'table' && block.title === 'Senders');
  const name = table?.kind === 'table' ? table.rows[0]?.[1] : undefined;
  const sender = name === undefined ? undefined : plain(name);
  return sender !== undefined && /^[^\s<>]+@[^\s<>]+$/.test(sender) ? sender : undefined;
}

function whyOf(answer: Message, headline: Message): Phrase {
  const text = answer.blocks.find((block) => block.kind === 'text');
  return text?.kind === 'text' ? text.text : headline.summary;
}

function isClosed(headline: Message): boolean {
  return plain(headline.summary).endsWith(' · closed');
}

function timesSaid({ said }: OnScreen, words: string): number {
  return said.slice(-RECENT).filter((each) => each.line === words).length;
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
  const answer = said.findLast((each) => each.final === true)?.message;
  const move = nextMove({ said: answer ? [{ line: '…', answer }] : [], headline: headlineOf(said) });
  switch (move.kind) {
    case 'say':
      return sayHint(move.line, move.why);
    case 'wait':
      return sayHint('ledger', say`what you proposed waits for somebody else to agree; look meanwhile`);
    case 'later':
      return sayHint(
        move.line,
        say`in ${move.minutes} min of the drill’s time; until then there is nothing to do but to look`,
      );
    case 'over':
      return sayHint(undefined, []);
    default:
      return move satisfies never;
  }
}
