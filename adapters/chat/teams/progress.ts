/** A playbook's steps, each with its buttons beside it. */
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Block } from '../../../src/messages/message.ts';
import { stepsAtOnce } from '../../../src/messages/steps-shown.ts';
import { actionSet, buttonRow, freshId, toggle } from './buttons.ts';
import type { Colour, Element } from './card.ts';
import { cutList } from './cut.ts';
import type { Pen } from './buttons.ts';
import { LIMITS } from './limits.ts';
import { textElement } from './text.ts';

type Progress = Extract<Block, { kind: 'progress' }>;
type Step = Progress['steps'][number];

/** Characters of button labels that leave the step's own words enough room on a phone. */
const ROOM = 22;

export function renderProgress(block: Progress, pen: Pen): readonly Element[] {
  const { shown, more } = cutList(block.steps, LIMITS.steps, pen);
  const title = (words: string): Element => textElement([words], { weight: 'Bolder', spacing: 'Medium' }, 120);
  const few = stepsAtOnce(block);
  if (!few) return [title(block.title), ...shown.flatMap((step, index) => renderStep(step, index + 1, pen)), ...more];
  const id = freshId(pen, 'steps');
  const atOnce = cutList(few.shown, LIMITS.stepsAtOnce, pen);
  const lines = shown.flatMap(({ name, state, note }, index) =>
    renderStep({ name, state, ...(note && pen.scale >= 1 && { note }) }, index + 1, pen),
  );
  return [
    title(`${block.title}: ${few.where}`),
    ...atOnce.shown.flatMap(({ number, step }) => renderStep(step, number, pen)),
    actionSet([toggle(`All ${block.steps.length} steps`, [id])]),
    { type: 'Container', id, isVisible: false, style: 'emphasis', items: [...lines, ...more] },
  ];
}

/** The buttons stand in the step's own row where they leave it room, else beneath it with what they ask first. */
function renderStep(step: Step, number: number, pen: Pen): readonly Element[] {
  const look = LOOKS[step.state];
  const words: Phrase = [`${number}. ${step.name} (${look.word})`];
  const buttons = step.buttons ?? [];
  const rows = buttonRow(buttons, pen);
  const letters = buttons.reduce((sum, button) => sum + button.label.length + 3, 0);
  const row = letters <= ROOM ? rows[0] : undefined;
  const beneath = row ? rows.slice(1) : rows;
  const text: Element[] = [textElement(words, look.strong ? { weight: 'Bolder' } : { isSubtle: true }, 200)];
  if (step.note) text.push({ ...textElement(step.note, { isSubtle: true, size: 'Small' }, 200), spacing: 'None' });
  return [
    {
      type: 'ColumnSet',
      spacing: 'Small',
      columns: [
        {
          type: 'Column',
          width: 'auto',
          items: [{ type: 'TextBlock', text: look.sign, wrap: true, color: look.colour, weight: 'Bolder' }],
        },
        { type: 'Column', width: 'stretch', items: text },
        ...(row ? [{ type: 'Column', width: 'auto', items: [row] } as const] : []),
      ],
    },
    ...beneath,
  ];
}

const LOOKS: Readonly<
  Record<
    Step['state'],
    { readonly sign: string; readonly word: string; readonly colour: Colour; readonly strong: boolean }
  >
> = {
  waiting: { sign: '○', word: 'waiting', colour: 'Default', strong: false },
  current: { sign: '▶', word: 'now', colour: 'Accent', strong: true },
  working: { sign: '…', word: 'working', colour: 'Accent', strong: true },
  done: { sign: '✔', word: 'done', colour: 'Good', strong: true },
  skipped: { sign: '–', word: 'skipped', colour: 'Default', strong: false },
  failed: { sign: '✖', word: 'failed', colour: 'Attention', strong: true },
  undone: { sign: '↶', word: 'undone', colour: 'Default', strong: false },
};
