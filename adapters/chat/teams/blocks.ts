/** Each kind of block as elements of a card. */
import { isForeign, plain } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Block } from '../../../src/messages/message.ts';
import { sparkline } from '../../../src/messages/sparkline.ts';
import { actionSet, buttonRow, freshId, toggle } from './buttons.ts';
import type { Element } from './card.ts';
import { cellLimit, cutList, textLimit, timeOf } from './cut.ts';
import type { Pen } from './buttons.ts';
import { LIMITS } from './limits.ts';
import { renderProgress } from './progress.ts';
import { cutText, isHarmless, textElement } from './text.ts';
import type { PlacedLook } from './text.ts';
import { COLOURS, SIGNS, STYLES } from './tone.ts';

type Of<K extends Block['kind']> = Extract<Block, { kind: K }>;

export function renderBlock(block: Block, pen: Pen): readonly Element[] {
  switch (block.kind) {
    case 'heading':
      return [textElement(block.text, { weight: 'Bolder', size: 'Medium', heading: true, spacing: 'Medium' }, 200)];
    case 'text':
      return [textElement(block.text, {}, textLimit(pen))];
    case 'notice':
      return [
        {
          type: 'Container',
          style: STYLES[block.tone],
          items: [textElement([`${SIGNS[block.tone]} `, ...block.text], {}, textLimit(pen))],
        },
      ];
    case 'facts':
      return block.folded === undefined ? renderFacts(block, pen) : foldedFacts(block, block.folded, pen);
    case 'table':
      return renderTable(block, pen);
    case 'progress':
      return renderProgress(block, pen);
    case 'evidence':
      return renderEvidence(block, pen);
    case 'series':
      return renderSeries(block);
    case 'measure':
      return renderMeasure(block, pen);
    case 'approval':
      return renderApproval(block, pen);
    case 'actions':
      return buttonRow(block.buttons, pen);
    default:
      return block satisfies never;
  }
}

function foldedFacts(block: Of<'facts'>, title: string, pen: Pen): readonly Element[] {
  const id = freshId(pen, 'facts');
  return [
    actionSet([toggle(title, [id])]),
    { type: 'Container', id, isVisible: false, style: 'emphasis', items: renderFacts(block, pen) },
  ];
}

/**
 * A FactSet where every value is harmless and has no colour; else two columns, whose texts read no Markdown; beneath each
 * other where a name's words have no room in the first.
 */
function renderFacts(block: Of<'facts'>, pen: Pen): readonly Element[] {
  const { shown, more } = cutList(block.facts, LIMITS.facts, pen);
  const limit = cellLimit(pen) * 2;
  const simple = shown.every(
    (fact) =>
      fact.tone === undefined &&
      fact.value.every((part) => !isForeign(part)) &&
      isHarmless(plain(fact.value)) &&
      isHarmless(fact.name),
  );
  if (simple) {
    const facts = shown.map((fact) => ({ title: cutText(fact.name, 60), value: cutText(plain(fact.value), limit) }));
    return [{ type: 'FactSet', facts }, ...more];
  }
  const rows = shown.map((fact): readonly [name: Element, value: Element] => {
    const look: PlacedLook = fact.tone ? { color: COLOURS[fact.tone], weight: 'Bolder' } : {};
    const value: Phrase = fact.tone ? [`${SIGNS[fact.tone]} `, ...fact.value] : fact.value;
    return [textElement([fact.name], { weight: 'Bolder' }, 60), textElement(value, look, limit)];
  });
  if (shown.some((fact) => fact.name.split(/\s+/).some((word) => word.length > LIMITS.factWord)))
    return [...rows.flatMap(([name, value]) => [name, { ...value, spacing: 'None' as const }]), ...more];
  return [grid([{ width: 1 }, { width: 3 }], rows, false), ...more];
}

function renderTable(block: Of<'table'>, pen: Pen): readonly Element[] {
  const { shown, more } = cutList(block.rows, LIMITS.tableRows, pen);
  const wide = block.columns.slice(0, LIMITS.tableColumns);
  const cut = block.columns.length - wide.length;
  const narrowed = cut > 0 ? [textElement([`… ${cut} more columns`], { isSubtle: true, size: 'Small' }, 40)] : [];
  const title =
    block.title === undefined ? [] : [textElement([block.title], { weight: 'Bolder', spacing: 'Medium' }, 120)];
  if (breaksOnPhone(block, wide.length))
    return [...title, ...shown.flatMap((row) => stackedRow(wide, row, pen)), ...narrowed, ...more];
  const right = wide.map((column) => column.align === 'right');
  const look = (index: number): PlacedLook => (right[index] ? { align: 'Right' } : {});
  const head = wide.map((column, index) => textElement([column.name], { weight: 'Bolder', ...look(index) }, 40));
  const rows = shown.map((row) => wide.map((_, index) => textElement(row[index] ?? [''], look(index), cellLimit(pen))));
  const columns = wide.map((_, index) => ({
    width: widthOf(block, index),
    ...(right[index] && ({ horizontalCellContentAlignment: 'Right' } as const)),
  }));
  return [...title, grid(columns, [head, ...rows], true), ...narrowed, ...more];
}

/** A row of more columns than a phone has room for: what it is about, and beneath it each cell with its column's name. */
function stackedRow(columns: Of<'table'>['columns'], row: Of<'table'>['rows'][number], pen: Pen): readonly Element[] {
  const [first = [''], second = [''], ...others] = row;
  const named = others.flatMap((cell, index): Phrase => [
    ...(index === 0 ? [] : [' · ']),
    `${columns[index + 2]?.name ?? ''} `,
    ...cell,
  ]);
  return [
    textElement([...first, '  ', ...second], { weight: 'Bolder' }, cellLimit(pen) * 2),
    { ...textElement(named, { isSubtle: true, size: 'Small' }, cellLimit(pen) * 3), spacing: 'None' },
  ];
}

/** Words would be broken in the middle: too many columns, or four whose longest words have no room beside each other. */
function breaksOnPhone(block: Of<'table'>, count: number): boolean {
  if (count !== LIMITS.phoneColumns) return count > LIMITS.phoneColumns;
  const floors = Array.from({ length: count }, (_, index) => floorOf(block, index));
  return floors.reduce((sum, floor) => sum + floor, 0) > LIMITS.phoneCharacters;
}

/** Characters of a column's longest word, and a blank. */
function floorOf(block: Of<'table'>, index: number): number {
  const words = cellsOf(block, index).flatMap((cell) => cell.split(/\s+/).map((each) => each.length));
  // A column's name is bold, which is wider.
  const name = Math.ceil((block.columns[index]?.name.length ?? 0) * 1.15);
  return Math.min(Math.max(3, name, ...words), LIMITS.tableWord) + 1;
}

function cellsOf(block: Of<'table'>, index: number): readonly string[] {
  return block.rows.slice(0, LIMITS.tableRows).map((row) => plain(row[index] ?? []));
}

/** Teams shares the width by these weights: each column gets its longest word, and a little more where it has sentences. */
function widthOf(block: Of<'table'>, index: number): number {
  const name = block.columns[index]?.name ?? '';
  const longest = Math.max(name.length, ...cellsOf(block, index).map((words) => words.length));
  const floor = floorOf(block, index);
  const room = block.columns.length <= 3 ? 12 : 6;
  return floor + Math.min(room, Math.round(Math.max(0, longest - floor) / (room === 12 ? 4 : 14)));
}

function grid(
  columns: Extract<Element, { type: 'Table' }>['columns'],
  rows: readonly (readonly Element[])[],
  headed: boolean,
): Element {
  return {
    type: 'Table',
    columns,
    rows: rows.map((cells, index) => ({
      type: 'TableRow',
      ...(headed && index === 0 && ({ style: 'emphasis' } as const)),
      cells: cells.map((item) => ({ type: 'TableCell', items: [item] })),
    })),
    firstRowAsHeader: headed,
    firstRowAsHeaders: headed,
    showGridLines: headed,
  };
}

const SIDES = {
  for: { sign: '✔ for', color: 'Good' },
  against: { sign: '✖ against', color: 'Attention' },
  missing: { sign: '? missing', color: 'Accent' },
  neutral: { sign: '·', color: 'Default' },
} as const;

/** Folded: a press on its title opens it, for this reader alone. */
function renderEvidence(block: Of<'evidence'>, pen: Pen): readonly Element[] {
  const { shown, more } = cutList(block.items, LIMITS.evidenceItems, pen);
  const id = freshId(pen, 'evidence');
  const items = shown.map((item): Element => {
    const side = SIDES[item.side];
    return {
      type: 'ColumnSet',
      spacing: 'Small',
      columns: [
        {
          type: 'Column',
          width: 'auto',
          items: [{ type: 'TextBlock', text: side.sign, wrap: true, color: side.color }],
        },
        { type: 'Column', width: 'stretch', items: [textElement(item.text, {}, cellLimit(pen) * 2)] },
      ],
    };
  });
  const title = cutText(`${block.title} (${block.items.length})`, 60);
  return [
    actionSet([toggle(title, [id])]),
    { type: 'Container', id, isVisible: false, style: 'emphasis', items: [...items, ...more] },
  ];
}

function renderSeries(block: Of<'series'>): readonly Element[] {
  const points = block.points.slice(-LIMITS.sparkPoints);
  const cut = block.points.length - points.length;
  const known = points.flatMap((point) => (point.value === null ? [] : [point.value]));
  const last = known.at(-1);
  const range =
    known.length === 0 ? 'not measured' : `${last} ${block.unit} (${Math.min(...known)} to ${Math.max(...known)})`;
  const [first] = points;
  const end = points.at(-1);
  const span =
    first && end ? `${timeOf(first.at)} to ${timeOf(end.at)}${cut > 0 ? `; ${cut} older points left out` : ''}` : '';
  return [
    textElement([block.title, ': ', range], { weight: 'Bolder' }, 200),
    textElement([sparkline(points.map((point) => point.value))], { size: 'Large', fontType: 'Monospace' }, 100),
    textElement([span], { isSubtle: true, size: 'Small' }, 120),
  ];
}

function renderMeasure(block: Of<'measure'>, pen: Pen): readonly Element[] {
  const title: Phrase = [`#${block.number} ${block.name} on `, ...block.target, `: ${block.state}`];
  const details: Phrase = [
    ...(block.since === undefined ? [] : [`since ${timeOf(block.since)}`]),
    ...(block.until === undefined ? [] : [`${block.since === undefined ? '' : ', '}until ${timeOf(block.until)}`]),
    ...(block.by ? [', by ', block.by] : []),
  ];
  const items: Element[] = [textElement(title, { weight: 'Bolder' }, 300)];
  if (details.length > 0) items.push(textElement(details, { isSubtle: true }, 200));
  if (block.observed) items.push(textElement(block.observed, { isSubtle: true }, cellLimit(pen) * 2));
  return [{ type: 'Container', style: 'emphasis', items: [...items, ...buttonRow(block.buttons, pen)] }];
}

function renderApproval(block: Of<'approval'>, pen: Pen): readonly Element[] {
  const commands = cutList(block.commands, LIMITS.commands, pen);
  const radius = cutList(block.blastRadius, LIMITS.blastRadius, pen);
  const unread =
    commands.more.length === 0
      ? []
      : [
          textElement(
            ['Not all commands are shown here. Read the whole plan in the terminal before you decide.'],
            { color: 'Attention', weight: 'Bolder' },
            200,
          ),
        ];
  return [
    {
      type: 'Container',
      style: 'warning',
      items: [
        ...(plain(block.title) === pen.said
          ? []
          : [textElement(block.title, { weight: 'Bolder', size: 'Medium' } as const, 300)]),
        ...commands.shown.map((command) =>
          textElement([command], { spacing: 'Small', fontType: 'Monospace' }, textLimit(pen)),
        ),
        ...commands.more,
        ...unread,
        ...radius.shown.map((line) => textElement(['• ', ...line], { spacing: 'Small' }, cellLimit(pen) * 2)),
        ...radius.more,
        textElement([`${block.needs}; open until ${timeOf(block.expiresAt)}`], { isSubtle: true }, 200),
        ...buttonRow(block.buttons, pen),
      ],
    },
  ];
}
