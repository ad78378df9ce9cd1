/**
 * What remains of an answer once one of its buttons was pressed and answered.
 *
 * Rules:
 * 1. Buttons that only look stay; those that change something are spent together.
 * 2. A button with a nonce belongs to a decision that others may still have to take: the house says when it is over.
 * 3. A press that could not be carried out spends nothing.
 * 4. In one conversation only the newest answer offers what comes next; an older one's offers are spent by it.
 */
import { parseLine } from '../commands/parse.ts';
import { registry } from '../commands/registry.ts';
import type { Block, Button, Message } from './message.ts';

/** Whether a command, in words, would change something (in our records or outside). */
export function changes(command: string): boolean {
  const read = parseLine(command, registry);
  return read.kind === 'command' && read.spec.risk !== 'look';
}

/** Whether the message offers something that changes, and that isn't somebody's decision. */
export function offersChange(message: Message): boolean {
  const without = spend(message);
  return JSON.stringify(without.blocks) !== JSON.stringify(message.blocks);
}

/** The message without the buttons that change something, but for those whose command `still` is offered. */
export function spend(message: Message, still: ReadonlySet<string> = new Set()): Message {
  return { ...message, blocks: message.blocks.map((block) => withoutSpent(block, still)) };
}

/** All commands that the message offers. */
export function offersOf(message: Message): ReadonlySet<string> {
  return new Set(message.blocks.flatMap(buttonsOf).map(({ command }) => command));
}

function buttonsOf(block: Block): readonly Button[] {
  if (block.kind === 'progress') return block.steps.flatMap((step) => step.buttons ?? []);
  return 'buttons' in block ? block.buttons : [];
}

function withoutSpent(block: Block, still: ReadonlySet<string>): Block {
  const stays = (button: Button): boolean =>
    button.nonce !== undefined || still.has(button.command) || !changes(button.command);
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
