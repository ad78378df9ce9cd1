/**
 * A catalogue file -> Catalogue, or every fault with line and column.
 *
 * The form is the same for the built-in file and for one's own (docs/blocklists.md).
 */
import { LineCounter, isMap, isNode, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import type { Blocklist, Code, ErrorCode, TestPoints } from '../../src/domain/blocklists/blocklist.ts';
import type { Catalogue, LeftOut } from '../../src/domain/blocklists/catalogue.ts';
import { faultInWords, withoutMark } from '../../src/domain/fault-words.ts';
import { causeOf, entry, errorKeyOf, keyOf } from './entry.ts';
import type { Entry } from './entry.ts';

/** A catalogue that can't be used. The message has one line per fault. */
export class CatalogueRefused extends Error {
  constructor(file: string, faults: readonly string[]) {
    super(
      `The catalogue ${file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'CatalogueRefused';
  }
}

/** `keys`: the environment, for zones with ${NAME}. Throws CatalogueRefused. */
export function readCatalogue(
  text: string,
  file: string,
  keys: Readonly<Record<string, string | undefined>>,
): Catalogue {
  const lines = new LineCounter();
  const document = parseDocument(withoutMark(text), { lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new CatalogueRefused(
      file,
      document.errors.map((error) => `${at(error.pos[0])} ${error.message.split('\n')[0] ?? ''}`),
    );
  }
  const parsed = z
    .array(entry, 'a catalogue is a list of entries, each with - zone: … before it')
    .min(1, 'a catalogue has at least one list')
    .safeParse(document.toJS());
  const faults: readonly Fault[] = parsed.success
    ? twice(parsed.data)
    : parsed.error.issues.map((issue) => ({
        path: [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])],
        message: faultInWords(issue),
        isKey: issue.code === 'unrecognized_keys' || (issue.code === 'custom' && issue.params?.['isKey'] === true),
      }));
  if (!parsed.success || faults.length > 0) {
    throw new CatalogueRefused(
      file,
      faults.map(({ path, message, isKey }) => {
        const known = path.filter((part) => typeof part !== 'symbol');
        return `${at(offsetOf(document, known, isKey))} ${known.join('.') || 'the file'}: ${message}`;
      }),
    );
  }
  return sortOut(parsed.data, keys);
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** It is the key that is wrong, not what stands behind it. */
  readonly isKey: boolean;
}

/** The same list twice would be asked twice, and counted twice. */
function twice(entries: readonly Entry[]): readonly Fault[] {
  const seen = new Map<string, number>();
  return entries.flatMap((each, index) => {
    const name = each.zone.toLowerCase().replace(/\.$/, '');
    const before = seen.get(name);
    seen.set(name, before ?? index);
    return before === undefined
      ? []
      : [
          {
            path: [index, 'zone'],
            message: `${each.zone} stands here a second time; leave out one of them`,
            isKey: false,
          },
        ];
  });
}

/** Where the fault is: the value; the key where it is wrong itself; else the nearest thing around it. */
function offsetOf(document: Document, path: readonly (string | number)[], isKey: boolean): number {
  let node: unknown = document.contents;
  let offset = offsetOfNode(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    // A key may be written as a number: 7 is "7" in the path.
    const pair = isMap(node) ? node.items.find(({ key }) => String(key) === String(part)) : undefined;
    if (isKey && depth === path.length - 1) return offsetOfNode(pair?.key) ?? offset;
    node = isSeq(node) ? node.items[Number(part)] : pair?.value;
    offset = offsetOfNode(node) ?? offset;
  }
  return offset;
}

function offsetOfNode(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function sortOut(entries: readonly Entry[], keys: Readonly<Record<string, string | undefined>>): Catalogue {
  const lists: Blocklist[] = [];
  const left: LeftOut[] = [];
  for (const each of entries) {
    const variable = /^\$\{([A-Z][A-Z0-9_]*)\}\./.exec(each.zone)?.[1];
    const key = variable === undefined ? undefined : keys[variable];
    if (each.status === 'dead') left.push({ zone: each.zone, kind: 'dead', why: howItEnded(each) });
    else if (each.status === 'not-by-dns')
      left.push({
        zone: each.zone,
        kind: 'not-by-dns',
        why: `no question over DNS can tell: ${each.closed ?? 'it answers none'}`,
      });
    else if (each.listType === 'allow') {
      left.push({ zone: each.zone, kind: 'allowlist', why: 'it is an allowlist; being absent from it means nothing' });
    } else if (variable !== undefined && (key === undefined || !/^[A-Za-z0-9-]{1,63}$/.test(key))) {
      left.push({
        zone: each.zone,
        kind: 'no-key',
        why: `its key is not set: put the operator's key into ${variable}`,
      });
    } else lists.push(blocklistOf(each, variable, key));
  }
  return { lists, left };
}

function howItEnded(each: Entry): string {
  const when = each.closedIn === undefined ? 'it is closed' : `closed in ${each.closedIn}`;
  return each.closed === undefined ? when : `${when} (${each.closed})`;
}

function blocklistOf(each: Entry, variable: string | undefined, key: string | undefined): Blocklist {
  const zoneName = each.zone.toLowerCase().replace(/\.$/, '');
  const shown = variable === undefined ? zoneName : each.zone;
  const test = testOf(each);
  return {
    zone: variable === undefined ? zoneName : each.zone.replace(`\${${variable}}`, key ?? '').toLowerCase(),
    shown,
    name: each.name ?? shown,
    kind: each.kind,
    families: familiesOf(each.families),
    ...(each.names === 'registered' && { names: each.names }),
    weight: each.weight,
    codeMode: each.codeMode,
    codes: new Map(
      Object.entries(each.codes).map(([text, value]) => [keyOf(text, each.codeMode), codeOf(value, each)]),
    ),
    errorCodes: new Map(
      Object.entries(each.errorCodes).map(([text, value]): [string, ErrorCode] => [
        errorKeyOf(text),
        { meaning: value.meaning, why: value.why },
      ]),
    ),
    test,
    ...(each.removal !== undefined && { removal: each.removal }),
    ...(each.lookup !== undefined && { lookup: each.lookup }),
    ...(each.duplicateOf !== undefined && { duplicateOf: each.duplicateOf.toLowerCase().replace(/\.$/, '') }),
    ...(each.rules !== undefined && { rules: each.rules }),
    ...(each.receivers !== undefined && { receivers: each.receivers }),
    ...(each.expiry !== undefined && { expiry: each.expiry }),
    manners: { everyMs: each.manners?.everyMs ?? 0, perDay: each.manners?.perDay ?? Infinity },
  };
}

function familiesOf(families: Entry['families']): readonly (4 | 6)[] {
  if (families === undefined) return [4];
  if (families === 'both') return [4, 6];
  if (typeof families === 'number') return [families];
  return families.length === 0 ? [4] : families;
}

function codeOf(value: Entry['codes'][string], each: Entry): Code {
  const byType = each.listType === 'policy' ? 'policy' : each.listType === 'info' ? 'informational' : 'abuse';
  const cause = causeOf(value.cause);
  const hint = value.hint ?? (cause === undefined ? value.cause : undefined);
  return {
    meaning: value.meaning,
    nature: value.nature ?? (cause === 'policy-listing' ? 'policy' : byType),
    ...(cause !== undefined && { cause }),
    ...(hint !== undefined && { hint }),
    ...(value.listed === false && { listed: false as const }),
  };
}

/** RFC 5782 section 5 where the list documents nothing else; a missing half is filled from it. */
function testOf(each: Entry): TestPoints | undefined {
  if (each.test === 'none') return undefined;
  const [positive, negative] =
    each.kind === 'ip'
      ? [
          ['127.0.0.2', '::ffff:7f00:2'],
          ['127.0.0.1', '::ffff:7f00:1'],
        ]
      : [['test'], ['invalid']];
  const given = each.test;
  return { positive: given?.positive ?? positive, negative: given?.negative ?? negative };
}
