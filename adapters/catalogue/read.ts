/**
 * A catalogue file -> Catalogue, or every fault with line and column.
 *
 * The form is the same for the built-in file and for one's own (docs/blocklists.md).
 */
import { LineCounter, isNode, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Blocklist, Code, ErrorCode, TestPoints } from '../../src/domain/blocklists/blocklist.ts';
import type { Catalogue, LeftOut } from '../../src/domain/blocklists/catalogue.ts';
import { CAUSES } from '../../src/domain/causes.ts';

const WHYS = [
  'timeout',
  'servfail',
  'refused',
  'blocked-resolver',
  'query-limit',
  'bad-query',
  'dead-list',
  'answers-everything',
  'not-a-listing-answer',
  'unknown-code',
  'contradiction',
  'malformed',
  'network',
  'name-too-long',
] as const;
const natures = z.enum(['abuse', 'policy', 'informational']);

const code = z.strictObject({
  meaning: z.string(),
  cause: z.enum(CAUSES).optional(),
  nature: natures.optional(),
  hint: z.string().optional(),
});
const zone = z
  .string()
  .regex(
    /^(\$\{[A-Z][A-Z0-9_]*\}\.)?[A-Za-z0-9*_-]+(\.[A-Za-z0-9_-]+)*\.?$/,
    'a zone is a domain name, such as bl.example.org, with ${KEY}. before it where it needs one',
  );

const entry = z.strictObject({
  zone,
  kind: z.enum(['ip', 'domain']),
  name: z.string().optional(),
  families: z
    .union([z.array(z.union([z.literal(4), z.literal(6)])).min(1), z.literal(4), z.literal(6), z.literal('both')])
    .optional(),
  weight: z.enum(['high', 'medium', 'low']).default('low'),
  codes: z.record(z.string(), code).default({}),
  errorCodes: z
    .record(
      z.string(),
      z.strictObject({ meaning: z.string().default(''), why: z.enum(WHYS).default('blocked-resolver') }),
    )
    .default({}),
  removal: z.string().optional(),
  lookup: z.string().optional(),
  listType: z.enum(['block', 'policy', 'allow', 'mixed', 'info']).default('block'),
  codeMode: z.enum(['exact', 'bitmask', 'octet']).default('exact'),
  scope: z.string().optional(),
  duplicateOf: z.string().optional(),
  policy: z.unknown().optional(),
  rules: z.string().optional(),
  publicResolvers: z.string().optional(),
  receivers: z.string().optional(),
  expiry: z.string().optional(),
  status: z.enum(['alive', 'unknown', 'dead']).default('alive'),
  closed: z.string().optional(),
  source: z.union([z.string(), z.array(z.string())]).optional(),
  manners: z
    .strictObject({ everyMs: z.number().min(0).default(0), perDay: z.number().int().min(1).optional() })
    .optional(),
  test: z
    .union([
      z.literal('none'),
      z.strictObject({
        positive: z.array(z.string()).optional(),
        negative: z.array(z.string()).optional(),
        expect: z.array(z.string()).optional(),
        note: z.string().optional(),
      }),
    ])
    .optional(),
});
type Entry = z.output<typeof entry>;

/** A catalogue that can't be used. The message has one line per fault. */
export class CatalogueRefused extends Error {
  constructor(file: string, faults: readonly string[]) {
    super(
      `The catalogue ${file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; mend it and try again.\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
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
  const document = parseDocument(text, { lineCounter: lines });
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
  const parsed = z.array(entry).min(1).safeParse(document.toJS());
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const path = issue.path.filter((part) => typeof part !== 'symbol');
      let node: unknown;
      for (let depth = path.length; depth >= 0 && !isNode(node); depth -= 1)
        node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
      return `${at(isNode(node) ? (node.range?.[0] ?? 0) : 0)} ${path.join('.')}: ${issue.message}`;
    });
    throw new CatalogueRefused(file, faults);
  }
  return sortOut(parsed.data, keys);
}

function sortOut(entries: readonly Entry[], keys: Readonly<Record<string, string | undefined>>): Catalogue {
  const lists: Blocklist[] = [];
  const left: LeftOut[] = [];
  for (const each of entries) {
    const variable = /^\$\{([A-Z][A-Z0-9_]*)\}\./.exec(each.zone)?.[1];
    const key = variable === undefined ? undefined : keys[variable];
    if (each.status === 'dead') left.push({ zone: each.zone, kind: 'dead', why: each.closed ?? 'it is closed' });
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
    weight: each.weight,
    codeMode: each.codeMode,
    codes: new Map(
      Object.entries(each.codes).map(([text, value]) => [keyOf(text, each.codeMode), codeOf(value, each)]),
    ),
    errorCodes: new Map(Object.entries(each.errorCodes).map(([text, value]): [string, ErrorCode] => [text, value])),
    test,
    ...(each.removal !== undefined && { removal: each.removal }),
    ...(each.lookup !== undefined && { lookup: each.lookup }),
    ...(each.duplicateOf !== undefined && { duplicateOf: each.duplicateOf }),
    ...(each.rules !== undefined && { rules: each.rules }),
    manners: { everyMs: each.manners?.everyMs ?? 0, perDay: each.manners?.perDay ?? Infinity },
  };
}

function familiesOf(families: Entry['families']): readonly (4 | 6)[] {
  if (families === undefined) return [4];
  if (families === 'both') return [4, 6];
  return typeof families === 'number' ? [families] : families;
}

function codeOf(value: z.output<typeof code>, each: Entry): Code {
  const byType = each.listType === 'policy' ? 'policy' : each.listType === 'info' ? 'informational' : 'abuse';
  const nature = value.nature ?? (value.cause === 'policy-listing' ? 'policy' : byType);
  return { meaning: value.meaning, nature, ...(value.cause !== undefined && { cause: value.cause }) };
}

/** A bit or an octet may be written as itself, as `bit 8`, or as the whole address 127.0.0.8. */
function keyOf(text: string, mode: Entry['codeMode']): string {
  switch (mode) {
    case 'exact':
    case 'octet':
      return text;
    case 'bitmask':
      return /(\d+)$/.exec(text)?.[1] ?? text;
    default:
      return mode satisfies never;
  }
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
