/**
 * Parameters in main.cf (postconf(5)): a logical line begins in the first column and goes on in the lines that begin with
 * white space, over comments and empty lines in between; the last of several wins.
 *
 * `postconf -e` flattens values of several lines and `-X` takes an explicit empty value away, so that what they did can't
 * be taken back to the byte; hence a block that keeps the lines it stands in for.
 */
import { blocksOf, putBlock, tagsIn } from '../../../../src/domain/measures/marked-block.ts';

export type Setting = readonly [name: string, value: string];

export function pathOf(folder: string): string {
  return `${folder}/main.cf`;
}

/** The text with each parameter set in a block of its own, where it stands, or at the end. */
export function putSettings(
  text: string,
  tag: string,
  settings: readonly Setting[],
  notes: readonly string[] = [],
): string {
  let edited = text;
  for (const [name, value] of settings) {
    const lines = linesOf(edited);
    const found = findParameter(lines, name);
    const block = { tag, lines: [...notes, `${name} = ${value}`] };
    edited = found
      ? putBlock(edited, block, found.at, found.length)
      : putBlock(edited, block, edited === '' ? 0 : lines.length);
  }
  return edited;
}

/** The tag of the block that sets this parameter already. */
export function holderOf(text: string, name: string): string | undefined {
  const sets = new RegExp(`^${name}\\s*=`);
  return [...new Set(tagsIn(text))].find((tag) =>
    blocksOf(text, tag)
      .flat()
      .some((line) => sets.test(line)),
  );
}

function linesOf(text: string): readonly string[] {
  return text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
}

function findParameter(lines: readonly string[], name: string): { at: number; length: number } | undefined {
  const at = lines.findLastIndex((line) => new RegExp(`^${name}\\s*=`).test(line));
  if (at === -1) return undefined;
  let end = at + 1;
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    if (/^\s+[^\s#]/.test(line)) end = next + 1;
    else if (!/^\s*(#|$)/.test(line)) break;
  }
  return { at, length: end - at };
}
