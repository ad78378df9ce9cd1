/**
 * What remains of an answer once one of its buttons was pressed and answered.
 *
 * Rules:
 * 1. Buttons that only look stay; those that change something are spent together.
 * 2. A button with a nonce belongs to a decision that others may still have to take: the house says when it is over.
 * 3. A press that could not be carried out spends nothing.
 * 4. In one conversation only the newest answer offers what comes next; an older one's offers are spent by it.
 * 5. What an incident no longer takes (a step that is over, a closed incident) is offered nowhere.
 */
import { parseLine } from '../commands/parse.ts';
import type { Command } from '../commands/parse.ts';
import { registry } from '../commands/registry.ts';
import { mayUse } from '../commands/roles.ts';
import type { Role } from '../commands/spec.ts';
import { aimOf } from './aim.ts';
import { text } from './message.ts';
import type { Block, Button, Message } from './message.ts';

/** Whether a command, in words, would change something (in our records or outside). */
export function changes(command: string): boolean {
  return changing(command) !== undefined;
}

/** Whether the message offers something that changes, and that isn't somebody's decision. */
export function offersChange(message: Message): boolean {
  return buttonsIn(message).some((button) => button.nonce === undefined && changes(button.command));
}

/** The message without the buttons that change something. */
export function spend(message: Message): Message {
  return keepButtons(message, (button) => button.nonce !== undefined || !changes(button.command));
}

/** Whether there is anything to press on it. */
export function hasButtons(message: Message): boolean {
  return buttonsIn(message).length > 0;
}

/** What an incident takes now. */
export interface IncidentNow {
  readonly number: number;
  readonly state: 'open' | 'acknowledged' | 'closed';
  /** Whoever has it is asked whether they still do. */
  readonly asked: boolean;
  /** Steps that can be taken, done or skipped. */
  readonly steps: ReadonlySet<string>;
  /** Measures of it that are no longer in force. */
  readonly ended: ReadonlySet<number>;
  /** What its open measures hold: nothing can be ordered there twice. */
  readonly held: ReadonlySet<string>;
}

/** The incidents that the message offers to change something in. */
export function incidentsOffered(message: Message): ReadonlySet<number> {
  return new Set(
    buttonsIn(message).flatMap(({ command }) => {
      const read = changing(command);
      const aim = read && aimOf(read);
      return aim?.incident === undefined ? [] : [aim.incident];
    }),
  );
}

/** The message without what is over in this incident (rule 5). */
export function withoutOver(message: Message, now: IncidentNow): Message {
  return keepButtons(message, ({ command, nonce }) => {
    const read = nonce === undefined ? changing(command) : undefined;
    const aim = read && aimOf(read);
    if (!aim) return true;
    if (aim.measure !== undefined) return !now.ended.has(aim.measure);
    if (aim.incident !== undefined && aim.incident !== now.number) return true;
    if (now.state === 'closed' || (aim.acknowledges && now.state === 'acknowledged' && !now.asked)) return false;
    if (aim.hold !== undefined) return !now.held.has(aim.hold);
    return aim.step === undefined || now.steps.has(aim.step);
  });
}

/**
 * The message as somebody alone reads it: without buttons whose command their role doesn't permit; what role those need
 * is said once.
 */
export function withoutForbidden(said: Message, role: Role | 'nobody'): Message {
  const needed = new Set<Role>();
  const left = keepButtons(said, ({ command }) => {
    const read = parseLine(command, registry);
    if (read.kind !== 'command' || mayUse(role, read.spec)) return true;
    needed.add(read.spec.role);
    return false;
  });
  const least = (['viewer', 'responder', 'approver', 'admin'] as const).find((each) => needed.has(each));
  if (least === undefined) return said;
  return { ...left, blocks: [...left.blocks, text(`What to do about it is for the role ${least} and above.`)] };
}

function changing(command: string): Command | undefined {
  const read = parseLine(command, registry);
  return read.kind === 'command' && read.spec.risk !== 'look' ? read : undefined;
}

function buttonsIn(message: Message): readonly Button[] {
  return message.blocks.flatMap((block) => {
    if (block.kind === 'progress') return block.steps.flatMap((step) => step.buttons ?? []);
    return 'buttons' in block ? block.buttons : [];
  });
}

function keepButtons(message: Message, stays: (button: Button) => boolean): Message {
  return { ...message, blocks: message.blocks.map((block) => withButtons(block, stays)) };
}

function withButtons(block: Block, stays: (button: Button) => boolean): Block {
  switch (block.kind) {
    case 'actions':
    case 'measure':
    case 'approval':
      return { ...block, buttons: block.buttons.filter(stays) };
    case 'progress':
      return {
        ...block,
        steps: block.steps.map((step) => (step.buttons ? { ...step, buttons: step.buttons.filter(stays) } : step)),
      };
    case 'heading':
    case 'text':
    case 'facts':
    case 'table':
    case 'evidence':
    case 'series':
    case 'notice':
      return block;
    default:
      return block satisfies never;
  }
}
