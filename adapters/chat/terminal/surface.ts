/**
 * The terminal as a chat surface: prints what the outbox holds, rewrites the last message in place while it is the last
 * thing on the screen, numbers the buttons.
 */
import { createHash } from 'node:crypto';
import type { Button, Message } from '../../../src/messages/message.ts';
import type { Surface, Utterance } from '../../../src/ports/conversation.ts';
import { renderText } from './render.ts';

export interface Screen {
  write(text: string): void;
  /** Columns; undefined where it isn't a terminal: nothing is coloured, nothing rewritten. */
  readonly columns: () => number | undefined;
  readonly colour: boolean;
}

export interface TerminalSurface extends Surface {
  /** The button with this number, of those still on the screen. */
  button(number: number): { readonly button: Button; readonly messageKey: string } | undefined;
  /** Something else was printed (a typed line): the last message can no longer be rewritten. */
  scrolled(): void;
}

interface Last {
  readonly key: string;
  readonly lines: number;
  readonly text: string;
}

/** Numbers go up to this, then begin again. */
const MOST_BUTTONS = 99;

export function openTerminalSurface(screen: Screen, before: () => void, after: () => void): TerminalSurface {
  const offered = new Map<number, { button: Button; messageKey: string }>();
  let next = 1;
  let last: Last | undefined;
  /** What was printed since the person last typed. */
  let recent: string[] = [];
  const forget = (key: string): void => {
    for (const [number, each] of offered) if (each.messageKey === key) offered.delete(number);
  };
  return {
    name: 'terminal',
    deliver: async (utterance: Utterance, previous) => {
      const columns = screen.columns();
      forget(utterance.key);
      if (next + utterance.message.blocks.length * 4 > MOST_BUTTONS) next = 1;
      const form = {
        colour: screen.colour,
        width: Math.max(40, Math.min(columns ?? 100, 120)),
        unfolded: true,
        firstNumber: next,
      };
      const inPlace = columns !== undefined && last?.key === utterance.key;
      // What was printed further up can't be edited: one line says what became of it.
      const isEdit = previous !== undefined && !inPlace && !utterance.final && !utterance.loud;
      const rendered = renderText(isEdit ? inShort(utterance.message) : utterance.message, form);
      rendered.buttons.forEach((each, index) => offered.set(next + index, { button: each, messageKey: utterance.key }));
      const id = createHash('sha256').update(rendered.text).digest('hex').slice(0, 12);
      if (last?.key === utterance.key && last.text === rendered.text) return id;
      // A headline's edit and its loud twin say one thing: once it stands here, it isn't said again.
      const isBare = rendered.buttons.length === 0 && !utterance.file && !utterance.final;
      if (isBare && recent.includes(rendered.text)) return id;
      recent.push(rendered.text);
      next += rendered.buttons.length;
      before();
      if (inPlace) screen.write(`\u001b[${last?.lines ?? 0}A\u001b[0J`);
      screen.write(`${rendered.text}\n`);
      if (utterance.file) screen.write(`--- ${utterance.file.name}\n${utterance.file.text}\n---\n`);
      last = { key: utterance.key, lines: rendered.text.split('\n').length, text: rendered.text };
      after();
      return id;
    },
    button: (number) => offered.get(number),
    scrolled: () => {
      last = undefined;
      recent = [];
    },
  };
}

/** The summary, and the buttons of the first choice. */
function inShort(message: Message): Message {
  const choices = message.blocks.find((block) => block.kind === 'actions');
  const first = choices?.kind === 'actions' ? choices.buttons.filter((each) => each.style !== 'plain') : [];
  return { ...message, blocks: first.length === 0 ? [] : [{ kind: 'actions', buttons: first }] };
}
