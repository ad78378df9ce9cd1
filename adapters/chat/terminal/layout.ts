/** Text in columns: widths as a terminal counts them, wrapping, aligned tables. */
const SGR = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');

/** Columns that a text takes: combining marks none, wide East Asian characters and emoji two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text.replace(SGR, '')) {
    const point = character.codePointAt(0) ?? 0;
    if (/\p{M}/u.test(character)) continue;
    width += /\p{Emoji_Presentation}/u.test(character) || isWide(point) ? 2 : 1;
  }
  return width;
}

function isWide(point: number): boolean {
  return (
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0x20000 && point <= 0x3fffd)
  );
}

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** Wraps at spaces, but not between a number and its %; a word longer than the line stands alone. Continuation lines begin with `indent`. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    const lead = /^ */.exec(paragraph)?.[0] ?? '';
    let line = '';
    for (const word of paragraph.slice(lead.length).split(/ (?!%)/)) {
      const room = width - (lines.length === 0 ? lead.length : indent.length);
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
    return lines.map((each, index) => (index === 0 ? lead + each : indent + each));
  });
}

export interface Column {
  readonly name: string;
  readonly align?: 'left' | 'right';
}

/** A column is never squeezed below this. */
const NARROWEST = 12;

/** A table; where the whole is too wide, its widest columns wrap. Cells come painted. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  head: (text: string) => string,
): readonly string[] {
  const widths = fit(
    columns.map((column, index) => Math.max(widthOf(column.name), ...rows.map((row) => widthOf(row[index] ?? '')))),
    columns,
    width,
  );
  const line = (cells: readonly string[]): readonly string[] => {
    const wrapped = columns.map((column, index) => {
      const cell = cells[index] ?? '';
      return column.align === 'right' ? [cell] : wrap(cell, widths[index] ?? NARROWEST);
    });
    const height = Math.max(...wrapped.map((each) => each.length));
    return Array.from({ length: height }, (_none, row) =>
      wrapped.map((each, index) => pad(each[row] ?? '', widths[index] ?? 0, columns[index]?.align)).join('  '),
    );
  };
  return [...line(columns.map((column) => column.name)).map(head), ...rows.flatMap(line)].map((each) => each.trimEnd());
}

/** Takes from the widest column that may wrap until all fit, or none can give any more. */
function fit(natural: readonly number[], columns: readonly Column[], width: number): readonly number[] {
  const widths = [...natural];
  const gaps = 2 * (widths.length - 1);
  for (let over = widths.reduce((sum, each) => sum + each, gaps) - width; over > 0; over -= 1) {
    const widest = widths.reduce(
      (best, each, index) =>
        columns[index]?.align !== 'right' && each > NARROWEST && each > (widths[best] ?? 0) ? index : best,
      columns.findIndex((column, index) => column.align !== 'right' && (widths[index] ?? 0) > NARROWEST),
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
