/**
 * A message as lines of text: colours, signs and numbered actions. Used by the terminal chat and the shell.
 */
import { plain } from '../../../src/domain/foreign.ts';
import type { Block, Button, Message } from '../../../src/messages/message.ts';
import { tableLines, wrap } from './layout.ts';
import { SIGNS, makePaint } from './paint.ts';
import { progressLines } from './progress.ts';
import { buttonLines } from './pen.ts';
import type { Pen, TextForm } from './pen.ts';
import { sparkline } from '../../../src/messages/sparkline.ts';

/** A screen holds no more; the JSON has the rest. */
const MOST_ROWS = 40;

export interface RenderedText {
  readonly text: string;
  /** Buttons in the order of their numbers. */
  readonly buttons: readonly Button[];
}

export function renderText(message: Message, form: TextForm): RenderedText {
  const paint = makePaint(form.colour);
  const buttons: Button[] = [];
  const pen: Pen = { paint, form, buttons };
  const drill = message.drill ? `${paint.bold('DRILL')} ` : '';
  const summary = `${drill}${paint.tone(message.tone, SIGNS[message.tone])} ${paint.bold(paint.phrase(message.summary))}`;
  const said = plain(message.summary);
  const body = message.blocks
    .filter((block) => !('text' in block && plain(block.text) === said))
    .flatMap((block) => renderBlock(block, pen, said));
  return { text: [...wrap(summary, form.width, '  '), ...body].join('\n'), buttons };
}

/** `said`: the summary above it, which no block repeats. */
function renderBlock(block: Block, pen: Pen, said: string): readonly string[] {
  const { paint, form } = pen;
  switch (block.kind) {
    case 'heading':
      return ['', ...wrap(paint.bold(paint.phrase(block.text)), form.width, '  ')];
    case 'text':
      return wrap(paint.phrase(block.text), form.width);
    case 'notice':
      return wrap(`${paint.tone(block.tone, SIGNS[block.tone])} ${paint.phrase(block.text)}`, form.width, '  ');
    case 'facts': {
      const rows = block.facts.map((fact) => [
        paint.dim(fact.name),
        fact.tone ? paint.tone(fact.tone, paint.phrase(fact.value)) : paint.phrase(fact.value),
      ]);
      const lines = tableLines([{ name: '' }, { name: '' }], rows, form.width - 2, paint.dim)
        .slice(1)
        .map((line) => `  ${line}`);
      return block.folded === undefined ? lines : ['', ...wrap(paint.bold(block.folded), form.width, '  '), ...lines];
    }
    case 'table': {
      const rows = block.rows.slice(0, MOST_ROWS).map((row) => row.map((cell) => paint.phrase(cell)));
      const lines = tableLines(block.columns, rows, form.width - 2, paint.dim).map((line) => `  ${line}`);
      const cut = block.rows.length - rows.length;
      if (cut > 0) lines.push(paint.dim(`  … ${cut} more`));
      return block.title === undefined ? lines : [paint.bold(block.title), ...lines];
    }
    case 'progress':
      return progressLines(block, pen);
    case 'evidence':
      if (!form.unfolded)
        return [
          paint.dim(
            `${block.title}: ${block.items.length === 1 ? '1 point' : `${block.items.length} points`} (say evidence to see them)`,
          ),
        ];
      return [
        paint.bold(block.title),
        ...block.items.flatMap((item) =>
          wrap(`  ${SIDES[item.side]} ${paint.phrase(item.text)}`, form.width, '          '),
        ),
      ];
    case 'series':
      return wrap(
        `${block.title}: ${sparkline(block.points.map((point) => point.value))} ${lastOf(block.points)} ${block.unit}`,
        form.width,
        '  ',
      );
    case 'measure':
      return [
        ...wrap(
          `  ${paint.bold(`#${block.number} ${block.name}`)} ${paint.phrase(block.target)}: ${block.state}${leaseOf(block)}${block.by ? `, by ${paint.phrase([block.by])}` : ''}`,
          form.width,
          '     ',
        ),
        ...(block.observed ? wrap(`     ${paint.dim(paint.phrase(block.observed))}`, form.width, '     ') : []),
        ...buttonLines(block.buttons, '     ', pen),
      ];
    case 'approval':
      return [
        ...(plain(block.title) === said ? [] : ['', ...wrap(paint.bold(paint.phrase(block.title)), form.width, '  ')]),
        ...block.commands.map((command) => `    $ ${command}`),
        ...block.blastRadius.flatMap((line) => wrap(`  • ${paint.phrase(line)}`, form.width, '    ')),
        ...wrap(`  ${block.needs}; open until ${timeOf(block.expiresAt)}`, form.width, '  '),
        ...buttonLines(block.buttons, '  ', pen),
      ];
    case 'actions':
      return buttonLines(block.buttons, '  ', pen);
    default:
      return block satisfies never;
  }
}

const SIDES = { for: 'for    ', against: 'against', missing: 'missing', neutral: '       ' } as const;

function lastOf(points: readonly { readonly value: number | null }[]): string {
  return String(points.findLast((point) => point.value !== null)?.value ?? 'not measured');
}

function leaseOf(block: { readonly since?: number; readonly until?: number }): string {
  const since = block.since === undefined ? '' : `, since ${timeOf(block.since)}`;
  return block.until === undefined ? since : `${since}, until ${timeOf(block.until)}`;
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
