/**
 * A line of speech, cut into words the way a shell would, without being one: quotes group, a backslash escapes, nothing
 * is expanded. Chat clients replace quotes and dashes by typographic ones ("smart punctuation"); they are read as meant.
 */
import { accept, refuse } from '../domain/parsed.ts';
import type { Parsed } from '../domain/parsed.ts';
import type { SpokenCommand } from './spec.ts';

/** Longest line that is read, in characters. */
export const LONGEST_LINE = 4000;

export function splitWords(line: string): Parsed<readonly string[]> {
  if (line.length > LONGEST_LINE) {
    return refuse(
      `that line has ${line.length} characters`,
      `at most ${LONGEST_LINE} are read; put long text in a file`,
    );
  }
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  const characters = Array.from(straighten(line));
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const next = characters[index + 1];
    if (
      character === '\\' &&
      next !== undefined &&
      (next === quote || (quote === undefined && /["'\\\s]/.test(next)))
    ) {
      word = (word ?? '') + next;
      index += 1;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '"' || (character === "'" && word === undefined)) {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return refuse(`a quotation mark (${quote}) is never closed`, 'close it, or leave it out');
  if (word !== undefined) words.push(word);
  return accept(words);
}

function straighten(line: string): string {
  return line.replace(/[“”„«»]/g, '"').replace(/(^|\s)(?:[–—]{1,2}|-[–—]|[–—]-)(?=[a-z])/g, '$1--');
}

/** A command as one line that is read as the same command. */
export function lineOf(said: SpokenCommand): string {
  const options = Object.entries(said.options).flatMap(([name, values]) =>
    values.flatMap((value) => (value === '' ? [`--${name}`] : [`--${name}`, quoted(value)])),
  );
  const flagLike = said.words.some((word) => word.startsWith('-'));
  return [said.name, ...options, ...(flagLike ? ['--'] : []), ...said.words.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;
}
