/**
 * From words to a command.
 *
 * Owns: finding the spec, telling options from words, the answer to a word that isn't known. Does not own: what the
 * arguments mean (each spec's `read`), who may say it (access).
 * Rules:
 * 1. Options come before or after the arguments; `--name value` and `--name=value` are the same; `--` ends them.
 * 2. What isn't known is refused with the nearest permitted word, or the whole list; nothing is guessed.
 * 3. A command of several words (`audit-log verify`, `drill start`) is one spec with a first argument.
 */
import type { Parsed } from '../domain/parsed.ts';
import { nearestWord } from '../domain/nearest.ts';
import type { CommandSpec, OptionSpec, SpokenCommand } from './spec.ts';
import { splitWords } from './words.ts';

export interface Command {
  readonly kind: 'command';
  readonly spec: CommandSpec;
  readonly spoken: SpokenCommand;
  /** What the spec read from it. */
  readonly args: unknown;
}

/** Not understood. `word` is the one that is wrong, `permitted` what could stand there. */
export interface Misheard {
  readonly kind: 'misheard';
  readonly word: string;
  readonly why: string;
  readonly remedy: string;
  readonly nearest?: string;
  readonly permitted: readonly string[];
  readonly spec?: CommandSpec;
}

/** Options of every command in the shell. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', help: 'print JSON for programs' },
  { name: 'config', value: 'FILE', help: 'read this tourniquet.yaml' },
  { name: 'resolver', value: 'HOST:PORT', repeatable: true, help: 'ask this resolver in place of the configured ones' },
  { name: 'timeout', value: 'SECONDS', help: 'deadline of the whole command' },
  { name: 'help', help: 'say what the command does' },
];

export function parseLine(line: string, registry: readonly CommandSpec[]): Command | Misheard {
  const words = splitWords(line);
  if (words.kind === 'bad') return misheard('', words.why, words.remedy, []);
  return parseWords(words.value, registry);
}

export function parseWords(words: readonly string[], registry: readonly CommandSpec[]): Command | Misheard {
  const spoken = readSpoken(words, registry);
  if (spoken.kind === 'misheard') return spoken;
  const read = spoken.spec.read(spoken.spoken);
  if (read.kind === 'ok') return { kind: 'command', spec: spoken.spec, spoken: spoken.spoken, args: read.value };
  return { ...misheard('', read.why, read.remedy, []), spec: spoken.spec };
}

/** Finds the spec and sorts options from words, without reading the arguments. */
export function readSpoken(
  words: readonly string[],
  registry: readonly CommandSpec[],
): { readonly kind: 'spoken'; readonly spec: CommandSpec; readonly spoken: SpokenCommand } | Misheard {
  const names = registry.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);
  const at = indexOfName(words);
  const name = words[at];
  if (name === undefined) return misheard('', 'no command was given', `say one of: ${names.join(', ')}`, names);
  const spec = findSpec(name, registry);
  if (!spec) {
    const nearest = nearestWord(
      name,
      names.filter((each) => /^\w/.test(each)),
    );
    const remedy = nearest === undefined ? 'say help for the list' : `did you mean ${nearest}?`;
    return {
      ...misheard(name, `there is no command ${JSON.stringify(clip(name))}`, remedy, names),
      ...(nearest && { nearest }),
    };
  }
  const sorted = sortOptions([...words.slice(0, at), ...words.slice(at + 1)], spec);
  if (sorted.kind === 'misheard') return sorted;
  return { kind: 'spoken', spec, spoken: { name: spec.name, words: sorted.words, options: sorted.options } };
}

export function findSpec(name: string, registry: readonly CommandSpec[]): CommandSpec | undefined {
  const wanted = name.toLowerCase();
  return registry.find((spec) => spec.name === wanted || spec.aliases?.includes(wanted));
}

/** The arguments of a spoken command, read again where it is carried out. */
export function readArguments<A>(spec: CommandSpec<A>, spoken: SpokenCommand): Parsed<A> {
  return spec.read(spoken);
}

function indexOfName(words: readonly string[]): number {
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    if (!word.startsWith('--') || word === '--') return index;
    const option = COMMON_OPTIONS.find((known) => known.name === word.slice(2));
    index += option?.value !== undefined ? 2 : 1;
  }
  return index;
}

function sortOptions(
  words: readonly string[],
  spec: CommandSpec,
): { readonly kind: 'sorted'; readonly words: string[]; readonly options: Record<string, string[]> } | Misheard {
  const known = [...spec.options, ...COMMON_OPTIONS];
  const permitted = known.map((option) => `--${option.name}`);
  const plain: string[] = [];
  const options: Record<string, string[]> = {};
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      plain.push(...words.slice(index + 1));
      break;
    }
    if (!word.startsWith('--')) {
      plain.push(word);
      continue;
    }
    const [name, inline] = splitOnce(word.slice(2), '=');
    const option = known.find((candidate) => candidate.name === name);
    if (!option) {
      const nearest = nearestWord(`--${name}`, permitted);
      const remedy = nearest === undefined ? `permitted: ${permitted.join(', ')}` : `did you mean ${nearest}?`;
      return { ...misheard(word, `${spec.name} has no option ${JSON.stringify(clip(word))}`, remedy, permitted), spec };
    }
    if (option.value === undefined) {
      if (inline !== undefined)
        return { ...misheard(word, `--${name} takes no value`, `write --${name} alone`, permitted), spec };
      options[name] = [''];
      continue;
    }
    const value = inline ?? words[index + 1];
    if (value === undefined || (inline === undefined && value.startsWith('--'))) {
      return { ...misheard(word, `--${name} needs a value`, `write --${name} ${option.value}`, permitted), spec };
    }
    if (inline === undefined) index += 1;
    options[name] = option.repeatable ? [...(options[name] ?? []), value] : [value];
  }
  return { kind: 'sorted', words: plain, options };
}

function splitOnce(text: string, at: string): readonly [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function misheard(word: string, why: string, remedy: string, permitted: readonly string[]): Misheard {
  return { kind: 'misheard', word, why, remedy, permitted };
}

function clip(word: string): string {
  return word.length > 40 ? `${word.slice(0, 39)}…` : word;
}
