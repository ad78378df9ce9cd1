/**
 * Words that were said in a thread without being addressed to the bot.
 *
 * Rules:
 * 1. A command whole is meant for it. What takes any words and begins sentences too (“close the window”, “open question”)
 *    is one only by itself or with a number.
 * 2. A command that is not whole is told what is wrong with it, unless its name is a word that people begin sentences with.
 */
import { parseExact } from './exact.ts';
import type { CommandSpec } from './spec.ts';

const ANY_WORDS: ReadonlySet<string> = new Set(['open', 'close']);
const BEGINS_SENTENCES: ReadonlySet<string> = new Set([
  ...ANY_WORDS,
  'do',
  'done',
  'keep',
  'confirm',
  'extend',
  'schedule',
  'skip',
]);

export function isMeantUnasked(words: string, registry: readonly CommandSpec[]): boolean {
  const command = parseExact(words, registry);
  if (command.kind === 'misheard') {
    const { spec } = command;
    return spec !== undefined && spec.risk !== 'look' && !BEGINS_SENTENCES.has(spec.name);
  }
  const [first] = command.spoken.words;
  return !ANY_WORDS.has(command.spec.name) || first === undefined || /^#?\d+$/.test(first);
}
