/**
 * The text of a YAML file -> its document and value, or what is wrong with it as text: encoding, size, syntax, aliases.
 *
 * Rules:
 * 1. Of syntax only the first fault is told, as the others mostly follow from it; a key that is there twice follows from
 *    none, and each is told.
 * 2. Where an indentation has something else than spaces in it, that is the fault: nobody sees a tab.
 */
import { LineCounter, parseDocument, visit } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import { withoutMark } from '../domain/fault-words.ts';

export interface TextFault {
  readonly line: number;
  readonly column: number;
  readonly why: string;
}

export type YamlText =
  | { readonly kind: 'read'; readonly document: Document; readonly lines: LineCounter; readonly value: unknown }
  | { readonly kind: 'bad'; readonly faults: readonly TextFault[] };

/** A file that people write is never longer than this, in characters. */
const LONGEST = 1_000_000;

/** Reads it as one document. */
export function readYamlText(given: string): YamlText {
  const text = withoutMark(given);
  const lines = new LineCounter();
  const at = (offset: number, why: string): TextFault => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, why };
  };
  if (text.length > LONGEST)
    return bad([{ line: 1, column: 1, why: `it is longer than ${LONGEST.toLocaleString('en')} characters` }]);
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const strange = text.indexOf('\uFFFD');
  if (strange >= 0) return bad([at(strange, 'this is not UTF-8; save the file as UTF-8')]);
  const faults = syntaxFaults(document.errors).map((error) => inWords(error, text, at));
  if (faults.length > 0) return bad(faults);
  try {
    return { kind: 'read', document, lines, value: document.toJS() };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return bad([aliasFault(document, at)]);
  }
}

type At = (offset: number, why: string) => TextFault;

function bad(faults: readonly TextFault[]): YamlText {
  return { kind: 'bad', faults };
}

/** Rule 1. */
function syntaxFaults(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
}

function inWords({ code, pos: [from], message }: YAMLError, text: string, at: At): TextFault {
  const begin = text.lastIndexOf('\n', from - 1) + 1;
  const indent = /^[^\S\r\n]*/.exec(text.slice(begin))?.[0] ?? '';
  const odd = indent.search(/[^ ]/);
  if (odd >= 0)
    return at(
      begin + odd,
      `${indent[odd] === '\t' ? 'a tab' : 'a blank that is no space'} indents this line; YAML takes spaces alone`,
    );
  if (code === 'DUPLICATE_KEY') return at(from, 'this key stands above already');
  if (code === 'MULTIPLE_DOCS') return at(from, 'a second document begins here (---); write everything into one');
  if (/call stack/.test(message)) return at(from, 'brackets are nested too deeply here');
  const words = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  return at(
    from,
    code === 'UNEXPECTED_TOKEN' ? `${words}; look at the indentation, the colons and the quotes just above` : words,
  );
}

function aliasFault(document: Document, at: At): TextFault {
  let many: number | undefined;
  let unknown: { readonly offset: number; readonly name: string } | undefined;
  visit(document, {
    Alias: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      many ??= offset;
      if (node.resolve(document) !== undefined) return undefined;
      unknown = { offset, name: node.source };
      return visit.BREAK;
    },
  });
  return unknown
    ? at(
        unknown.offset,
        `*${unknown.name} stands for nothing, as there is no &${unknown.name} above; quote it where it is a word`,
      )
    : at(many ?? 0, 'its aliases (*name) stand for too much; write out what they stand for');
}
