/**
 * What is wrong with something that a person wrote into a file, and what to write instead: a schema's fault in words.
 *
 * Owns: the words. Does not own: the schemas; a schema that says it better itself is left as it is.
 */
import { nearestWord } from './nearest.ts';

/** A fault as the schema reports it: the part of it that tells what was wanted. */
export interface SchemaFault {
  readonly code?: string | undefined;
  readonly message: string;
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly keys?: readonly string[];
}

/** `given`: what stands there, where it is known. `wanted`: words for kinds of values that are said better here. */
export function faultInWords(
  fault: SchemaFault,
  given?: unknown,
  wanted: Readonly<Record<string, string>> = {},
): string {
  if (!/^(?:Invalid|Too |Unrecognized)/.test(fault.message)) return fault.message;
  switch (fault.code) {
    case 'invalid_type': {
      if (fault.message.endsWith('received undefined')) return 'it is missing';
      const kind = fault.expected ?? '';
      return `write ${wanted[kind] ?? KINDS[kind] ?? kind}`;
    }
    case 'invalid_value':
      return oneOf((fault.values ?? []).map(String), given);
    case 'invalid_union': {
      const permitted = [...fault.message.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
      return permitted.length === 0 ? 'it is none of the permitted forms' : oneOf(permitted, given);
    }
    case 'too_small':
      if (fault.origin === 'array' || fault.origin === 'set') return 'write at least one';
      return fault.origin === 'string'
        ? `write at least ${fault.minimum} characters`
        : `write ${fault.minimum} or more`;
    case 'too_big':
      if (fault.origin === 'array' || fault.origin === 'set') return `write at most ${fault.maximum}`;
      return fault.origin === 'string' ? `write at most ${fault.maximum} characters` : `write ${fault.maximum} or less`;
    case 'unrecognized_keys':
      return `there is no field ${(fault.keys ?? []).join(', ')}`;
    default:
      return fault.message;
  }
}

/** Without the byte order mark that some editors put first, and that parsers take for an indentation. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

function oneOf(permitted: readonly string[], given: unknown): string {
  const nearest = typeof given === 'string' ? nearestWord(given, permitted) : undefined;
  const list = permitted.length === 1 ? `write ${permitted[0]}` : `write one of ${permitted.join(', ')}`;
  return nearest === undefined || permitted.length === 1 ? list : `${list}; did you mean ${nearest}?`;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'its fields: { name: … }',
  array: 'a list, even of one: [ … ]',
  string: 'words',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};
