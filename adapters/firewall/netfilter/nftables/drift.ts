/** What somebody else's hand has changed in a measure's table: its chains as text, its fixed sets by their elements. */
import { compareRules } from '../compare.ts';
import type { NamedSet, Ruleset } from './ruleset.ts';

/** One table of a `nft -s -t list ruleset inet`, as it stands there, or undefined. */
export function tableIn(listing: string, table: string): string | undefined {
  const lines = listing.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`table inet ${table} {`));
  return from < 0 ? undefined : lines.slice(from, lines.indexOf('}', from) + 1).join('\n');
}

/**
 * The rules of our chains that are missing (-), and those that aren't ours (+), one of ours that stands there twice among
 * them; and a table that is switched off whole. `listing` is `nft -s -t list` of the table.
 */
export function chainDifferences(listing: string, ruleset: Ruleset): readonly string[] {
  const theirs = new Map<string, string[]>();
  let chain: string[] | undefined;
  for (const line of listing.split('\n').map((each) => each.trim())) {
    const opened = /^chain (\S+) \{$/.exec(line)?.[1];
    if (opened !== undefined) theirs.set(opened, (chain = []));
    else if (line === '}') chain = undefined;
    else if (line !== '') chain?.push(readable(line));
  }
  // Of a set they stand one tab deeper.
  const differences = [...listing.matchAll(/^\t(flags .*)$/gm)].map(([, flags]) => `+ table: ${flags ?? ''}`);
  for (const { name, lines } of ruleset.chains) {
    const { missing, added, isReordered } = compareRules(lines.map(readable), theirs.get(name) ?? []);
    differences.push(...missing.map((line) => `- ${name}: ${line}`), ...added.map((line) => `+ ${name}: ${line}`));
    if (isReordered) differences.push(`~ ${name}: the rules stand in another order`);
  }
  for (const name of theirs.keys())
    if (!ruleset.chains.some((each) => each.name === name)) differences.push(`+ chain ${name}`);
  return differences;
}

/** `json` is `nft -j list set`. */
export function setDifferences(json: string, set: NamedSet): readonly string[] {
  const have = elementsOf(json).map(({ text }) => text);
  const ours = (set.members ?? []).map((member) => member.replaceAll('"', ''));
  return [
    ...ours.filter((each) => !have.includes(each)).map((each) => `- ${set.name}: ${each}`),
    ...have.filter((each) => !ours.includes(each)).map((each) => `+ ${set.name}: ${each}`),
  ];
}

/** When the device's own lease ends, milliseconds since 1970 UTC; `over` where nothing is left of it. */
export function leaseEnd(json: string, now: number): number | 'none' | 'over' {
  const elements = elementsOf(json);
  if (elements.length === 0) return 'over';
  const expires = elements.flatMap((each) => (each.expires === undefined ? [] : [each.expires]));
  return expires.length === 0 ? 'none' : now + Math.min(...expires) * 1000;
}

interface Element {
  readonly text: string;
  /** Seconds. */
  readonly expires?: number;
}

/** An expired or empty set has no `elem` at all. */
function elementsOf(json: string): readonly Element[] {
  const read: unknown = JSON.parse(json);
  const list = field(read, 'nftables');
  const sets = Array.isArray(list) ? list.map((each: unknown) => field(each, 'set')) : [];
  const elements: unknown = sets.map((set) => field(set, 'elem')).find(Array.isArray) ?? [];
  return (Array.isArray(elements) ? elements : []).map((each: unknown): Element => {
    const inner = field(each, 'elem');
    const expires = field(inner, 'expires');
    const value = inner === undefined ? each : field(inner, 'val');
    return { text: textOf(value), ...(typeof expires === 'number' && { expires }) };
  });
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const prefix = field(value, 'prefix');
  const address = field(prefix, 'addr');
  const length = field(prefix, 'len');
  if (typeof address === 'string' && typeof length === 'number') return `${address}/${length}`;
  const range = field(value, 'range');
  return Array.isArray(range) ? range.map(textOf).join('-') : JSON.stringify(value);
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

/** nft's releases spell the same rule differently; each is brought to the spelling of ruleset.ts. */
function readable(line: string): string {
  return (
    line
      .replace(/ packets \d+ bytes \d+/, '')
      .replace(/tcp flags & \(?syn ?\| ?ack\)? == (syn|0x2)/, 'tcp flags syn / syn,ack')
      // nft prints the names of interfaces in an order of its own.
      .replace(/\{ (".*") \}/, (_all, names: string) => `{ ${names.split(', ').toSorted().join(', ')} }`)
      .replace(/^meta l4proto (tcp|6) reject/, 'reject')
      .replaceAll(/\s+/g, ' ')
  );
}
