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
 * 5. What could not be carried out because something is away is said again after a while; where nothing leads on, five
 *    minutes go by before it is tried once more.
 * 6. Of several incidents, the one that was told of last is worked on until it is closed, then the others.
 * 7. Whoever has closed an incident looks again an hour later, and opens another one where something new is found.
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
/** Somebody who waits for a host or a journal that is away. */
const AWAY_MINUTES = 2;
const MOST_AWAY = 5;
const STUCK_MINUTES = 5;
const MOST_STUCK = 12;
/** Looks of the same kind that came too early, after which a person goes on all the same. */
const MOST_LOOKS = 12;

export function nextMove(screen: OnScreen): Move {
  const { said, headline } = screen;
  const last = said.at(-1);
  if (!last) return line(FIRST, say`first see what happened; nothing is touched by looking`);
  if (headline === undefined) return openIncident(screen, last.answer);
  if (isClosed(headline)) return afterwards(screen, last);
  if (waitsForOthers(last.answer)) return { kind: 'wait' };
  const again = sayAgain(screen, last) ?? lookAgain(screen, last.answer);
  if (again) return again;
  const fact = withFact(screen, last.answer);
  if (fact !== undefined) return line(fact, say`what is missing stands on the screen`);
  const offered = hasNewVerdict(last.answer)
    ? [...recommended(headline), ...recommended(last.answer)]
    : [...recommended(last.answer), ...recommended(headline)];
  const found = offered.find((each) => timesSaid(screen, each.command) < 2);
  const aside = found && timesSaid(screen, found.command) === 0 ? undefined : wayRound(screen, last.answer);
  if (aside !== undefined) return line(aside, say`it led nowhere before`);
  if (found) return line(found.command, whyOf(found.command, last.answer, headline));
  return goOn(screen, last, offered[0]?.command);
}

/** Nothing on the screen leads on: the playbook is asked, and after a while what it recommends is tried once more. */
function goOn(screen: OnScreen, last: OnScreen['said'][number], offered: string | undefined): Move {
  const next = nextOf(screen);
  if (last.line !== next) return line(next, say`the playbook says what comes next`);
  const words = offered ?? next;
  const tried = screen.said.filter((each) => each.line === words).length;
  return tried > MOST_STUCK ? { kind: 'over' } : { kind: 'later', line: words, minutes: STUCK_MINUTES };
}

/** Where several incidents are open, the one on the screen is named. */
function nextOf({ said, headline }: OnScreen): string {
  const isAsked = said.some(({ answer }) => plain(answer.summary).startsWith('Which incident?'));
  const number = /^Incident (\d+) · /.exec(plain(headline?.summary ?? []))?.[1];
  return isAsked && number !== undefined ? `next --incident ${number}` : 'next';
}

/** Something was away, and nothing was done: the same words again, after a while. */
function sayAgain(screen: OnScreen, { line: words, answer }: OnScreen['said'][number]): Move | undefined {
  const summary = plain(answer.summary);
  if (summary.startsWith('Which incident?')) return line(nextOf(screen), say`several are open`);
  const isAway = /could not be carried out: |Nothing was done; say it again|no answer came/.test(summary);
  const isMoving = / is being (?:carried out|taken back)/.test(summary);
  if (!isAway && !isMoving) return undefined;
  if (timesSaid(screen, words) > MOST_AWAY) return undefined;
  return { kind: 'later', line: words, minutes: AWAY_MINUTES };
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
  const isNews = last.line === FIRST && last.answer.tone !== 'good';
  const before = screen.said.find((each) => each.line === FIRST)?.answer.summary ?? [];
  const isTheSame = headlineWords(before) === headlineWords(last.answer.summary) && closed > 1;
  return isNews && open && !isTheSame ? line(open.command, say`something is still wrong`) : { kind: 'over' };
}

/** The answer came too early, and says so. */
function lookAgain(screen: OnScreen, answer: Message): Move | undefined {
  const words = [answer.summary, ...answer.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))];
  const all = words.map(plain).join('\n');
  const [offered] = recommended(answer);
  const seldom = offered && screen.said.filter((each) => each.line === offered.command).length <= MOST_LOOKS;
  if (seldom && all.includes('see first whether something sends again'))
    return line(offered.command, say`it takes long, and perhaps for a reason`);
  const minutes = /Look again in (\d+) min/.exec(all)?.[1];
  const found = minutes === undefined ? undefined : offered;
  if (found && screen.said.filter((each) => each.line === found.command).length > MOST_LOOKS) {
    const done = buttonsOf(answer).find((each) => /^(?:done|skip) /.test(each.command));
    return done && line(done.command, say`it was looked at often enough`);
  }
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
  return message.blocks.some((block) => block.kind === 'approval') || isAsking(message);
}

function isAsking(message: Message): boolean {
  return / waits for approval until /.test(plain(message.summary));
}

/** What is offered besides, once the recommended way led nowhere. */
function wayRound(screen: OnScreen, answer: Message): string | undefined {
  const words = [answer.summary, ...answer.blocks.map((block) => ('text' in block ? block.text : []))]
    .map(plain)
    .join('\n');
  const isMissing = / which is not known yet: /.test(words);
  const alone = /undo \d+ --ours-only/.exec(words)?.[0];
  if (alone !== undefined && timesSaid(screen, alone) < 2) return alone;
  if (!isMissing && timesSaid(screen, screen.said.at(-1)?.line ?? '') < 2) return undefined;
  return buttonsOf(answer)
    .map((each) => each.command)
    .find((each) => each.startsWith('skip') && timesSaid(screen, each) < 1);
}

/** The step with the fact that it needs, where a person has seen that. */
function withFact(screen: OnScreen, { summary, blocks }: Message): string | undefined {
  const words = [summary, ...blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))]
    .map(plain)
    .join('\n');
  const [, fact, command] = /needs (\w+), which is not known yet:.*or say (do [\w/-]+) \w+=/s.exec(words) ?? [];
  const value = fact === undefined ? undefined : readFact(screen, fact);
  const known = command === undefined || value === undefined ? undefined : `${command} ${fact}=${value}`;
  return known !== undefined && timesSaid(screen, known) === 0 ? known : undefined;
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

/** Why one would say it: from the answer where it offers that itself, else from the step on the headline. */
function whyOf(command: string, answer: Message, headline: Message): Phrase {
  const [verb] = command.split(' ');
  if (verb === 'ack') return say`whoever has an incident is known to all, and nobody else is called`;
  if (verb === 'close') return say`every step is over, and nothing is in force that nobody chose to keep`;
  const texts = answer.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []));
  const proof = texts.find((each) => plain(each).startsWith('It has worked when: '));
  if (verb === 'done' && proof) return proof;
  const isOffered = buttonsOf(answer).some((each) => each.command === command);
  const [first] = isOffered && plain(answer.summary).startsWith('Incident ') ? texts : [];
  const current = headline.blocks.flatMap((block) => (block.kind === 'progress' ? block.steps : []));
  const note = current.find((step) => step.state === 'current')?.note;
  return first ?? note ?? (isOffered ? answer.summary : say`it is the next step of the playbook`);
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

/** The own message of the incident that one works on, among all that was said: the last told of that is not closed. */
export function headlineOf(said: readonly Utterance[]): Message | undefined {
  const latest = new Map<string, Message>();
  for (const { message } of said) {
    const number = /^Incident (\d+) · /.exec(plain(message.summary))?.[1];
    if (number === undefined) continue;
    latest.delete(number);
    latest.set(number, message);
  }
  const all = [...latest.values()];
  return all.findLast((each) => !isClosed(each)) ?? all.at(-1);
}

/** A hint from what was said in a drill so far. `speed`: simulated seconds per second. */
export function hintFrom(said: readonly Utterance[], speed = 1): Message {
  const answer = said.findLast((each) => each.final === true)?.message;
  const headline = headlineOf(said);
  if (answer && headline && isClosed(headline) && isOfClosing(answer))
    return sayHint(FIRST, say`one fault may hide another: look now, and once more an hour later; then say drill stop`);
  const isLook =
    answer && (answer.tone === 'good' || buttonsOf(answer).some(({ command }) => command.startsWith('open')));
  const before = said.flatMap((each) => (each.final === true ? [{ line: '…', answer: each.message }] : []));
  const last = answer ? [{ line: isLook ? FIRST : '… now', answer }] : [];
  const move = nextMove({ said: [...before.slice(0, -1), ...last], headline });
  switch (move.kind) {
    case 'say':
      return sayHint(move.line, move.why);
    case 'wait':
      return sayHint('ledger', say`what you proposed waits for somebody else to agree; look meanwhile`);
    case 'later':
      return sayHint(
        move.line,
        say`in ${move.minutes} min of the drill’s time${speed === 1 ? '' : `, ${inYours(move.minutes, speed)} of yours`}; until then there is nothing to do but to look`,
      );
    case 'over':
      return sayHint(undefined, []);
    default:
      return move satisfies never;
  }
}

function inYours(minutes: number, speed: number): string {
  const seconds = Math.ceil((minutes * 60) / speed);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** The last that was said closed the incident, or reported it. */
function isOfClosing(answer: Message): boolean {
  return /is closed|^Report /.test(plain(answer.summary));
}
