/**
 * What is ours in a configuration file of somebody else's.
 *
 * Owns: blocks between two marking lines, how they are put in and taken out again to the byte, and whether anything else
 * has changed meanwhile. Does not own: reading and writing the file (HostFiles), or what the lines mean (adapters).
 * Rules:
 * 1. A block keeps the lines it stands in for, so that the file alone is enough to take it back.
 * 2. Taking a block out leaves every other line as it is, other measures' blocks too: the order of release is free.
 * 3. `bare`, the text without any block of ours, tells whether somebody else has changed the file.
 */
export interface Block {
  readonly tag: string;
  readonly lines: readonly string[];
}

/** What the file shows of a measure; `others`: the lines that are not ours differ from those that were there. */
export type BlockState =
  | { readonly kind: 'ours' }
  | { readonly kind: 'absent'; readonly others: readonly string[] }
  | { readonly kind: 'changed'; readonly differences: readonly string[] };

const BEGIN = /^# tourniquet (\S+) begins(; the line before it had no end)?$/;
const KEPT = '#| ';
const MOST_DIFFERENCES = 20;

/**
 * Puts a block before line `at` (counted from 0; the number of lines: at the end) in place of the next `instead` lines,
 * which it keeps as comments.
 */
export function putBlock(text: string, block: Block, at: number, instead = 0): string {
  const { lines, ended } = cut(text);
  const atOpenEnd = !ended && at >= lines.length;
  const kept = lines.slice(at, at + instead);
  const put = [
    `# tourniquet ${block.tag} begins${atOpenEnd ? '; the line before it had no end' : ''}`,
    ...kept.map((line) => `${KEPT}${line}`),
    ...block.lines,
    endOf(block.tag),
  ];
  const all = [...lines.slice(0, at), ...put, ...lines.slice(at + instead)];
  return join(all, ended || atOpenEnd);
}

/** Takes out the blocks of that tag, or of every tag, and puts back the lines that they keep. */
export function withoutBlocks(text: string, tag?: string): string {
  const { lines, ended } = cut(text);
  const left: string[] = [];
  let openEnd = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, found, open] = BEGIN.exec(line) ?? [];
    const end = found === undefined || (tag !== undefined && found !== tag) ? -1 : lines.indexOf(endOf(found), at);
    if (end === -1) left.push(line);
    else {
      left.push(...keptLines(lines.slice(at + 1, end)));
      openEnd = open !== undefined && end === lines.length - 1;
      at = end;
    }
  }
  return join(left, ended && !openEnd);
}

/** The blocks of a tag, each as its lines without the marks, in the order of the file. */
export function blocksOf(text: string, tag: string): readonly (readonly string[])[] {
  const { lines } = cut(text);
  return lines.flatMap((line, at) => {
    const end = BEGIN.exec(line)?.[1] === tag ? lines.indexOf(endOf(tag), at) : -1;
    return end === -1 ? [] : [lines.slice(at + 1, end)];
  });
}

/** The tags of all blocks, in the order of the file. */
export function tagsIn(text: string): readonly string[] {
  return cut(text).lines.flatMap((line) => BEGIN.exec(line)?.[1] ?? []);
}

/** Compares the file with what it was before (`prior`) and with what we make of it (`edited`). */
export function judgeBlocks(now: string, prior: string, edited: string, tag: string): BlockState {
  const others = differencesOf(withoutBlocks(prior), withoutBlocks(now));
  const mine = blocksOf(now, tag);
  const marked = cut(now).lines.some((line) => line.includes(`tourniquet ${tag} `));
  if (mine.length === 0 && !marked) return { kind: 'absent', others };
  const meant = blocksOf(edited, tag);
  const own = differencesOf(meant.flat().join('\n'), mine.flat().join('\n'));
  if (own.length === 0 && others.length === 0 && mine.length === meant.length) return { kind: 'ours' };
  const differences = [...own, ...others];
  return { kind: 'changed', differences: differences.length > 0 ? differences : [`the marks of ${tag} are broken`] };
}

/** The lines that went (`- …`) and came (`+ …`), at most twenty, whatever their order. */
export function differencesOf(before: string, after: string): readonly string[] {
  const went = minus(cut(before).lines, cut(after).lines).map((line) => `- ${line}`);
  const came = minus(cut(after).lines, cut(before).lines).map((line) => `+ ${line}`);
  const all = [...went, ...came];
  if (all.length === 0 && before !== after) return ['the order or the ends of its lines'];
  return all.length > MOST_DIFFERENCES
    ? [...all.slice(0, MOST_DIFFERENCES), `… ${all.length - MOST_DIFFERENCES} more`]
    : all;
}

function minus(lines: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}

function keptLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith(KEPT)).map((line) => line.slice(KEPT.length));
}

function endOf(tag: string): string {
  return `# tourniquet ${tag} ends`;
}

function cut(text: string): { readonly lines: readonly string[]; readonly ended: boolean } {
  const lines = text.split('\n');
  if (text === '') return { lines: [], ended: true };
  return text.endsWith('\n') ? { lines: lines.slice(0, -1), ended: true } : { lines, ended: false };
}

function join(lines: readonly string[], ended: boolean): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}${ended ? '\n' : ''}`;
}
