/**
 * Tables: the first natively (sorted and paged by the client), the others, or all on refusal, as aligned text; where that
 * is wider than a client shows in one line, each row as a line of names and values.
 */
import type { Phrase } from '../../../../src/domain/foreign.ts';
import type { Table } from '../../../../src/messages/message.ts';
import { LIMITS } from '../limits.ts';
import type { SlackBlock } from './block.ts';
import { context, more, preformatted, section, sectionsOfLines } from './block.ts';
import { literal, mrkdwn } from './text.ts';

/** Characters of one cell; what is longer is cut visibly. */
const CELL = 150;
const PAGE = 10;
/** Rows of a table as text: more is not read in a chat. */
const TEXT_ROWS = 20;
const TEXT_CELL = 48;
/** Signs that a desktop client shows in one line of a code block. */
const WIDEST = 76;

export function nativeTable(table: Table): readonly SlackBlock[] {
  const columns = table.columns.slice(0, LIMITS.tableColumns);
  const header = columns.map((column) => cell([column.name], 'left'));
  let room = LIMITS.tableCharacters - header.reduce((sum, each) => sum + each.text.length, 0);
  const rows: (readonly object[])[] = [];
  for (const row of table.rows.slice(0, LIMITS.tableRows - 1)) {
    const cells = columns.map((column, index) => cell(row[index] ?? [], column.align ?? 'left'));
    room -= cells.reduce((sum, each) => sum + each.text.length, 0);
    if (room < 0) break;
    rows.push(cells);
  }
  if (rows.length === 0) return [];
  const rest = table.rows.length - rows.length;
  const title = literal(table.title ?? columns.map((column) => column.name).join(', '), LIMITS.containerTitle);
  return [
    ...(table.title === undefined ? [] : [section(`*${title.replaceAll('&', '&amp;')}*`)]),
    { type: 'data_table', caption: title || 'table', page_size: Math.min(PAGE, rows.length), rows: [header, ...rows] },
    ...(rest > 0 ? [context(more(rest, 'rows'))] : []),
  ];
}

function cell(phrase: Phrase, align: 'left' | 'right') {
  const text = literal(phrase, CELL) || '–';
  const value = Number(text.replaceAll(',', ''));
  if (align === 'right' && /^-?[\d,]+(\.\d+)?$/.test(text) && Number.isFinite(value))
    return { type: 'raw_number' as const, value, text };
  return { type: 'raw_text' as const, text };
}

export function textTable(table: Table): readonly SlackBlock[] {
  if (table.rows.length === 0) return [];
  const columns = table.columns.slice(0, LIMITS.tableColumns);
  const last = columns.length - 1;
  const cells = table.rows
    .slice(0, TEXT_ROWS)
    .map((row) => columns.map((_, index) => literal(row[index] ?? [], index === last ? CELL : TEXT_CELL)));
  const heads = columns.map((column) => column.name);
  const widths = columns.map((_, index) => Math.max(...[heads, ...cells].map((row) => (row[index] ?? '').length)));
  if (widths.reduce((sum, each) => sum + each + 2, -2) > WIDEST) return listed(table);
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) =>
        columns[index]?.align === 'right' ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rest = table.rows.length - cells.length;
  const title =
    table.title === undefined ? '' : `*${literal(table.title, LIMITS.containerTitle).replaceAll('&', '&amp;')}*\n`;
  return [
    section(title + preformatted([line(heads), ...cells.map(line)], LIMITS.sectionText - title.length - 40)),
    ...(rest > 0 ? [context(more(rest, 'rows'))] : []),
  ];
}

function listed(table: Table): readonly SlackBlock[] {
  const rows = table.rows.slice(0, TEXT_ROWS).map((row) => {
    const [first = '', ...others] = table.columns.map((column, index) => {
      const value = mrkdwn(row[index] ?? [], CELL);
      return value === '' ? '' : index === 0 ? value : `*${mrkdwn(column.name, 40)}* ${value}`;
    });
    return `•  ${[first || '–', ...others.filter((each) => each !== '')].join('  ')}`;
  });
  const title = table.title === undefined ? [] : [`*${mrkdwn(table.title, LIMITS.containerTitle)}*`];
  const rest = table.rows.length - rows.length;
  return [...sectionsOfLines([...title, ...rows], 2), ...(rest > 0 ? [context(more(rest, 'rows'))] : [])];
}
