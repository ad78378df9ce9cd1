/**
 * A YAML file -> what its schema says, or every fault at once, each with its line, column and remedy.
 */
import { isCollection, isMap, isNode } from 'yaml';
import type { Document, LineCounter } from 'yaml';
import type { z } from 'zod';
import { faultInWords } from '../domain/fault-words.ts';
import { nearestWord } from '../domain/nearest.ts';
import { readYamlText } from './yaml-text.ts';

export interface ConfigFault {
  readonly line: number;
  readonly column: number;
  /** Where in the file, in words: `sites[0].addresses[1]`. */
  readonly path: string;
  readonly why: string;
}

/** All that is wrong with a configuration file. The message lists every fault. */
export class ConfigRefused extends Error {
  readonly faults: readonly ConfigFault[];
  constructor(file: string, faults: readonly ConfigFault[]) {
    const lines = faults.map(
      (fault) => `  ${file}:${fault.line}:${fault.column} ${fault.path === '' ? '' : `${fault.path}: `}${fault.why}`,
    );
    super(
      `${file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; nothing of it was taken.\n${lines.join('\n')}`,
    );
    this.name = 'ConfigRefused';
    this.faults = faults;
  }
}

export type Path = readonly (string | number)[];

/** What a schema can't see, found in what it has read: names that nothing has. */
export type Fault = { readonly path: Path; readonly why: string };

/** Reads the text of a file. Throws ConfigRefused. */
export function readYaml<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
  empty: unknown,
  more: (read: T) => readonly Fault[],
): T {
  const read = readYamlText(text);
  if (read.kind === 'bad')
    throw new ConfigRefused(
      file,
      read.faults.map((fault) => ({ ...fault, path: '' })),
    );
  const { document, lines, value } = read;
  const place = (path: Path, why: string): ConfigFault => ({
    ...positionOf(document, lines, path),
    path: pathInWords(path),
    why,
  });
  const parsed = schema.safeParse(value ?? empty);
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap((issue) => {
      const path = issue.path.filter((part) => typeof part !== 'symbol');
      if (issue.code !== 'unrecognized_keys') return [place(path, faultInWords(issue, document.getIn(path)))];
      return issue.keys.map((key) => place([...path, key], unknownKey(schema, key, path)));
    });
    throw new ConfigRefused(file, inOrder(faults));
  }
  const found = more(parsed.data).map(({ path, why }) => place(path, why));
  if (found.length > 0) throw new ConfigRefused(file, inOrder(found));
  return parsed.data;
}

function inOrder(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function positionOf(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const parent =
      depth === 0 ? undefined : depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const key = isMap(parent)
      ? parent.items.find((pair) => isNode(pair.key) && String(pair.key) === String(path[depth - 1]))?.key
      : undefined;
    const at = isNode(key) && (depth === path.length || isCollection(node)) ? key : node;
    const offset = isNode(at) ? at.range?.[0] : undefined;
    if (offset !== undefined) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function unknownKey(schema: z.ZodType, key: string, path: Path): string {
  const permitted = keysAt(schema, path);
  const nearest = nearestWord(key, permitted);
  const hint =
    nearest === undefined
      ? permitted.length > 0
        ? `; permitted: ${permitted.join(', ')}`
        : ''
      : `; did you mean ${nearest}?`;
  return `nothing is called ${JSON.stringify(key)} here${hint}`;
}

/** The keys that may stand at a path, found by asking the schema with an impossible key. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let at: unknown = schema;
  for (const part of path) at = typeof part === 'number' ? inner(at, 'element') : inner(at, 'shape', part);
  const shape = inner(at, 'shape');
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

function inner(schema: unknown, property: 'shape' | 'element', key?: string): unknown {
  let at: unknown = schema;
  for (let depth = 0; depth < 6; depth += 1) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (property in at) {
      const found: unknown = Reflect.get(at, property);
      return key === undefined
        ? found
        : typeof found === 'object' && found !== null
          ? Reflect.get(found, key)
          : undefined;
    }
    const definition: unknown = Reflect.get(at, 'def');
    if (typeof definition !== 'object' || definition === null) return undefined;
    at = Reflect.get(definition, 'innerType') ?? Reflect.get(definition, 'in');
  }
  return undefined;
}

function pathInWords(path: Path): string {
  return path.reduce<string>(
    (words, part) => (typeof part === 'number' ? `${words}[${part}]` : words === '' ? part : `${words}.${part}`),
    '',
  );
}
